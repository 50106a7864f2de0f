"""Sending answers: the intent is committed before the call; a lost answer is looked up, never sent again."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from social_bot.answering import comment_store, store
from social_bot.answering.danger import STOPPED_KEY, person_is_there
from social_bot.answering.holding import change_owner, confirm_sent, note_spoken
from social_bot.answering.outcomes import Lane
from social_bot.answering.replies import are_approved
from social_bot.answering.store import MessageRow, SendState, ThreadRow
from social_bot.answering.threads import Owner, reference, window_is_open
from social_bot.channels.ports import (
    HumanMessage,
    Messenger,
    OutgoingMessage,
    PageAccess,
    QuickReply,
    UrlButton,
)
from social_bot.errors import OutcomeUnknown, PageUnavailable, PlatformError, RecipientUnreachable
from social_bot.fault_points import fault_point
from social_bot.log import fields
from social_bot.organisation import alerts, pages, stop
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.stop import StopRow
from social_bot.storage.engine import Database

TRIES = 5
ANSWER_WAIT = timedelta(seconds=90)
"""After this a send without an answer is the work of a dead process."""

_RETRY_AFTER = timedelta(seconds=5)
_LOOK_AFTER = (timedelta(seconds=20), timedelta(minutes=2))
_CLOCK_SKEW = timedelta(minutes=2)

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Sending:
    """``is_late``: after the 24 hours, in which only a person's message may still go out."""

    message_id: int
    thread_id: int
    page: PageAccess
    contact_id: str
    message: OutgoingMessage | HumanMessage
    is_late: bool


def send_next(database: Database, *, messenger: Messenger, clock: Callable[[], datetime]) -> bool:
    """Send the next waiting answer; False when there is none."""
    found, sending = _write_intent(database, now=clock())
    if sending is None:
        return found
    fault_point("sending.intent_written")
    try:
        mid = _send(messenger, sending)
    except PlatformError as error:
        fault_point("sending.refused")
        _record_error(database, sending.message_id, error, now=clock())
    except Exception:
        log.exception("sending broke", extra=fields(message=sending.message_id))
        _record_error(database, sending.message_id, OutcomeUnknown("Sending broke."), now=clock())
    else:
        fault_point("sending.answered")
        with database.write() as session:
            _confirm(session, sending.message_id, sending.thread_id, mid, database=database, now=clock())
        fault_point("sending.success_recorded")
    return True


def look_for_unconfirmed(database: Database, *, messenger: Messenger, clock: Callable[[], datetime]) -> None:
    """Look in the conversation for answers whose sending has no answer."""
    now = clock()
    with database.write() as session:
        for message in store.list_sending(session, started_before=now - ANSWER_WAIT):
            _become_unconfirmed(message)
            session.add(message)
        due = [message.id or 0 for message in store.list_to_look_for(session, now=now)]
    if due:
        fault_point("sending.stale_found")
    for message_id in due:
        _look_for(database, message_id, messenger=messenger, clock=clock)


def _send(messenger: Messenger, sending: _Sending) -> str:
    match sending.message:
        case HumanMessage() as message:
            return messenger.send_as_human(sending.page, sending.contact_id, message, is_late=sending.is_late)
        case message:
            return messenger.send(sending.page, sending.contact_id, message)


def _confirm(
    session: Session, message_id: int, thread_id: int, mid: str | None, *, database: Database, now: datetime
) -> None:
    thread = store.get_thread(session, thread_id, for_update=True)
    message = store.get_message(session, message_id, for_update=True)
    if message is None:  # pragma: no cover
        return
    confirm_sent(message, mid, database=database, now=now)
    note_spoken(thread, message, now=now)
    session.add_all((message, thread))


def _write_intent(database: Database, *, now: datetime) -> tuple[bool, _Sending | None]:
    """Take the next message and commit that it is being sent, after asking again who may speak."""
    with database.write() as session:
        stops = stop.in_force(session)
        message = store.claim_outbound(session, now=now)
        if message is None:
            return False, None
        thread = store.get_thread(session, message.thread_id, for_update=True)
        page = pages.get(session, message.page_id)
        reason = _reason_to_drop(message, thread, stops, now=now)
        hashes = {str(version["hash"]) for version in message.versions}
        if page.is_live and message.is_automatic and not are_approved(session, hashes):
            reason = "a text of it is not approved"  # written while the page was one to practise on
        if reason is not None:
            message.send_state, message.note, message.exact_sealed = SendState.DROPPED, reason, None
            session.add(message)
            if message.by is not None:
                _tell(session, message, AlertKind.MESSAGE_FAILED, now=now)
            if message.lane is Lane.CRISIS and not person_is_there(thread.human_spoke_at, now):
                _tell(session, message, AlertKind.MESSAGE_FAILED, now=now)
            thread.waits_for_person = thread.waits_for_person or thread.owner is Owner.BOT
            session.add(thread)
            return True, None
        if page.is_silent or not (page.may_write(now) or message.lane is Lane.CRISIS):
            message.retry_at = now + timedelta(minutes=1)
            session.add(message)
            return True, None
        message.send_state, message.started_at, message.attempts = (
            SendState.SENDING,
            now,
            message.attempts + 1,
        )
        session.add(message)
        session.flush()
        fault_point("sending.intent_ready")
        return True, _Sending(
            message_id=message.id or 0,
            thread_id=message.thread_id,
            page=pages.access(page, database.cipher),
            contact_id=database.cipher.open(thread.contact_sealed),
            message=_outgoing(message, database),
            is_late=not window_is_open(thread.last_inbound_at or message.at, now),
        )


def _reason_to_drop(
    message: MessageRow, thread: ThreadRow, stops: Sequence[StopRow], *, now: datetime
) -> str | None:
    if message.is_automatic:
        if message.lane is Lane.CRISIS:
            if thread.owner is not Owner.BOT and person_is_there(thread.human_spoke_at, now):
                return "a person is in the conversation"
        elif thread.owner is not Owner.BOT:
            return f"the thread is held: {thread.owner.value}"
        elif thread.crisis is not None:
            return "somebody may be in danger here"
        elif message.key != STOPPED_KEY and stop.holds_answers(stops, message.page_id):
            return "the emergency stop holds automatic answers"
    if message.window_until is not None and now >= message.window_until:
        return (
            "the platform's 24 hours have passed"
            if message.by is None
            else "the platform's seven days have passed"
        )
    return None


def _outgoing(message: MessageRow, database: Database) -> OutgoingMessage | HumanMessage:
    if message.by is not None:
        return HumanMessage(
            text=_exact_text(message, database), reference=reference(message.id or 0), by=message.by
        )
    return OutgoingMessage(
        text=database.cipher.open(message.text_sealed or b""),
        reference=reference(message.id or 0),
        quick_replies=[QuickReply(**part) for part in message.quick_replies],
        buttons=[UrlButton(**part) for part in message.buttons],
    )


def _exact_text(message: MessageRow, database: Database) -> str:
    return database.cipher.open(message.exact_sealed or message.text_sealed or b"")


def _record_error(database: Database, message_id: int, error: PlatformError, *, now: datetime) -> None:
    with database.write() as session:
        message = store.get_message(session, message_id, for_update=True)
        if message is None or message.send_state is not SendState.SENDING:
            return  # an echo has confirmed it meanwhile
        _apply_error(session, message, error, now=now)
        session.add(message)
        pages.hold_after(session, message.page_id, error, now=now)
    log.warning(
        "answer not sent", extra=fields(message=message_id, state=message.send_state, code=error.details.code)
    )
    fault_point("sending.error_recorded")


def _apply_error(session: Session, message: MessageRow, error: PlatformError, *, now: datetime) -> None:
    message.note = error.sentence
    match error:
        case PageUnavailable() if message.attempts < TRIES:
            message.send_state = SendState.PENDING
            message.retry_at = error.retry_at or now + _RETRY_AFTER * message.attempts
        case OutcomeUnknown():
            _become_unconfirmed(message)
        case RecipientUnreachable():
            message.send_state = SendState.DROPPED
            thread = store.get_thread(session, message.thread_id, for_update=True)
            if error.held_by_other and (thread.owner is Owner.BOT or message.by is not None):
                change_owner(thread, Owner.STANDBY, now=now)
            thread.waits_for_person = thread.crisis is not None or not error.held_by_other
            session.add(thread)
            if (
                message.lane is Lane.CRISIS or message.by is not None
            ):  # whoever may be in danger has not had the numbers
                _tell(session, message, AlertKind.MESSAGE_FAILED, now=now)
        case _:
            message.send_state = SendState.FAILED
            _tell(session, message, AlertKind.MESSAGE_FAILED, now=now)
    if message.send_state in (SendState.DROPPED, SendState.FAILED):
        message.exact_sealed = None


def _become_unconfirmed(message: MessageRow) -> None:
    message.send_state = SendState.UNCONFIRMED
    message.next_look_at = (message.started_at or message.at) + _LOOK_AFTER[0]


def _look_for(
    database: Database, message_id: int, *, messenger: Messenger, clock: Callable[[], datetime]
) -> None:
    with database.read() as session:
        message = store.get_message(session, message_id)
        if message is None or message.text_sealed is None:  # pragma: no cover
            return
        thread = store.get_thread(session, message.thread_id)
        page = pages.access(pages.get(session, message.page_id), database.cipher)
        contact_id = database.cipher.open(thread.contact_sealed)
        text = _exact_text(message, database)
        thread_id = message.thread_id
        since = (message.started_at or message.at) - _CLOCK_SKEW
    try:
        mid = messenger.find_sent(page, contact_id, text=text, since=since)
    except PlatformError as error:
        mid = None
        log.warning(
            "the conversation could not be read", extra=fields(message=message_id, code=error.details.code)
        )
    fault_point("sending.looked")
    now = clock()
    with database.write() as session:
        if mid is not None and _is_ours_alone(session, message, mid, text=text, database=database):
            _confirm(session, message_id, thread_id, mid, database=database, now=now)
            return
        message = store.get_message(session, message_id, for_update=True)
        if message is None or message.send_state is not SendState.UNCONFIRMED:
            return
        message.looks += 1
        done = message.looks >= len(_LOOK_AFTER)
        message.next_look_at = None if done else (message.started_at or now) + _LOOK_AFTER[message.looks]
        if done:
            message.exact_sealed = None
            _tell(session, message, AlertKind.MESSAGE_UNCONFIRMED, now=now)
        session.add(message)
    fault_point("sending.look_recorded")


def _is_ours_alone(session: Session, message: MessageRow, mid: str, *, text: str, database: Database) -> bool:
    """Whether what was found can be nothing else that we sent: of two with the same text nobody can tell which.

    A private message for a comment stands in the same conversation.
    """
    index = database.index(mid)
    if store.find_message(session, message.page_id, index) is not None:
        return False
    if comment_store.find_result(session, message.page_id, index) is not None:
        return False
    unclear = store.list_unclear(session, message.thread_id)
    private = comment_store.list_private_without_id(session, message.page_id)
    others = [_exact_text(other, database) for other in unclear if other.id != message.id]
    return text not in [*others, *(database.cipher.open(deed.text_sealed or b"") for deed in private)]


def _tell(session: Session, message: MessageRow, kind: AlertKind, *, now: datetime) -> None:
    """A person must write to the thread."""
    thread = store.get_thread(session, message.thread_id, for_update=True)
    thread.waits_for_person = True
    session.add(thread)
    alerts.raise_alert(session, kind, f"thread:{thread.id}", now=now, occasion=str(message.id))
