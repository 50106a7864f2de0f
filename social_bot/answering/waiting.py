"""People who wait for a person: since when, and when staff are told that it has been too long."""

from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.answering.store import ThreadRow
from social_bot.organisation import alerts
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.directory import Organisation
from social_bot.storage.engine import insert_new


class WaitRow(SQLModel, table=True):
    """A thread that waits, since it was first seen waiting; what the person writes meanwhile changes nothing."""

    __tablename__ = "thread_wait"
    thread_id: int = Field(primary_key=True, foreign_key="thread.id")
    since: datetime


def watch_waiting(session: Session, organisation: Organisation, *, now: datetime) -> None:
    """Note who has begun and who has ceased to wait, and tell staff of those who have waited too long."""
    waiting = set(session.exec(select(ThreadRow.id).where(col(ThreadRow.waits_for_person))).all())
    for row in session.exec(select(WaitRow)).all():
        if row.thread_id not in waiting:
            session.delete(row)
            subject, kinds = f"thread:{row.thread_id}", [AlertKind.THREAD_WAITS]
            alerts.settle(session, subject, by=alerts.PROGRAM, now=now, kinds=kinds)
        elif now >= _too_long_at(row.since, organisation):
            occasion = row.since.isoformat()
            alerts.raise_alert(
                session, AlertKind.THREAD_WAITS, f"thread:{row.thread_id}", now=now, occasion=occasion
            )
        waiting.discard(row.thread_id)
    insert_new(session, WaitRow, [{"thread_id": thread_id, "since": now} for thread_id in waiting])


def _too_long_at(since: datetime, organisation: Organisation) -> datetime:
    """Counted in opening time; where no opening hours are set, by the clock."""
    limit = timedelta(minutes=int(organisation.value("waiting_minutes", organisation.languages[0]) or 0))
    by = organisation.hours.after(since.astimezone(organisation.zone), limit)
    return since + limit if by is None else by
