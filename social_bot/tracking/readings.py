"""Which posts' counters are to be read when: a row for each post that is on a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, update
from sqlmodel import Session, col, select

from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow
from social_bot.storage.engine import insert_new
from social_bot.tracking.figure_store import PostReadingRow

FIRST = timedelta(hours=1)
"""At this age a post is read for the first time."""

_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class DuePost:
    post_id: int
    external_id: str
    published_at: datetime


def enrol(session: Session, *, now: datetime, recently: timedelta | None) -> int:
    """Give each published post its row; how many were new. ``recently`` None: however long ago it went out."""
    query = select(PostRow.id, PostRow.page_id, PostRow.publish_at).where(
        PostRow.state == PostState.PUBLISHED,
        col(PostRow.external_id).is_not(None),
        ~exists().where(col(PostReadingRow.post_id) == col(PostRow.id)),
    )
    if recently is not None:
        query = query.where(col(PostRow.publish_at) >= now - recently)
    rows = [
        {"post_id": post_id, "page_id": page_id, "due_at": publish_at + FIRST}
        for post_id, page_id, publish_at in session.exec(query).all()
    ]
    return sum(
        insert_new(session, PostReadingRow, rows[start : start + _AT_ONCE])
        for start in range(0, len(rows), _AT_ONCE)
    )


def due_posts(session: Session, page_id: str, *, now: datetime, limit: int) -> Sequence[DuePost]:
    """The longest due first."""
    query = (
        select(PostRow.id, PostRow.external_id, PostRow.publish_at)
        .join(PostReadingRow, col(PostReadingRow.post_id) == col(PostRow.id))
        .where(PostReadingRow.page_id == page_id, PostReadingRow.due_at <= now)
        .order_by(col(PostReadingRow.due_at), col(PostReadingRow.post_id))
        .limit(limit)
    )
    return [
        DuePost(post_id=post_id or 0, external_id=external_id or "", published_at=publish_at)
        for post_id, external_id, publish_at in session.exec(query).all()
    ]


def call_for_all(session: Session, page_ids: Sequence[str], *, now: datetime) -> None:
    """Every post of the pages is due now, whatever the schedule."""
    session.connection().execute(
        update(PostReadingRow)
        .where(col(PostReadingRow.page_id).in_(page_ids), col(PostReadingRow.due_at) > now)
        .values(due_at=now)
    )


def put_off(session: Session, post_id: int, *, until: datetime, now: datetime) -> None:
    session.connection().execute(
        update(PostReadingRow).where(col(PostReadingRow.post_id) == post_id).values(due_at=until, last_at=now)
    )


def count_due(session: Session, *, now: datetime, page_ids: Sequence[str] | None = None) -> int:
    """Of these pages, or of all."""
    query = select(func.count()).where(PostReadingRow.due_at <= now)
    if page_ids is not None:
        query = query.where(col(PostReadingRow.page_id).in_(page_ids))
    return int(session.exec(query).one())
