"""Vital signs: what waits, how long, and whether anybody works. Counts and ages only, nothing of a person.

``/readyz``, ``/metrics`` and ``social-bot doctor`` read them, so that they never disagree.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, SQLColumnExpression
from sqlmodel import Session, SQLModel, col, func, select

from social_bot.answering.comment_store import DeedRow
from social_bot.answering.store import CallbackRow, DeliveryRow, EventRow, MessageRow, SendState, ThreadRow
from social_bot.organisation import alerts, heartbeats, pages, stop
from social_bot.organisation.notices import NoticeRow, NoticeState
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow

OVERDUE = timedelta(minutes=5)
"""Work that a machine should have done so long ago means that nobody does it: the longest tick is a minute."""


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Work of one kind that a worker should do now; ``oldest`` is since when the first of it has been due."""

    name: str
    count: int
    oldest: datetime | None


@dataclass(frozen=True, kw_only=True)
class Vitals:
    """One moment of the whole installation; ``now`` is when."""

    now: datetime
    queues: Sequence[Queue]
    waiting_for_people: Mapping[str, int]
    alerts_open: Mapping[str, int]
    pages: Mapping[str, int]
    token_ends: Mapping[str, datetime]
    stops: int
    workers: Mapping[str, datetime]

    @property
    def heard_of(self) -> datetime | None:
        """When the last worker was heard of."""
        return max(self.workers.values(), default=None)

    @property
    def overdue(self) -> Queue | None:
        """The queue whose first work has been due longest, where that is too long."""
        late = [each for each in self.queues if each.oldest and self.now - each.oldest > OVERDUE]
        return min(late, key=lambda each: each.oldest or self.now, default=None)


def read_vitals(session: Session, *, now: datetime) -> Vitals:
    """Costs a few indexed counts, whatever lies in the past."""
    rows = pages.everyone(session)
    return Vitals(
        now=now,
        queues=list(_queues(session, now=now)),
        waiting_for_people=_waiting_for_people(session),
        alerts_open=_count_by(alert.kind.value for alert in alerts.unacknowledged(session)),
        pages=_count_by(_state(page, now) for page in rows),
        token_ends={page.id: page.token_expires_at for page in rows if page.token_expires_at},
        stops=len(stop.standing(session)),
        workers=heartbeats.everyone(session),
    )


def _queues(session: Session, *, now: datetime) -> Iterable[Queue]:
    """What is held back on purpose (a stop, a paused page or campaign) is not due; ``posts`` leaves it out."""
    silent = [page.id for page in pages.everyone(session) if not page.may_write(now)]
    yield _queue(session, "deliveries", col(DeliveryRow.received_at), [col(DeliveryRow.is_parsed).is_(False)])
    yield _queue(session, "events", col(EventRow.received_at), [col(EventRow.is_done).is_(False)])
    yield _queue(
        session,
        "answers",
        func.coalesce(MessageRow.retry_at, MessageRow.not_before, MessageRow.at),
        [col(MessageRow.send_state) == SendState.PENDING, col(MessageRow.page_id).not_in(silent)],
        until=now,
    )
    yield _queue(
        session,
        "comment_deeds",
        func.coalesce(DeedRow.retry_at, DeedRow.written_at),
        [col(DeedRow.send_state) == SendState.PENDING, col(DeedRow.page_id).not_in(silent)],
        until=now,
    )
    yield _queue(
        session,
        "posts",
        func.coalesce(PostRow.retry_at, PostRow.publish_at),
        [
            col(PostRow.state) == PostState.SCHEDULED,
            col(PostRow.publish_at) <= now,
            col(PostRow.page_id).not_in(silent),
        ],
        until=now,
    )
    yield _queue(session, "notices", col(NoticeRow.created_at), [col(NoticeRow.state) == NoticeState.PENDING])


def _queue(
    session: Session,
    name: str,
    due: SQLColumnExpression[datetime],
    conditions: Sequence[ColumnElement[bool]],
    *,
    until: datetime | None = None,
) -> Queue:
    query = select(func.count(), func.min(due)).where(*conditions)
    count, oldest = session.exec(query if until is None else query.where(due <= until)).one()
    return Queue(name=name, count=count, oldest=oldest)


def _waiting_for_people(session: Session) -> Mapping[str, int]:
    return {
        "conversations": _count(session, ThreadRow, col(ThreadRow.waits_for_person).is_(True)),
        "callbacks": _count(session, CallbackRow, col(CallbackRow.settled_at).is_(None)),
        "approvals": _count(session, PostRow, col(PostRow.state) == PostState.AWAITING_APPROVAL),
        "unconfirmed_posts": _count(session, PostRow, col(PostRow.state) == PostState.UNCONFIRMED),
        "unconfirmed_answers": _count(
            session, MessageRow, col(MessageRow.send_state) == SendState.UNCONFIRMED
        ),
    }


def _count(session: Session, table: type[SQLModel], condition: ColumnElement[bool]) -> int:
    return session.exec(select(func.count()).select_from(table).where(condition)).one()


def _count_by(words: Iterable[str]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


def _state(page: pages.PageRow, now: datetime) -> str:
    if page.is_disconnected:
        return "disconnected"
    if page.awaits_live:
        return "awaiting_live"
    if not page.may_write(now):
        return "paused"
    return "live" if page.is_live else "practice"
