"""What is kept of a message beside its masked text, how long, and who may read it.

In the lane of danger alone the original is kept, sealed: whoever calls 112 needs the address that is
masked everywhere else.
"""

from datetime import datetime, timedelta

from sqlalchemy import exists, update
from sqlmodel import Session, col, select

from social_bot.answering import store
from social_bot.answering.store import MessageRow
from social_bot.errors import NotFound
from social_bot.organisation import audit, operators
from social_bot.organisation.alerts import AlertKind, AlertRow
from social_bot.organisation.roles import Role
from social_bot.storage.cipher import Cipher

KEEP_AFTER_ACKNOWLEDGEMENT = timedelta(hours=24)


def read_original(session: Session, message_id: int, *, by: str, cipher: Cipher, now: datetime) -> str:
    """The message as it was written; each reading is in the audit log.

    Raises ``NotAllowed`` without the role of the people on duty, ``NotFound`` where it is not kept.
    """
    message = store.get_message(session, message_id)
    page_id = None if message is None else store.get_thread(session, message.thread_id).page_id
    operators.require(session, by, Role.DUTY, page_id=page_id)
    if message is None or message.original_sealed is None:
        raise NotFound("The original of message {id} is not kept any more.", id=message_id)
    audit.record(session, at=now, actor=by, action="message.read_original", subject=f"message:{message_id}")
    return cipher.open(message.original_sealed)


def erase_originals(session: Session, *, now: datetime) -> int:
    """Erase what was acknowledged long enough ago; how many. An open alert keeps a thread's originals."""
    kept = session.exec(
        select(MessageRow.thread_id).where(col(MessageRow.original_sealed).is_not(None)).distinct()
    ).all()
    over = [thread_id for thread_id in kept if _is_over(session, thread_id, now=now)]
    is_kept = col(MessageRow.original_sealed).is_not(None)
    return _forget(session, is_kept, col(MessageRow.thread_id).in_(over), original_sealed=None)


def _is_over(session: Session, thread_id: int, *, now: datetime) -> bool:
    of_thread = (col(AlertRow.kind) == AlertKind.CRISIS, col(AlertRow.subject) == f"thread:{thread_id}")
    is_open = session.exec(select(exists().where(*of_thread, col(AlertRow.acknowledged_at).is_(None)))).one()
    last = session.exec(
        select(AlertRow.acknowledged_at)
        .where(*of_thread, col(AlertRow.acknowledged_at).is_not(None))
        .order_by(col(AlertRow.acknowledged_at).desc())
        .limit(1)
    ).first()
    return not is_open and last is not None and now - last >= KEEP_AFTER_ACKNOWLEDGEMENT


def _forget(session: Session, *conditions: object, **values: object) -> int:
    statement = update(MessageRow).where(*conditions).values(**values)  # type: ignore[arg-type]
    return session.connection().execute(statement).rowcount
