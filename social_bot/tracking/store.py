"""Rows and queries of the tracking room."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Index, exists, func, or_, text
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.answering.store import CallbackRow, CallbackState, Direction, MessageRow, SendState
from social_bot.organisation.metrics import Metric
from social_bot.storage.types import Word

HALF_A_DAY = timedelta(hours=12)
"""The platform's day ends in the morning of our next one."""


class SnapshotRow(SQLModel, table=True):
    """One counter as it was read at ``taken_at``; never changed. ``value`` None: not available."""

    __tablename__ = "snapshot"
    __table_args__ = (
        Index("ix_snapshot_subject", "subject", "metric", "taken_at"),
        Index(
            "ix_snapshot_days",
            *("subject", "metric", "period_end"),
            sqlite_where=text("period_end IS NOT NULL"),
            postgresql_where=text("period_end IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    page_id: str = Field(foreign_key="page.id", max_length=40)
    subject: str = Field(max_length=60)
    metric: Metric = Field(sa_type=Word(Metric))
    value: int | None = None
    taken_at: datetime
    period_end: datetime | None = None
    retired_on: date | None = None


def page_subject(page_id: str) -> str:
    return f"page:{page_id}"


def post_subject(post_id: int) -> str:
    return f"post:{post_id}"


def latest_daily_snapshots(
    session: Session, subject: str, metric: Metric, *, since: datetime, until: datetime
) -> Sequence[SnapshotRow]:
    """The newest reading of each of the platform's days that lies mostly between the two moments."""
    since, until = since + HALF_A_DAY, until + HALF_A_DAY
    newest = (
        select(func.max(SnapshotRow.id))
        .where(
            SnapshotRow.subject == subject,
            SnapshotRow.metric == metric,
            col(SnapshotRow.period_end) > since,
            col(SnapshotRow.period_end) <= until,
        )
        .group_by(col(SnapshotRow.period_end))
    )
    return session.exec(select(SnapshotRow).where(col(SnapshotRow.id).in_(newest))).all()


def last_taken(session: Session, subject: str) -> datetime | None:
    """When a page was last read; its followers are among every reading."""
    query = select(func.max(SnapshotRow.taken_at)).where(
        SnapshotRow.subject == subject, SnapshotRow.metric == Metric.PAGE_FOLLOWERS
    )
    return session.exec(query).one()


def first_unavailable(
    session: Session, subjects: Sequence[str], metric: Metric, *, until: datetime | None = None
) -> date | None:
    """Since when the metric is not available: the day of its retirement, else the first reading without it."""
    query = select(func.min(SnapshotRow.retired_on), func.min(SnapshotRow.taken_at)).where(
        col(SnapshotRow.subject).in_(subjects),
        SnapshotRow.metric == metric,
        col(SnapshotRow.value).is_(None),
    )
    if until is not None:
        query = query.where(SnapshotRow.taken_at < until)
    retired_on, taken_at = session.exec(query).one()
    return retired_on or (None if taken_at is None else taken_at.date())


def count_messages(session: Session, page_id: str, *, since: datetime, until: datetime) -> int:
    return int(session.exec(_inbound(func.count(), page_id, since, until)).one())


def count_contacts(session: Session, page_id: str, *, since: datetime, until: datetime) -> int:
    """Threads in which a person wrote: the same person twice is one contact."""
    distinct = func.count(func.distinct(MessageRow.thread_id))
    return int(session.exec(_inbound(distinct, page_id, since, until)).one())


def count_answered(session: Session, page_id: str, *, since: datetime, until: datetime) -> int:
    """Inbound messages that have an outbound one after them in their thread."""
    later = aliased(MessageRow)
    answered = exists().where(
        col(later.thread_id) == col(MessageRow.thread_id),
        col(later.id) > col(MessageRow.id),
        col(later.direction) == Direction.OUTBOUND,
    )
    return int(session.exec(_inbound(func.count(), page_id, since, until).where(answered)).one())


def count_answers(
    session: Session, page_ids: Sequence[str], *, since: datetime, until: datetime
) -> tuple[int, int]:
    """Answers that went out in the time: by the machine, and by people."""
    query = (
        select(MessageRow.is_automatic, func.count())
        .where(
            col(MessageRow.page_id).in_(page_ids),
            MessageRow.direction == Direction.OUTBOUND,
            MessageRow.at >= since,
            MessageRow.at < until,
            or_(col(MessageRow.send_state).is_(None), col(MessageRow.send_state) == SendState.SENT),
        )
        .group_by(col(MessageRow.is_automatic))
    )
    counts = dict(session.exec(query).all())
    return counts.get(True, 0), counts.get(False, 0)


def count_callbacks(
    session: Session, *, since: datetime, until: datetime, state: CallbackState | None = None
) -> int:
    query = select(func.count()).where(CallbackRow.requested_at >= since, CallbackRow.requested_at < until)
    if state is not None:
        query = query.where(CallbackRow.state == state)
    return int(session.exec(query).one())


def _inbound(counted: Any, page_id: str, since: datetime, until: datetime) -> Any:
    return (
        select(counted)
        .select_from(MessageRow)
        .where(
            MessageRow.page_id == page_id,
            MessageRow.direction == Direction.INBOUND,
            MessageRow.at >= since,
            MessageRow.at < until,
        )
    )
