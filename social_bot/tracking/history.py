"""Months kept as counts: written while what is counted is here, read when it is gone.

A month is counted again until its waits and counters have settled, sixty days after its end; then it is
final. A recount that finds fewer rows than the one before has lost some of them to a purge: what was kept of
that family of figures stands.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, select

from social_bot.answering.comment_store import CommentRow
from social_bot.answering.store import CallbackRow, MessageRow
from social_bot.organisation import pages
from social_bot.organisation.directory import Organisation
from social_bot.planning.store import PostRow
from social_bot.storage.engine import Database
from social_bot.tracking import figure_store as store
from social_bot.tracking.counting import LONGEST_WAIT, count_office, count_page
from social_bot.tracking.figure_store import OFFICE, FigureMonthRow
from social_bot.tracking.figures import DEFINITIONS, Counted, Family, Figure
from social_bot.tracking.outreach_store import VisitRow
from social_bot.tracking.periods import Month, midnight, month_at, months_between

_RUNNING_EVERY = timedelta(minutes=15)
_SETTLING_EVERY = timedelta(days=1)
_MONTHS_A_RUN = 24

_MEASURES: Mapping[Family, Figure] = {
    Family.MESSAGES: Figure.MESSAGES_RECEIVED,
    Family.COMMENTS: Figure.COMMENTS_RECEIVED,
    Family.CALLBACKS: Figure.CALLBACKS,
    Family.CRISES: Figure.CRISES,
}
"""By what it is seen that rows are gone; visits and posts are never purged, only corrected."""


def keep_counts(
    database: Database,
    *,
    gather: Callable[[Session], Organisation],
    clock: Callable[[], datetime],
    before: datetime | None = None,
) -> int:
    """Count the months that are due, the oldest first; how many. A run does a few, the next one goes on.

    ``before``: only months that began before it, which is what a purge is about to take from.
    """
    with database.read() as session:
        organisation, now = gather(session), clock()
        due = _due(session, organisation, now=now, before=before)
    for page_id, month in due[:_MONTHS_A_RUN]:
        with database.read() as session:
            counted = count_month(session, page_id, month, organisation=organisation, now=now)
        with database.write() as session:
            keep_month(session, page_id, month, counted, organisation=organisation, now=now)
    return min(len(due), _MONTHS_A_RUN)


def count_month(
    session: Session, page_id: str, month: Month, *, organisation: Organisation, now: datetime
) -> Sequence[Counted]:
    """From the rows as they stand; ``OFFICE`` for what belongs to no page."""
    zone = organisation.zone
    if page_id == OFFICE:
        return count_office(session, month.span, zone=zone, now=now)
    return count_page(session, page_id, month.span, hours=organisation.hours, zone=zone, now=now)


def keep_month(
    session: Session,
    page_id: str,
    month: Month,
    counted: Iterable[Counted],
    *,
    organisation: Organisation,
    now: datetime,
) -> None:
    """Write a month's counts; a family that has lost rows since it was last counted stays as it was kept."""
    row = store.claim_month(session, page_id, month, now=now)
    if row.is_final:
        return
    kept = store.list_counts(session, [page_id], [month]).get((page_id, str(month)), [])
    store.replace_counts(session, page_id, month, still_standing(counted, kept))
    row.counted_at, row.is_final = now, now >= settles_at(month, organisation)
    session.add(row)


def still_standing(counted: Iterable[Counted], kept: Iterable[Counted]) -> Sequence[Counted]:
    """The new counts, and the kept ones of each family that has lost rows since."""
    new, old = _by_family(counted), _by_family(kept)
    return [
        one
        for family in {**old, **new}
        for one in (
            old[family] if _has_lost_rows(family, new.get(family, []), old.get(family, [])) else new[family]
        )
    ]


def settles_at(month: Month, organisation: Organisation) -> datetime:
    return month.bounds(organisation.zone)[1] + LONGEST_WAIT


def may_be_used(row: FigureMonthRow, month: Month, organisation: Organisation, *, now: datetime) -> bool:
    """Whether what is kept of a month is as new as a reader may expect."""
    if row.is_final:
        return True
    is_over = now >= month.bounds(organisation.zone)[1]
    age = now - row.counted_at
    was_over = row.counted_at >= month.bounds(organisation.zone)[1]
    return age < 2 * (_SETTLING_EVERY if is_over and was_over else _RUNNING_EVERY)


def first_month(session: Session, page_id: str, organisation: Organisation) -> Month | None:
    """The month from which there is something to count, or nothing of it came."""
    if page_id == OFFICE:
        asked = session.exec(select(func.min(CallbackRow.requested_at))).one()
        held_on = session.exec(select(func.min(VisitRow.held_on))).one()
        held_at = None if held_on is None else midnight(held_on, organisation.zone)
        moments = [asked, held_at]
    else:
        moments = [
            session.exec(select(func.min(column)).where(table.page_id == page_id)).one()
            for column, table in (
                (MessageRow.at, MessageRow),
                (PostRow.publish_at, PostRow),
                (CommentRow.seen_at, CommentRow),
            )
        ]
        moments.append(pages.get(session, page_id).created_at)
    first = min(filter(None, moments), default=None)
    return None if first is None else month_at(first, organisation.zone)


def _due(
    session: Session, organisation: Organisation, *, now: datetime, before: datetime | None
) -> Sequence[tuple[str, Month]]:
    this = month_at(now, organisation.zone)
    last = this if before is None else min(this, month_at(before, organisation.zone))
    due = []
    for page_id in [OFFICE, *(page.id for page in pages.everyone(session))]:
        first = first_month(session, page_id, organisation)
        kept = store.months_counted(session, page_id)
        for month in months_between(first, last) if first else ():
            row = kept.get(str(month))
            if row is None or (not row.is_final and _is_stale(row, month, organisation, now=now)):
                due.append((page_id, month))
    return sorted(due, key=lambda one: one[1])


def _is_stale(row: FigureMonthRow, month: Month, organisation: Organisation, *, now: datetime) -> bool:
    ended = month.bounds(organisation.zone)[1]
    every = _RUNNING_EVERY if row.counted_at < ended else _SETTLING_EVERY
    return now - row.counted_at >= every or now >= settles_at(month, organisation)


def _by_family(counted: Iterable[Counted]) -> Mapping[Family, list[Counted]]:
    found: dict[Family, list[Counted]] = {}
    for one in counted:
        found.setdefault(DEFINITIONS[one.figure].family, []).append(one)
    return found


def _has_lost_rows(family: Family, new: Sequence[Counted], old: Sequence[Counted]) -> bool:
    figure = _MEASURES.get(family)
    return not new or (figure is not None and _whole(figure, new) < _whole(figure, old))


def _whole(figure: Figure, counted: Sequence[Counted]) -> int:
    return next((one.value or 0 for one in counted if one.figure is figure and not one.part), 0)
