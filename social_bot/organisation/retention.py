"""How long what is kept, from when on, and what is left of it: the one table of periods.

Nothing that waits for a person, and no danger that nobody has taken, is ever over its time; see sweeping.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from social_bot.organisation.directory import Organisation
from social_bot.translations import marked

WARN_BEFORE = timedelta(days=7)
"""So long before something that waits would have gone, staff are told that it still waits."""


class Kept(StrEnum):
    """What is kept for a time; in the order of the page and of docs/privacy.md."""

    MESSAGES = "messages"
    OPEN_MESSAGES = "open_messages"
    CONTACTS = "contacts"
    ORIGINALS = "originals"
    MOVED = "moved"
    COMMENTS = "comments"
    CALLBACKS = "callbacks"
    EXAMPLES = "examples"
    LINKS = "links"
    BODIES = "bodies"
    SET_ASIDE = "set_aside"
    EVENTS = "events"
    DELETIONS = "deletions"
    PICTURES = "pictures"
    DRAFTS = "drafts"
    SESSIONS = "sessions"
    ATTEMPTS = "attempts"
    INVITATIONS = "invitations"
    NOTICES = "notices"
    ALERTS = "alerts"
    AUDIT = "audit"


@dataclass(frozen=True, kw_only=True)
class Period:
    """``setting`` names the organisation's own length in days or years; else ``fixed`` is the program's."""

    what: str
    begins: str
    leaves: str
    fixed: timedelta | None = None
    setting: str | None = None

    def length(self, organisation: Organisation) -> timedelta:
        if self.setting is None:
            return self.fixed or timedelta()
        number = int(organisation.value(self.setting, "") or 0)
        return timedelta(days=365 * number + number // 4 if self.is_years else number)

    @property
    def is_years(self) -> bool:
        return self.setting is not None and self.setting.endswith("_years")


_NOTHING = marked("nothing")
_CLOSED = marked("the conversation was closed")
_TIMES = marked("when, language, topic and lane, for counting")
_TAKEN = marked("somebody took it, or it settled")

PERIODS: Mapping[Kept, Period] = {
    Kept.MESSAGES: Period(
        what=marked("Texts of messages"), setting="retention_days", begins=_CLOSED, leaves=_TIMES
    ),
    Kept.OPEN_MESSAGES: Period(
        what=marked("Texts of messages in conversations that never close"),
        setting="open_retention_days",
        begins=marked("the message was written"),
        leaves=_TIMES,
    ),
    Kept.CONTACTS: Period(
        what=marked("Who wrote: the id at Facebook"),
        setting="retention_days",
        begins=_CLOSED,
        leaves=marked("a conversation without a person; who writes again begins a new one"),
    ),
    Kept.ORIGINALS: Period(
        what=marked("Unmasked messages in danger"),
        fixed=timedelta(hours=24),
        begins=marked("somebody took the alert"),
        leaves=marked("the masked text, for its own time"),
    ),
    Kept.MOVED: Period(
        what=marked("Texts that were moved to the client system"),
        fixed=timedelta(hours=24),
        begins=marked("they were moved"),
        leaves=_TIMES,
    ),
    Kept.COMMENTS: Period(
        what=marked("Texts and ids of comments"),
        fixed=timedelta(hours=24),
        begins=marked("the matter ended"),
        leaves=marked("that there was a comment, and what was done"),
    ),
    Kept.CALLBACKS: Period(
        what=marked("Phone numbers of people whom we did not reach"),
        setting="callback_retention_days",
        begins=marked("the request was settled; a number that served is erased at once"),
        leaves=marked("when it was asked and how it went, for counting"),
    ),
    Kept.EXAMPLES: Period(
        what=marked("Misunderstood messages that nobody has confirmed"),
        setting="retention_days",
        begins=marked("the message was written"),
        leaves=_NOTHING,
    ),
    Kept.LINKS: Period(
        what=marked("Links to a saved conversation"),
        fixed=timedelta(hours=1),
        begins=marked("the link was made"),
        leaves=_NOTHING,
    ),
    Kept.BODIES: Period(
        what=marked("Deliveries as Facebook sent them"),
        fixed=timedelta(minutes=15),
        begins=marked("they arrived"),
        leaves=marked("that a delivery came"),
    ),
    Kept.SET_ASIDE: Period(
        what=marked("Events that could not be dealt with"),
        setting="retention_days",
        begins=marked("they arrived, once somebody has taken the alert"),
        leaves=marked("that an event came"),
    ),
    Kept.EVENTS: Period(
        what=marked("Keyed hashes of events, by which none counts twice"),
        fixed=timedelta(days=90),
        begins=marked("they arrived"),
        leaves=marked("the keyed hash of each message's id, with its times"),
    ),
    Kept.DELETIONS: Period(
        what=marked("Requests of deletion that came through Facebook"),
        fixed=timedelta(days=365),
        begins=marked("they arrived"),
        leaves=_NOTHING,
    ),
    Kept.PICTURES: Period(
        what=marked("Pictures that no post uses"),
        setting="picture_retention_days",
        begins=marked("they were uploaded"),
        leaves=_NOTHING,
    ),
    Kept.DRAFTS: Period(
        what=marked("Unfinished posts in the composer"),
        fixed=timedelta(days=60),
        begins=marked("they were last changed"),
        leaves=_NOTHING,
    ),
    Kept.SESSIONS: Period(
        what=marked("Sessions of workers"),
        fixed=timedelta(hours=12),
        begins=marked("they signed in"),
        leaves=marked("that they signed in, in the audit log"),
    ),
    Kept.ATTEMPTS: Period(
        what=marked("Failed attempts to sign in, as keyed hashes"),
        fixed=timedelta(hours=1),
        begins=marked("the last of them"),
        leaves=marked("that one failed, in the audit log"),
    ),
    Kept.INVITATIONS: Period(
        what=marked("Invitations, as hashes"),
        fixed=timedelta(days=90),
        begins=marked("they ended"),
        leaves=marked("that somebody was invited, in the audit log"),
    ),
    Kept.NOTICES: Period(
        what=marked("Which address was told of an alert, as keyed hashes"),
        fixed=timedelta(days=90),
        begins=_TAKEN,
        leaves=marked("the alert"),
    ),
    Kept.ALERTS: Period(
        what=marked("Alerts: kind, our own number, times and who took them"),
        setting="audit_retention_years",
        begins=_TAKEN,
        leaves=marked("the counts of their month"),
    ),
    Kept.AUDIT: Period(
        what=marked("The log of who did what"),
        setting="audit_retention_years",
        begins=marked("the entry was written"),
        leaves=marked("how many were erased, and the seal of the last of them"),
    ),
}
