"""People who wait for a person: since when, and when staff are told that it has been too long."""

from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.answering.comment_store import CommentRow
from social_bot.answering.store import ThreadRow
from social_bot.answering.threads import HUMAN_WINDOW
from social_bot.organisation import alerts
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.directory import Organisation
from social_bot.organisation.retention import WARN_BEFORE
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


def warn_before_erasing(session: Session, organisation: Organisation, *, now: datetime) -> None:
    """Tell staff of what still waits a week before it would have been erased; it stays, and so does the notice."""
    too_old = now - HUMAN_WINDOW - organisation.retention + WARN_BEFORE
    threads = session.exec(
        select(ThreadRow).where(
            or_(col(ThreadRow.waits_for_person), col(ThreadRow.crisis).is_not(None)),
            col(ThreadRow.last_inbound_at) <= too_old,
        )
    ).all()
    comments = session.exec(
        select(CommentRow).where(
            col(CommentRow.waits_for_person),
            col(CommentRow.seen_at) <= now - organisation.retention + WARN_BEFORE,
        )
    ).all()
    told = {f"thread:{each.id}": each.last_inbound_at for each in threads}
    told |= {comment.subject: comment.seen_at for comment in comments}
    for alert in alerts.lasting(session, AlertKind.PURGE_NEAR):
        if alert.subject not in told:
            alerts.settle(session, alert.subject, by=alerts.PROGRAM, now=now, kinds=[AlertKind.PURGE_NEAR])
    for subject, since in told.items():
        occasion = "" if since is None else since.isoformat()
        alerts.raise_alert(session, AlertKind.PURGE_NEAR, subject, now=now, occasion=occasion)


def _too_long_at(since: datetime, organisation: Organisation) -> datetime:
    """Counted in opening time; where no opening hours are set, by the clock."""
    limit = timedelta(minutes=int(organisation.value("waiting_minutes", organisation.languages[0]) or 0))
    by = organisation.hours.after(since.astimezone(organisation.zone), limit)
    return since + limit if by is None else by
