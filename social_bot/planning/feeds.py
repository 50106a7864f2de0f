"""A worker's calendar feed: posts as an iCalendar file under a secret address.

Only the hash of the address is kept. A feed tells the time, the page, the state and the first line of a post,
never more of a text that is not out.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.organisation import audit, operators
from social_bot.organisation.operators import OperatorRow
from social_bot.organisation.pages import PageRow
from social_bot.planning.agenda import title_of
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow

BEHIND, AHEAD = timedelta(days=31), timedelta(days=366)
MOST = 2000
_LASTS = timedelta(minutes=15)
_LEFT_OUT = (PostState.CANCELLED, PostState.EXPIRED)


class FeedRow(SQLModel, table=True):
    __tablename__ = "calendar_feed"
    operator: str = Field(primary_key=True, max_length=160)
    token_hash: str = Field(max_length=64, index=True, unique=True)
    language: str = Field(max_length=5)
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class FedPost:
    id: int
    page: str
    state: PostState
    kind: str
    title: str
    publish_at: datetime


def find_feed_of(session: Session, name: str) -> FeedRow | None:
    return session.get(FeedRow, name)


def renew_feed(session: Session, *, by: str, language: str, now: datetime) -> str:
    """A new secret for this worker's feed, told this once; an older address is worth nothing from now on."""
    operators.get(session, by)
    token = secrets.token_urlsafe(32)
    row = session.get(FeedRow, by) or FeedRow(operator=by, token_hash="", language="", created_at=now)
    row.token_hash, row.language, row.created_at = _hash(token), language, now
    session.add(row)
    audit.record(session, at=now, actor=by, action="feed.renew", subject=by)
    return token


def withdraw_feed(session: Session, *, by: str, now: datetime) -> None:
    row = session.get(FeedRow, by)
    if row is not None:
        session.delete(row)
        audit.record(session, at=now, actor=by, action="feed.withdraw", subject=by)


def open_feed(session: Session, token: str) -> FeedRow | None:
    """The feed of this secret; None for an unknown one, and once its worker has left."""
    row = session.exec(select(FeedRow).where(FeedRow.token_hash == _hash(token))).first()
    if row is None:
        return None
    operator = session.get(OperatorRow, row.operator)
    return row if operator is not None and operator.is_active else None


def list_fed_posts(session: Session, name: str, *, now: datetime) -> Sequence[FedPost]:
    """Of the pages on which this worker holds a role."""
    rights = operators.get(session, name).rights
    on_own_pages = (
        col(PostRow.page_id).is_not(None) if rights.everywhere else col(PostRow.page_id).in_(rights.on_pages)
    )
    rows = session.exec(
        select(PostRow, PageRow.name)
        .join(PageRow, col(PageRow.id) == col(PostRow.page_id))
        .where(
            col(PostRow.publish_at) >= now - BEHIND,
            col(PostRow.publish_at) < now + AHEAD,
            col(PostRow.state).not_in(_LEFT_OUT),
            on_own_pages,
        )
        .order_by(col(PostRow.publish_at), col(PostRow.id))
        .limit(MOST)
    ).all()
    return [
        FedPost(
            id=post.id or 0,
            page=page,
            state=post.state,
            kind=post.kind,
            title=title_of(post.texts),
            publish_at=post.publish_at,
        )
        for post, page in rows
    ]


def write_calendar(
    posts: Sequence[FedPost],
    *,
    name: str,
    staff_url: str,
    zone: ZoneInfo,
    state_in_words: Callable[[PostState], str],
    now: datetime,
) -> bytes:
    """RFC 5545, with times in the zone and its rules beside them."""
    calendar = Calendar()
    calendar.add("prodid", "-//social_bot//calendar//FI")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", zone.key)
    calendar.add("refresh-interval;value=duration", "PT1H")
    for post in posts:
        event = Event()
        event.add("uid", f"post-{post.id}@{_host(staff_url)}")
        event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
        event.add("dtstart", _told(post.publish_at, zone))
        event.add("dtend", _told(post.publish_at + _LASTS, zone))
        event.add("summary", f"{state_in_words(post.state)}: {post.title}")
        event.add("location", post.page)
        event.add("url", f"{staff_url}/posts/{post.id}")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    calendar.add_missing_timezones(first_date=(now - BEHIND).date(), last_date=(now + AHEAD).date())
    content: bytes = calendar.to_ical()
    return content


def _told(moment: datetime, zone: ZoneInfo) -> datetime:
    """In the zone, but for the second of two equal hours, which a local time cannot name."""
    local = moment.astimezone(zone)
    return moment.astimezone(UTC) if local.fold else local


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition(":")[0] or "social-bot"


def _hash(token: str) -> str:
    """A random token of this length needs no slower hash: there is nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()
