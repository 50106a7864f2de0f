"""The counts of months, of one page or of several: kept ones where they are new enough, else counted now."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from social_bot.organisation.directory import Organisation
from social_bot.tracking import figure_store as store
from social_bot.tracking import history
from social_bot.tracking.figures import Counts, Figure
from social_bot.tracking.periods import Month, parse_month


def month_counts(
    session: Session,
    page_ids: Sequence[str],
    months: Sequence[Month],
    *,
    organisation: Organisation,
    now: datetime,
) -> Mapping[tuple[str, Month], Counts]:
    """By page and month; the organisation's own counts under ``OFFICE``, where it is asked for.

    A month before anything was there to count has no counts at all, which is not the same as zeros.
    """
    rows = store.find_months(session, page_ids, months)
    kept = store.list_counts(session, page_ids, months)
    found = {}
    for page_id in page_ids:
        first = (
            history.first_month(session, page_id, organisation)
            if len(rows) < len(page_ids) * len(months)
            else None
        )
        for month in months:
            row = rows.get((page_id, str(month)))
            if row is not None and history.may_be_used(row, month, organisation, now=now):
                found[page_id, month] = Counts(kept.get((page_id, str(month)), ()))
            elif row is not None or (
                first is not None and first <= month and month.bounds(organisation.zone)[0] <= now
            ):
                counted = history.count_month(session, page_id, month, organisation=organisation, now=now)
                found[page_id, month] = Counts(
                    history.still_standing(counted, kept.get((page_id, str(month)), ()))
                )
    return found


def together(counts: Mapping[tuple[str, Month], Counts], month: Month) -> Counts:
    """A month of every page that was asked for, and of the organisation."""
    return Counts(one for (_, of), each in counts.items() if of == month for one in each)


def whole_counts(
    session: Session, page_ids: Sequence[str], months: Sequence[Month], figures: Sequence[Figure]
) -> Mapping[tuple[Figure, Month], int]:
    """What is kept of the wholes alone, all pages together: cheap over many months."""
    found: dict[tuple[Figure, Month], int] = {}
    for figure, month, value in store.list_wholes(session, page_ids, months, figures):
        key = figure, parse_month(month)
        found[key] = found.get(key, 0) + value
    return found
