"""The platform's counters of posts and pages, out of the snapshots: the newest known reading of each."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import String, cast, func, literal
from sqlmodel import Session, col, select

from social_bot.organisation.metrics import Metric
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow
from social_bot.tracking.figures import Counted, Figure
from social_bot.tracking.store import SnapshotRow, first_unavailable, latest_daily_snapshots, page_subject

PAGE_FIGURES = tuple(figure for figure in Figure if figure.startswith("page_"))
POST_FIGURES = tuple(figure for figure in Figure if figure.startswith("post_"))


def count_posts(
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
    campaign_id: int | None = None,
    most: int = 1000,
) -> Sequence[tuple[PostRow, int]]:
    """The posts of the time with what is known of each, the largest first."""
    posts = _sent_posts(page_id, since=since, until=until, campaign_id=campaign_id)
    values = _values(session, posts, figure, read_by=until)
    best = sorted(values, key=lambda post_id: (-values[post_id], post_id))[:most]
    found = {post.id: post for post in session.exec(select(PostRow).where(col(PostRow.id).in_(best))).all()}
    return [(found[post_id], values[post_id]) for post_id in best]


def values_by_time(
    session: Session,
    page_id: str,
    figure: Figure,
    *,
    since: datetime,
    until: datetime,
    read_by: datetime,
    most: int = 1000,
) -> Sequence[tuple[datetime, int]]:
    """When the last ``most`` posts of the time went out, with what is known of each."""
    posts = _sent_posts(page_id, since=since, until=until, campaign_id=None)
    newest = posts.order_by(col(PostRow.publish_at).desc()).limit(most).subquery()
    chosen = select(PostRow.id).where(col(PostRow.id).in_(select(newest.c.id)))
    values = _values(session, chosen, figure, read_by=read_by)
    times = select(PostRow.id, PostRow.publish_at).where(col(PostRow.id).in_(select(newest.c.id)))
    return [(at, values[post_id]) for post_id, at in session.exec(times).all() if post_id in values]


def _values(session: Session, posts: Any, figure: Figure, *, read_by: datetime) -> dict[int, int]:
    """By post what is known of it."""
    rows = _newest(session, posts, Metric(figure.value), read_by=read_by)
    return {int(row.subject.partition(":")[2]): row.value for row in rows if row.value is not None}


def _sent_posts(page_id: str, *, since: datetime, until: datetime, campaign_id: int | None) -> Any:
    posts = select(PostRow.id).where(
        PostRow.page_id == page_id,
        PostRow.state == PostState.PUBLISHED,
        col(PostRow.external_id).is_not(None),
        col(PostRow.publish_at) >= since,
        col(PostRow.publish_at) < until,
    )
    return posts if campaign_id is None else posts.where(PostRow.campaign_id == campaign_id)


class _Newest(NamedTuple):
    """Plain values: a row object for each of thousands of posts costs more than finding them."""

    subject: str
    value: int | None
    taken_at: datetime
    retired_on: date | None


def _newest(session: Session, posts: Any, metric: Metric, *, read_by: datetime) -> Sequence[_Newest]:
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
    columns = (SnapshotRow.subject, SnapshotRow.value, SnapshotRow.taken_at, SnapshotRow.retired_on)
    query: Any = select(*columns).where(col(SnapshotRow.id).in_(ids))  # type: ignore[type-var]
    return [_Newest(*row) for row in session.exec(query).all()]


def _counted(figure: Figure, rows: Sequence[_Newest], *, of: int) -> Counted:
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


def count_page(
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
