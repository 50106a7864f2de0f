"""Rows and queries of the tracking room."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, cast, exists, func, literal, or_, text
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.answering.store import CallbackRow, CallbackState, Direction, MessageRow, SendState
from social_bot.organisation.metrics import Metric
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow
from social_bot.storage.types import Word
from social_bot.tracking.figures import Counted, Figure

HALF_A_DAY = timedelta(hours=12)
"""The platform's day ends in the morning of our next one."""

PAGE_FIGURES = tuple(figure for figure in Figure if figure.startswith("page_"))
POST_FIGURES = tuple(figure for figure in Figure if figure.startswith("post_"))


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


def count_posts_counters(
    session: Session,
    page_id: str,
    *,
    since: datetime,
    until: datetime,
    read_by: datetime,
    campaign_id: int | None = None,
    figures: Sequence[Figure] = POST_FIGURES,
) -> Sequence[Counted]:
    """The counters of the posts that went out in the time, as last read until ``read_by``.

    The same age for every month: what an old post gathers for years does not make its month grow.
    """
    posts = _sent_posts(page_id, since=since, until=until, campaign_id=campaign_id)
    of = len(session.exec(posts).all())
    return [
        _counted(figure, _newest(session, posts, Metric(figure.value), read_by=read_by), of=of)
        for figure in figures
    ]


def best_posts(
    session: Session,
    page_id: str,
    figure: Figure,
    *,
    since: datetime,
    until: datetime,
    read_by: datetime | None = None,
    campaign_id: int | None = None,
) -> Sequence[tuple[PostRow, int]]:
    """The posts of the time with what is known of each, those with anything at all."""
    posts = _sent_posts(page_id, since=since, until=until, campaign_id=campaign_id)
    rows = _newest(session, posts, Metric(figure.value), read_by=read_by or until)
    values = {int(row.subject.partition(":")[2]): row.value for row in rows if row.value}
    found = session.exec(select(PostRow).where(col(PostRow.id).in_(list(values)))).all()
    return [(post, values[post.id or 0] or 0) for post in found]


def _sent_posts(page_id: str, *, since: datetime, until: datetime, campaign_id: int | None) -> Any:
    posts = select(PostRow.id).where(
        PostRow.page_id == page_id,
        PostRow.state == PostState.PUBLISHED,
        col(PostRow.external_id).is_not(None),
        col(PostRow.publish_at) >= since,
        col(PostRow.publish_at) < until,
    )
    return posts if campaign_id is None else posts.where(PostRow.campaign_id == campaign_id)


def _newest(session: Session, posts: Any, metric: Metric, *, read_by: datetime) -> Sequence[SnapshotRow]:
    """For each post its newest known reading, else its newest one: two seeks in the index a post."""
    subject = literal("post:") + cast(PostRow.id, String)
    newest = (
        select(SnapshotRow.id)
        .where(
            SnapshotRow.subject == subject,
            SnapshotRow.metric == metric,
            SnapshotRow.taken_at <= read_by,
        )
        .order_by(col(SnapshotRow.taken_at).desc(), col(SnapshotRow.id).desc())
        .limit(1)
    )
    known = newest.where(col(SnapshotRow.value).is_not(None)).correlate(PostRow).scalar_subquery()
    ids = posts.with_only_columns(func.coalesce(known, newest.correlate(PostRow).scalar_subquery()))
    return session.exec(select(SnapshotRow).where(col(SnapshotRow.id).in_(ids))).all()


def _counted(figure: Figure, rows: Sequence[SnapshotRow], *, of: int) -> Counted:
    known = [row for row in rows if row.value is not None]
    retired = [row.retired_on for row in rows if row.value is None and row.retired_on is not None]
    return Counted(
        figure=figure,
        value=sum(row.value or 0 for row in known) if known or not of else None,
        as_of=min((row.taken_at for row in known), default=None),
        not_available_since=min(retired, default=None),
        known=len(known),
        of=of,
    )


def count_page_counters(
    session: Session,
    page_id: str,
    *,
    since: datetime,
    until: datetime,
    figures: Sequence[Figure] = PAGE_FIGURES,
) -> Sequence[Counted]:
    """The page's daily counters added up over the days; followers as last read in the time."""
    return [
        _followers(session, page_id, since=since, until=until)
        if figure is Figure.PAGE_FOLLOWERS
        else _days(session, page_id, figure, since=since, until=until)
        for figure in figures
    ]


def _days(session: Session, page_id: str, figure: Figure, *, since: datetime, until: datetime) -> Counted:
    subject, metric = page_subject(page_id), Metric(figure.value)
    rows = latest_daily_snapshots(session, subject, metric, since=since, until=until)
    known = [row for row in rows if row.value is not None]
    return Counted(
        figure=figure,
        value=sum(row.value or 0 for row in known) if known else None,
        as_of=max((row.taken_at for row in known), default=None),
        not_available_since=None if known else first_unavailable(session, [subject], metric, until=until),
        known=len(known),
        of=(until - since).days,
    )


def _followers(session: Session, page_id: str, *, since: datetime, until: datetime) -> Counted:
    query = select(SnapshotRow).where(
        SnapshotRow.subject == page_subject(page_id),
        SnapshotRow.metric == Metric.PAGE_FOLLOWERS,
        SnapshotRow.taken_at >= since,
        SnapshotRow.taken_at <= until,
        col(SnapshotRow.value).is_not(None),
    )
    row = session.exec(query.order_by(col(SnapshotRow.taken_at).desc()).limit(1)).first()
    return Counted(
        figure=Figure.PAGE_FOLLOWERS, value=row.value if row else None, as_of=row.taken_at if row else None
    )


def count_published(
    session: Session, page_id: str, *, since: datetime, until: datetime, campaign_id: int | None = None
) -> int:
    query = select(func.count()).where(
        PostRow.page_id == page_id,
        PostRow.state == PostState.PUBLISHED,
        col(PostRow.publish_at) >= since,
        col(PostRow.publish_at) < until,
    )
    if campaign_id is not None:
        query = query.where(PostRow.campaign_id == campaign_id)
    return int(session.exec(query).one())


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
