"""A thread with one person: who may speak in it, and until when.

Owners follow Meta's conversation routing: a message by a person or another app, and everything that
arrives on standby, silences the bot until the thread is handed back.
https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from social_bot.channels.ports import EventKind, InboundEvent

REPLY_WINDOW = timedelta(hours=24)
"""How long after a person's last action an automatic answer may be sent."""

HUMAN_WINDOW = timedelta(days=7)
"""How long after it a person may still answer, with the tag that only people's messages carry."""

LAPSE = timedelta(hours=24)
"""After so long a silence the next answer says again that it is automatic."""

LOOP_WITHIN = timedelta(minutes=10)
"""How far back automatic answers are counted, lest two machines talk to each other."""

OUR_REFERENCE = "sb1:out:"
"""The beginning of the reference that comes back in the echo of our own message."""

COMMENT_REFERENCE = "sb1:comment:"
"""The same of the private message for a comment; the number of its deed follows."""


class Owner(StrEnum):
    BOT = "bot"
    HUMAN = "human"
    STANDBY = "standby"


@dataclass(frozen=True, kw_only=True)
class Thread:
    """What an answer depends on. ``language`` is None until one is known.

    ``is_in_danger`` from a sign of danger until a person, having taken the alert, hands the thread back.
    """

    owner: Owner = Owner.BOT
    language: str | None = None
    is_disclosed: bool = False
    general_was_sent: bool = False
    personal_data_was_noted: bool = False
    phone_was_noted: bool = False
    is_in_danger: bool = False
    held_since: datetime | None = None
    human_spoke_at: datetime | None = None
    last_message_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class History:
    """What the bot has said in a thread. ``said``: when each text, by key, was last written.

    ``answers_lately``: messages that were answered within ``LOOP_WITHIN``. ``is_bounce``: the message
    is word for word one of our own.
    """

    said: Mapping[str, datetime] = field(default_factory=dict)
    answers_lately: int = 0
    is_bounce: bool = False

    def said_within(self, key: str, duration: timedelta, now: datetime) -> bool:
        return key in self.said and now - self.said[key] < duration


def window_is_open(last_inbound: datetime, now: datetime) -> bool:
    return now < last_inbound + REPLY_WINDOW


def human_window_is_open(last_inbound: datetime, now: datetime) -> bool:
    return now < last_inbound + HUMAN_WINDOW


def reference(message_id: int) -> str:
    return f"{OUR_REFERENCE}{message_id}"


def referred_message(text: str | None) -> int | None:
    """The id of our own message out of a reference, or None where it is not ours."""
    return _number_after(OUR_REFERENCE, text)


def referred_deed(text: str | None) -> int | None:
    """The id of the deed whose private message for a comment this is, or None."""
    return _number_after(COMMENT_REFERENCE, text)


def _number_after(beginning: str, text: str | None) -> int | None:
    if text is None or not text.startswith(beginning):
        return None
    number = text.removeprefix(beginning)
    return int(number) if number.isdigit() else None


def owner_after(event: InboundEvent, owner: Owner, *, own_app_id: str | None) -> Owner:
    """Who holds the thread after the event."""
    match event.kind:
        case EventKind.STANDBY:
            return Owner.STANDBY
        case EventKind.ECHO:
            return owner if is_ours(event, own_app_id) else Owner.HUMAN
        case EventKind.HANDOVER:
            return _owner_after_handover(event, owner, own_app_id)
        case _:
            return owner


def is_ours(event: InboundEvent, own_app_id: str | None) -> bool:
    """Whether an echo shows a message that this program has sent."""
    if event.app_id is not None:
        return event.app_id == own_app_id
    return referred_message(event.reference) is not None or referred_deed(event.reference) is not None


def _owner_after_handover(event: InboundEvent, owner: Owner, own_app_id: str | None) -> Owner:
    match event.action:
        case "pass" | "take":
            given_to_us = event.new_owner_app_id is not None and event.new_owner_app_id == own_app_id
            return Owner.BOT if given_to_us and event.action == "pass" else Owner.HUMAN
        case "request":
            return Owner.HUMAN
        case _:
            return owner
