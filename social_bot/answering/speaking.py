"""A worker's own answer in a conversation: who may write, until when, and the intent that the sender takes up.

A person has 24 hours after the resident's last action like everybody, and seven days under the tag that
only people's messages carry (type ``HumanMessage`` of the port: no automatic sender can build it).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from social_bot.answering import own_words, store
from social_bot.answering.holding import change_owner
from social_bot.answering.replies import Library
from social_bot.answering.store import Direction, MessageRow, SendState, ThreadRow
from social_bot.answering.threads import (
    HUMAN_WINDOW,
    REPLY_WINDOW,
    Owner,
    Thread,
    human_window_is_open,
)
from social_bot.errors import NotAllowed
from social_bot.organisation import audit, operators
from social_bot.organisation.directory import Organisation
from social_bot.organisation.roles import Role
from social_bot.storage.cipher import Cipher
from social_bot.translations import marked

NOBODY_WROTE = marked("This person has not written here yet, so Facebook takes no message to them.")
TOO_LATE = marked(
    "More than seven days have passed since the person wrote. Facebook takes no answer any more. If you reach"
    " the person in another way, you can use the text below."
)
HELD_ELSEWHERE = marked(
    "Another app holds this conversation. Answer in the page's inbox at Facebook, or move the conversation"
    " back to this program there."
)
PHONE_TEXT = "contact"
"""What is shown for use elsewhere where nothing can be sent here."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """Until when a person may answer; ``is_late``: the first 24 hours have passed."""

    until: datetime
    is_late: bool


def window(last_inbound: datetime | None, now: datetime) -> Window | None:
    """None where it is closed, or never was open."""
    if last_inbound is None or not human_window_is_open(last_inbound, now):
        return None
    is_late = now >= last_inbound + REPLY_WINDOW
    return Window(until=last_inbound + (HUMAN_WINDOW if is_late else REPLY_WINDOW), is_late=is_late)


def refusal(thread: Thread, last_inbound: datetime | None, now: datetime) -> str | None:
    """Why no person can answer here, or None where one can."""
    if last_inbound is None:
        return NOBODY_WROTE
    if thread.owner is Owner.STANDBY:
        return HELD_ELSEWHERE
    return None if human_window_is_open(last_inbound, now) else TOO_LATE


def answer_in_person(
    session: Session,
    thread_id: int,
    text: str,
    *,
    by: str,
    organisation: Organisation,
    cipher: Cipher,
    now: datetime,
    insisted: str | None = None,
) -> MessageRow:
    """Write down what a worker answers; the conversation is theirs from now on.

    Raises ``NotAllowed`` with the reason where Facebook takes nothing, and what ``own_words.checked`` raises.
    """
    thread = store.get_thread(session, thread_id, for_update=True)
    operators.require(session, by, Role.WRITER, page_id=thread.page_id)
    reason = refusal(thread.state, thread.last_inbound_at, now)
    if reason is not None or thread.last_inbound_at is None:
        raise NotAllowed(reason or NOBODY_WROTE)
    text = own_words.checked(text, organisation, insisted=insisted)
    if thread.owner is Owner.BOT:
        change_owner(thread, Owner.HUMAN, now=now)
        audit.record(session, at=now, actor=by, action="thread.claim", subject=f"thread:{thread_id}")
    message = MessageRow(
        thread_id=thread_id,
        page_id=thread.page_id,
        direction=Direction.OUTBOUND,
        at=now,
        text_sealed=cipher.seal(own_words.masked(text, organisation)),
        exact_sealed=cipher.seal(text),
        by=by,
        language=thread.language,
        answers_id=_last_inbound(session, thread_id),
        window_until=thread.last_inbound_at + HUMAN_WINDOW,
        send_state=SendState.PENDING,
    )
    _let_go(thread)
    session.add_all((message, thread))
    session.flush()
    doubts = sorted({concern.kind for concern in own_words.look_over(text, organisation)})
    audit.record(
        session,
        at=now,
        actor=by,
        action="message.answer",
        subject=f"message:{message.id}",
        detail=f"insisted: {', '.join(doubts)}" if doubts else "",
    )
    return message


def phone_text(library: Library, organisation: Organisation, language: str, *, now: datetime) -> str | None:
    """How to reach us, as it would be said now; None where the text may not be used."""
    found = library.text(PHONE_TEXT, language, organisation.text_values(language, now))
    return None if found is None else found[0]


def _let_go(thread: ThreadRow) -> None:
    """Nobody waits any more, unless somebody may be in danger: that ends when the thread is given back."""
    thread.waits_for_person = thread.crisis is not None
    thread.is_open, thread.closed_at = True, None


def _last_inbound(session: Session, thread_id: int) -> int | None:
    return session.exec(
        select(MessageRow.id)
        .where(MessageRow.thread_id == thread_id, MessageRow.direction == Direction.INBOUND)
        .order_by(col(MessageRow.id).desc())
        .limit(1)
    ).first()
