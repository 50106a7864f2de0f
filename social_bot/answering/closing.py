"""How a conversation ends: moved into the client system, or quiet for so long that nobody can answer in it."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from social_bot.answering import store
from social_bot.answering.holding import change_owner, is_danger_open
from social_bot.answering.store import MessageRow, SendState, ThreadRow
from social_bot.answering.threads import HUMAN_WINDOW, Owner
from social_bot.errors import NotAllowed
from social_bot.organisation import audit, operators
from social_bot.organisation.roles import Role

ERASE_MOVED_AFTER = timedelta(hours=24)
"""What stands in the client system is kept here no longer; a day, for a button that was pressed by mistake."""

_ON_ITS_WAY = (SendState.PENDING, SendState.SENDING)


def move_to_client_system(session: Session, thread_id: int, *, by: str, now: datetime) -> ThreadRow:
    """A worker has written the matter down where it belongs: nobody waits, and the texts are erased here.

    Nothing tells whose matter it is: no number of a case is kept. Raises ``NotAllowed`` in open danger.
    """
    thread = store.get_thread(session, thread_id, for_update=True)
    operators.require(session, by, Role.WRITER, page_id=thread.page_id)
    if is_danger_open(session, thread_id):
        raise NotAllowed("Somebody may be in danger here. Take the alert first, then move the matter.")
    change_owner(thread, Owner.BOT, now=now)
    thread.waits_for_person, thread.is_disclosed, thread.crisis = False, False, None
    thread.is_open, thread.closed_at = False, now
    thread.moved_at, thread.moved_by = now, by
    session.add(thread)
    audit.record(session, at=now, actor=by, action="thread.move", subject=f"thread:{thread_id}")
    return thread


def close_quiet(session: Session, *, now: datetime) -> int:
    """Close what waits for nobody and can be answered no more; a new message opens it again. How many."""
    since = now - HUMAN_WINDOW
    statement = (
        update(ThreadRow)
        .where(
            col(ThreadRow.is_open),
            ~col(ThreadRow.waits_for_person),
            col(ThreadRow.crisis).is_(None),
            col(ThreadRow.last_inbound_at) <= since,
        )
        .values(is_open=False, closed_at=now)
    )
    return session.connection().execute(statement).rowcount


def close_restored(session: Session, *, now: datetime) -> None:
    """What was open in a backup and has been quiet since then counts as closed when it would have been."""
    quiet = session.exec(
        select(ThreadRow).where(
            col(ThreadRow.is_open),
            ~col(ThreadRow.waits_for_person),
            col(ThreadRow.crisis).is_(None),
            col(ThreadRow.last_inbound_at) <= now - HUMAN_WINDOW,
        )
    )
    for thread in quiet.all():
        thread.is_open = False
        thread.closed_at = (thread.last_inbound_at or thread.created_at) + HUMAN_WINDOW
        session.add(thread)


def erase_moved(session: Session, *, now: datetime) -> int:
    """Erase what was said in conversations until they were moved into the client system; how many messages."""
    moved = session.exec(select(ThreadRow).where(col(ThreadRow.moved_at) <= now - ERASE_MOVED_AFTER)).all()
    erased = 0
    for thread in moved:
        statement = (
            update(MessageRow)
            .where(
                col(MessageRow.thread_id) == thread.id,
                col(MessageRow.at) <= thread.moved_at,
                col(MessageRow.text_sealed).is_not(None) | col(MessageRow.original_sealed).is_not(None),
                col(MessageRow.send_state).is_(None) | col(MessageRow.send_state).not_in(_ON_ITS_WAY),
            )
            .values(text_sealed=None, original_sealed=None, exact_sealed=None)
        )
        erased += session.connection().execute(statement).rowcount
    return erased
