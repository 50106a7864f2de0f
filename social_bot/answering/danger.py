"""Which text a sign of danger gets, and when again: nobody is abandoned, and nobody is flooded."""

from datetime import datetime, timedelta

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.threads import History, Owner, Thread

PHONE_KEY = "crisis_phone"
"""The short text for whatever else is written in a thread in danger: please phone."""

NOBODY_READS_KEY = "nobody_reads"
"""What stands before the first word where nobody is on duty: 112 and the social emergency number."""

STOPPED_KEY = "stopped"
"""What is said while automatic answers are stopped: the numbers, and that a person will read."""

NOBODY_READS_AGAIN = timedelta(hours=12)
SAME_KIND_AFTER = timedelta(minutes=10)
PHONE_AFTER = timedelta(hours=1)
PERSON_IS_THERE = timedelta(minutes=10)
"""So long after a person's message the bot takes it that they are in the conversation."""


def crisis_key(kind: CrisisKind) -> str:
    return f"crisis_{kind.value}"


def reason_to_hold_crisis_text(
    kind: CrisisKind, thread: Thread, history: History, *, now: datetime
) -> str | None:
    """Why the text of this kind does not go out now, or None where it does.

    Another kind goes at once. In a thread that a person holds each kind goes once after their last words.
    """
    key = crisis_key(kind)
    if thread.owner is not Owner.BOT:
        if person_is_there(thread.human_spoke_at, now):
            return "a person is in the conversation"
        since = max(filter(None, (thread.held_since, thread.human_spoke_at)), default=None)
        if key in history.said and (since is None or history.said[key] >= since):
            return "the text of this danger has been sent since a person holds the thread"
    if history.said_within(key, SAME_KIND_AFTER, now):
        return "the text of this danger was sent within ten minutes"
    return None


def person_is_there(human_spoke_at: datetime | None, now: datetime) -> bool:
    return human_spoke_at is not None and now - human_spoke_at < PERSON_IS_THERE
