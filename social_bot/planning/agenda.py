"""What stands in the calendar: posts of a span of days, with no more of each than a calendar shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy
from sqlmodel import Session, col

from social_bot.planning.posts import PostState
from social_bot.planning.store import CampaignRow, PostRow

LONGEST_TITLE = 90


@dataclass(frozen=True, slots=True)
class Entry:
    id: int
    page_id: str
    campaign_id: int | None
    kind: str
    state: PostState
    publish_at: datetime
    title: str


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Empty: everything."""

    page_id: str = ""
    campaign_id: int | None = None
    state: PostState | None = None
    kind: str = ""

    @property
    def narrows(self) -> bool:
        return bool(self.page_id or self.campaign_id or self.state or self.kind)


def list_entries(session: Session, chosen: Filter, *, since: datetime, until: datetime) -> Sequence[Entry]:
    """By time, ``since`` included and ``until`` not; one query, whatever their number."""
    post = PostRow
    query = sqlalchemy.select(
        col(post.id),
        col(post.page_id),
        col(post.campaign_id),
        col(post.kind),
        col(post.state),
        col(post.publish_at),
        col(post.texts),
    )
    query = query.where(col(post.publish_at) >= since, col(post.publish_at) < until)
    if chosen.page_id:
        query = query.where(col(post.page_id) == chosen.page_id)
    if chosen.campaign_id is not None:
        query = query.where(col(post.campaign_id) == chosen.campaign_id)
    if chosen.state is not None:
        query = query.where(col(post.state) == chosen.state)
    if chosen.kind:
        query = query.where(col(post.kind) == chosen.kind)
    rows = session.connection().execute(query.order_by(col(post.publish_at), col(post.id))).all()
    return [
        Entry(
            id=row.id,
            page_id=row.page_id,
            campaign_id=row.campaign_id,
            kind=row.kind,
            state=row.state,
            publish_at=row.publish_at,
            title=title_of(row.texts),
        )
        for row in rows
    ]


def list_campaign_titles(session: Session) -> Mapping[int, Mapping[str, str]]:
    """The newest first."""
    query = sqlalchemy.select(col(CampaignRow.id), col(CampaignRow.title)).order_by(
        col(CampaignRow.starts_on).desc(), col(CampaignRow.id).desc()
    )
    return {row.id: row.title for row in session.connection().execute(query).all()}


def title_of(texts: Mapping[str, str]) -> str:
    """The first line of the first text, shortened."""
    line = next(iter(texts.values()), "").lstrip().split("\n", 1)[0].rstrip()
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"
