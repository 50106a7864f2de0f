"""Rows and queries of the tracking room."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, func
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.answering.store import CallbackRow, CallbackState, Direction, MessageRow
from social_bot.organisation.metrics import Metric
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow
from social_bot.storage.types import Word


class SnapshotRow(SQLModel, table=True):
    """One counter as it was read at ``taken_at``; never changed. ``value`` None: not available."""

    __tablename__ = "snapshot"
    __table_args__ = (Index("ix_snapshot_subject", "subject", "metric", "taken_at"),)
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


def latest_snapshots(session: Session, subjects: Sequence[str], metric: Metric) -> Sequence[SnapshotRow]:
    """The newest reading of the metric for each subject that has any."""
    newest = (
        select(func.max(SnapshotRow.id))
        .where(col(SnapshotRow.subject).in_(subjects), SnapshotRow.metric == metric)
        .group_by(col(SnapshotRow.subject))
    )
    return session.exec(select(SnapshotRow).where(col(SnapshotRow.id).in_(newest))).all()


def latest_daily_snapshots(
    session: Session, subject: str, metric: Metric, *, since: datetime, until: datetime
) -> Sequence[SnapshotRow]:
    """The newest reading of each day whose period ends after ``since`` and not after ``until``."""
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


def last_taken(session: Session, subjects: Sequence[str]) -> dict[str, datetime]:
    """When each subject was last read."""
    rows = session.exec(
        select(SnapshotRow.subject, func.max(SnapshotRow.taken_at))
        .where(col(SnapshotRow.subject).in_(subjects))
        .group_by(col(SnapshotRow.subject))
    ).all()
    return dict(rows)


def first_unavailable(session: Session, subjects: Sequence[str], metric: Metric) -> datetime | None:
    """When the metric was first read as not available."""
    return session.exec(
        select(func.min(SnapshotRow.taken_at)).where(
            col(SnapshotRow.subject).in_(subjects),
            SnapshotRow.metric == metric,
            col(SnapshotRow.value).is_(None),
        )
    ).one()


def published_posts(
    session: Session, *, campaign_id: int | None = None, page_id: str | None = None
) -> Sequence[PostRow]:
    query = select(PostRow).where(PostRow.state == PostState.PUBLISHED, col(PostRow.external_id).is_not(None))
    if campaign_id is not None:
        query = query.where(PostRow.campaign_id == campaign_id)
    if page_id is not None:
        query = query.where(PostRow.page_id == page_id)
    return session.exec(query.order_by(col(PostRow.publish_at))).all()


def count_messages(session: Session, page_id: str, *, since: datetime, until: datetime) -> int:
    return int(session.exec(_inbound(func.count(), page_id, since, until)).one())


def count_contacts(session: Session, page_id: str, *, since: datetime, until: datetime) -> int:
    """Threads in which a person wrote: the same person twice is one contact."""
    distinct = func.count(func.distinct(MessageRow.thread_id))
    return int(session.exec(_inbound(distinct, page_id, since, until)).one())


def count_answered(session: Session, page_id: str, *, since: datetime, until: datetime) -> int:
    """Inbound messages that have an outbound one after them in their thread."""
    later = (
        select(MessageRow.thread_id, func.max(MessageRow.id).label("last_id"))
        .where(MessageRow.direction == Direction.OUTBOUND)
        .group_by(col(MessageRow.thread_id))
        .subquery()
    )
    query = _inbound(func.count(), page_id, since, until).join(
        later, later.c.thread_id == MessageRow.thread_id
    )
    return int(session.exec(query.where(later.c.last_id > MessageRow.id)).one())


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
