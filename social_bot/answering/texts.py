"""The life of the approved texts: what is in force, what is proposed, edited by one person and approved by another.

What we ship with a new version of the program stands as a proposal beside the organisation's own words; it
never replaces them by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from social_bot.answering import saving
from social_bot.answering.limits import limit_of, require_within_limits
from social_bot.answering.replies import (
    CRISIS_KEYS,
    PHRASE,
    TextVersionRow,
    approve_row,
    reading_language,
    text_hash,
)
from social_bot.answering.topics import Topic
from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.organisation import audit, operators
from social_bot.organisation.directory import Organisation
from social_bot.organisation.rendering import MissingValue, placeholders, render
from social_bot.organisation.roles import Role

NEAR_END = timedelta(days=30)
EMERGENCY = "emergency"
_BUTTONS = frozenset({"call_button", "callback_button", "not_helped_button", "more_topics"})


class Place(StrEnum):
    """Where a text is used."""

    DANGER = "danger"
    TOPIC = "topic"
    CONVERSATION = "conversation"
    BUTTON = "button"
    PROFILE = "profile"
    COMMENT = "comment"
    PHRASE = "phrase"


class Standing(StrEnum):
    """How a text stands, what needs somebody first."""

    NEVER = "never"
    ENDED = "ended"
    WAITING = "waiting"
    ENDING = "ending"
    SPEAKER = "speaker"
    IN_FORCE = "in_force"


@dataclass(frozen=True, kw_only=True)
class TextState:
    """One text in one language. ``proposals``: newer than what is in force, neither approved nor rejected."""

    key: str
    language: str
    in_force: TextVersionRow | None
    proposals: Sequence[TextVersionRow]
    versions: Sequence[TextVersionRow]
    standing: Standing

    @property
    def place(self) -> Place:
        return place_of(self.key)

    @property
    def needs_speaker(self) -> bool:
        return self.versions[-1].needs_speaker

    @property
    def shown(self) -> TextVersionRow:
        """What a reader wants to see first."""
        return self.in_force or (self.proposals or self.versions)[-1]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """``text`` as it would be sent now; None where ``missing`` says which value is not set."""

    text: str | None
    missing: str | None
    length: int
    limit: int


def place_of(key: str) -> Place:
    if key in CRISIS_KEYS:
        return Place.DANGER
    for prefix, place in ((PHRASE, Place.PHRASE), ("comment_", Place.COMMENT), ("menu_", Place.PROFILE)):
        if key.startswith(prefix):
            return place
    if key in set(Topic):
        return Place.TOPIC
    if key == "profile_greeting":
        return Place.PROFILE
    return Place.BUTTON if key in _BUTTONS else Place.CONVERSATION


def list_states(session: Session, *, today: date) -> Sequence[TextState]:
    """Every text in every language, by place and key."""
    by_text: dict[tuple[str, str], list[TextVersionRow]] = {}
    for row in session.exec(select(TextVersionRow).order_by(col(TextVersionRow.version))).all():
        by_text.setdefault((row.key, row.language), []).append(row)
    states = [_state(rows, today=today) for rows in by_text.values()]
    order = list(Place)
    return sorted(states, key=lambda state: (order.index(state.place), state.key, state.language))


def get_state(session: Session, key: str, language: str, *, today: date) -> TextState:
    rows = session.exec(
        select(TextVersionRow)
        .where(TextVersionRow.key == key, TextVersionRow.language == language)
        .order_by(col(TextVersionRow.version))
    ).all()
    if not rows:
        raise NotFound('There is no text "{key}" in this language. See the list of texts.', key=key)
    return _state(rows, today=today)


def preview(row_text: str, key: str, language: str, organisation: Organisation, *, now: datetime) -> Preview:
    """The text with the organisation's real settings filled in."""
    values = dict(organisation.text_values(reading_language(language), now))
    if key == saving.SAVE_KEY:
        values["save_link"] = f"{organisation.base_url}/conversation/…"
    limit = limit_of(key)
    try:
        text = render(row_text, values)
    except MissingValue as error:
        return Preview(text=None, missing=_name_of_missing(error), length=len(row_text), limit=limit)
    return Preview(text=text, missing=None, length=len(text), limit=limit)


def write_version(
    session: Session,
    key: str,
    language: str,
    text: str,
    *,
    by: str,
    organisation: Organisation,
    now: datetime,
) -> TextVersionRow:
    """Propose new words for a text; somebody else approves them.

    Raises ``InvalidInput`` for words that cannot be sent: too long, no valid template, an unknown place, or
    in danger without the emergency number.
    """
    operators.require(session, by, Role.WRITER)
    today = organisation.today(now)
    state = get_state(session, key, language, today=today)
    text = text.replace("\r\n", "\n").strip()
    _check(key, language, text, organisation, now=now)
    newest = (state.proposals or [state.shown])[-1]
    if text_hash(key, language, text) == newest.content_hash:
        raise InvalidInput("Nothing was changed in the text.")
    row = TextVersionRow(
        key=key,
        language=language,
        version=state.versions[-1].version + 1,
        text=text,
        content_hash=text_hash(key, language, text),
        author=by,
        created_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by,
        action="text.write",
        subject=f"{key}.{language}",
        detail=f"version {row.version}",
    )
    return row


def approve_version(
    session: Session,
    version_id: int,
    *,
    digest: str,
    by: str,
    now: datetime,
    organisation: Organisation,
    checked_by: str | None = None,
    valid_until: date | None = None,
) -> TextVersionRow:
    """A second person puts one version in force, after reading it: ``digest`` is of the words they saw.

    The version in force may be approved again, with a new last day.
    """
    operators.require(session, by, Role.APPROVER)
    row = _get(session, version_id)
    if digest != row.content_hash:
        raise NotAllowed("The text has changed since you opened the page. Read it again.")
    if row.rejected_at is not None:
        raise NotAllowed("This version has been rejected. Write a new one.")
    today = organisation.today(now)
    state = get_state(session, row.key, row.language, today=today)
    if state.in_force is not None and row.version < state.in_force.version:
        raise NotAllowed("A newer version is in force already.")
    if valid_until is not None and valid_until <= today:
        raise InvalidInput("The last day must be later than today.")
    if row.needs_speaker and not checked_by:
        raise InvalidInput("Write who has checked the text: somebody who speaks its language well.")
    approve_row(session, row, by=by, now=now, checked_by=checked_by, valid_until=valid_until)
    return row


def reject_version(session: Session, version_id: int, *, by: str, now: datetime) -> TextVersionRow:
    """Put a proposal aside: an approver any, a writer their own. What is in force stays."""
    row = _get(session, version_id)
    operators.require(session, by, Role.WRITER if row.author == by else Role.APPROVER)
    if row.approved_at is not None or row.rejected_at is not None:
        raise NotAllowed("This version has been decided on already.")
    row.rejected_by, row.rejected_at = by, now
    session.add(row)
    subject = f"{row.key}.{row.language}"
    audit.record(
        session, at=now, actor=by, action="text.reject", subject=subject, detail=f"version {row.version}"
    )
    return row


def find_phrases(
    states: Sequence[TextState], organisation: Organisation, language: str, *, words: str, now: datetime
) -> Sequence[tuple[str, str]]:
    """Approved phrases in a language that hold every searched word, as (key, filled text)."""
    wanted = words.casefold().split()
    found = []
    for state in states:
        if state.place is not Place.PHRASE or state.language != language or state.in_force is None:
            continue
        if state.standing is Standing.ENDED:
            continue
        text = preview(state.in_force.text, state.key, language, organisation, now=now).text
        if text is not None and all(word in f"{state.key} {text}".casefold() for word in wanted):
            found.append((state.key, text))
    return found


def _state(versions: Sequence[TextVersionRow], *, today: date) -> TextState:
    standing_versions = [row for row in versions if row.rejected_at is None]
    in_force = next((row for row in reversed(standing_versions) if row.approved_at is not None), None)
    newest = in_force.version if in_force else 0
    proposals = [row for row in standing_versions if row.approved_at is None and row.version > newest]
    return TextState(
        key=versions[0].key,
        language=versions[0].language,
        in_force=in_force,
        proposals=proposals,
        versions=versions,
        standing=_standing(in_force, proposals, versions[-1], today=today),
    )


def _standing(
    in_force: TextVersionRow | None,
    proposals: Sequence[TextVersionRow],
    newest: TextVersionRow,
    *,
    today: date,
) -> Standing:
    if in_force is None:
        return Standing.SPEAKER if newest.needs_speaker else Standing.NEVER
    if in_force.valid_until is not None and in_force.valid_until < today:
        return Standing.ENDED
    if proposals:
        return Standing.WAITING
    if in_force.valid_until is not None and in_force.valid_until <= today + NEAR_END:
        return Standing.ENDING
    return Standing.IN_FORCE


def _check(key: str, language: str, text: str, organisation: Organisation, *, now: datetime) -> None:
    if not text:
        raise InvalidInput("Write the text first.")
    require_within_limits(key, language, text)
    named = placeholders(text)
    known = {*organisation.text_values(reading_language(language), now), "save_link"}
    unknown = sorted(named - known)
    if unknown:
        raise InvalidInput(
            'There is no setting "{name}" that a text could name. The settings are: {known}.',
            name=unknown[0],
            known=", ".join(sorted(known)),
        )
    if key in CRISIS_KEYS and EMERGENCY not in named:
        raise InvalidInput(
            "A text for danger must give the emergency number: {place}.", place="{{ emergency }}"
        )
    preview(text, key, language, organisation, now=now)  # raises for what is no valid template


def _name_of_missing(error: MissingValue) -> str:
    problem = str(error.values.get("problem", ""))
    return problem.split("'")[1] if problem.count("'") > 1 else problem


def _get(session: Session, version_id: int) -> TextVersionRow:
    row = session.exec(
        select(TextVersionRow).where(TextVersionRow.id == version_id).with_for_update()
    ).first()
    if row is None:
        raise NotFound("There is no version {id} of a text.", id=version_id)
    return row
