"""Who waits, and how long: the inbox's list, read a page at a time with as many queries for ten as for ten thousand.

The time is counted in opening hours: who wrote on Friday evening has not waited two days on Sunday. The
longest wait since is also the longest in opening hours, so the database can put them in order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import case, func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from social_bot.answering.store import Direction, MessageRow, ThreadRow
from social_bot.answering.waiting import WaitRow
from social_bot.organisation.directory import Organisation

PAGE_SIZE = 30
NEWS_LIMIT = 200


class Show(StrEnum):
    """Danger counts as waiting, whoever holds it."""

    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A thread in the list. ``last`` is the last thing that its person wrote; ``since`` is None for no wait.

    ``waited`` is in opening time; by the clock where no opening hours are set.
    """

    thread: ThreadRow
    last: MessageRow | None
    inbound: int
    since: datetime | None
    waited: timedelta | None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """``counts``: how many there are to show of each; ``waiting`` are the ids of those who wait, any page."""

    entries: Sequence[Entry]
    counts: Mapping[Show, int]
    number: int
    pages: int
    waiting: Sequence[int]


def list_inbox(
    session: Session,
    organisation: Organisation,
    *,
    show: Show,
    now: datetime,
    page_id: str | None = None,
    number: int = 1,
) -> Listing:
    """The ``number``-th page: danger first, then the longest wait, then the newest."""
    counts = _counts(session, page_id)
    pages = max(1, -(-counts[show] // PAGE_SIZE))
    number = min(max(1, number), pages)
    rows = session.exec(
        _of_page(select(ThreadRow, WaitRow.since), page_id)
        .outerjoin(WaitRow, col(WaitRow.thread_id) == col(ThreadRow.id))
        .where(_condition(show))
        .order_by(*_urgency())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    last, inbound = _last_inbound(session, [thread.id or 0 for thread, _ in rows])
    return Listing(
        entries=[
            _entry(
                thread,
                since,
                last.get(thread.id or 0),
                inbound.get(thread.id or 0, 0),
                organisation,
                now=now,
            )
            for thread, since in rows
        ],
        counts=counts,
        number=number,
        pages=pages,
        waiting=_waiting(session),
    )


def next_waiting(session: Session, after: int) -> int | None:
    """The most urgent thread that waits, other than this one."""
    return session.exec(
        select(ThreadRow.id)
        .outerjoin(WaitRow, col(WaitRow.thread_id) == col(ThreadRow.id))
        .where(col(ThreadRow.waits_for_person), ThreadRow.id != after)
        .order_by(*_urgency())
        .limit(1)
    ).first()


def waited(since: datetime, organisation: Organisation, *, now: datetime) -> timedelta:
    """Opening time since; by the clock where no opening hours are set."""
    if not organisation.hours.week:
        return now - since
    zone = organisation.zone
    return organisation.hours.between(since.astimezone(zone), now.astimezone(zone))


def _counts(session: Session, page_id: str | None) -> Mapping[Show, int]:
    found = session.exec(
        _of_page(
            select(*(func.sum(case((_condition(show), 1), else_=0)) for show in Show)).select_from(ThreadRow),
            page_id,
        )
    ).one()
    return {show: int(count or 0) for show, count in zip(Show, found, strict=True)}


def _condition(show: Show) -> ColumnElement[bool]:
    needs_somebody = col(ThreadRow.waits_for_person) | col(ThreadRow.crisis).is_not(None)
    match show:
        case Show.OPEN:
            return col(ThreadRow.is_open) | needs_somebody
        case Show.WAITING:
            return needs_somebody
        case Show.CLOSED:
            return ~col(ThreadRow.is_open) & ~needs_somebody


def _of_page(query, page_id: str | None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return query if page_id is None else query.where(ThreadRow.page_id == page_id)


def _urgency() -> Sequence[ColumnElement[Any]]:
    began = func.coalesce(WaitRow.since, ThreadRow.last_inbound_at)
    return (
        case((col(ThreadRow.crisis).is_(None), 1), else_=0),
        case((col(ThreadRow.waits_for_person), 0), else_=1),
        case((col(ThreadRow.waits_for_person), began), else_=None).asc(),
        col(ThreadRow.last_inbound_at).desc(),
        col(ThreadRow.id).desc(),
    )


def _last_inbound(
    session: Session, thread_ids: Sequence[int]
) -> tuple[Mapping[int, MessageRow], Mapping[int, int]]:
    found = session.exec(
        select(MessageRow.thread_id, func.max(MessageRow.id), func.count())
        .where(col(MessageRow.thread_id).in_(thread_ids), MessageRow.direction == Direction.INBOUND)
        .group_by(col(MessageRow.thread_id))
    ).all()
    rows = session.exec(
        select(MessageRow).where(col(MessageRow.id).in_([last for _, last, _ in found]))
    ).all()
    return {row.thread_id: row for row in rows}, {thread_id: count for thread_id, _, count in found}


def _entry(
    thread: ThreadRow,
    since: datetime | None,
    last: MessageRow | None,
    inbound: int,
    organisation: Organisation,
    *,
    now: datetime,
) -> Entry:
    began = (since or thread.last_inbound_at) if thread.waits_for_person else None
    return Entry(
        thread=thread,
        last=last,
        inbound=inbound,
        since=began,
        waited=None if began is None else waited(began, organisation, now=now),
    )


def _waiting(session: Session) -> Sequence[int]:
    ids = session.exec(
        select(ThreadRow.id)
        .where(col(ThreadRow.waits_for_person))
        .order_by(col(ThreadRow.id).desc())
        .limit(NEWS_LIMIT)
    ).all()
    return [each or 0 for each in ids]
