"""Visits as they may leave the unit: by month and channel, and the channels on one measure.

Everything is made of the cells that have been put down (publication.py): what is added up here knows no more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from social_bot.organisation import pages
from social_bot.tracking import figure_words as words
from social_bot.tracking import published_store as store
from social_bot.tracking.comparison import Verdict, judge
from social_bot.tracking.figure_store import OFFICE
from social_bot.tracking.figures import Figure
from social_bot.tracking.intervals import Interval
from social_bot.tracking.outreach import Channel, Measured, Totals, rate
from social_bot.tracking.periods import Month
from social_bot.tracking.published_store import PublishedFigureRow
from social_bot.tracking.suppression import Cell, together
from social_bot.tracking.trial_outlines import VISIT_FIGURES
from social_bot.tracking.visit_grid import CHANNEL

_NONE = Cell(value=None)


@dataclass(frozen=True, kw_only=True)
class ToldVisits:
    """``channel`` None: all of them together."""

    month: str
    channel: Channel | None
    cells: Mapping[Figure, Cell]


@dataclass(frozen=True, kw_only=True)
class ToldRow:
    """A channel over some months. ``per_hour`` None: its contacts or hours are not told, or not known."""

    channel: Channel
    cells: Mapping[Figure, Cell]
    per_hour: Measured | None
    verdict: Verdict = Verdict.NOT_AVAILABLE
    ratio: Interval | None = None

    @property
    def totals(self) -> Totals:
        return Totals(
            worker_minutes=self.cells[Figure.VISIT_MINUTES].value or 0,
            contacts=self.cells[Figure.VISIT_CONTACTS].value or 0,
        )


@dataclass(frozen=True, kw_only=True)
class ToldComparison:
    """``months``: those that have been put down; the others are not in it."""

    months: Sequence[str]
    against: Channel | None
    rows: Sequence[ToldRow]


def visits_by_month(session: Session, months: Sequence[Month]) -> Sequence[ToldVisits]:
    """Each month with all its visits, then by channel."""
    whole = store.list_parts(session, [OFFICE], months, "")
    parts = store.list_parts(session, [OFFICE], months, CHANNEL)
    found = [ToldVisits(month=month, channel=None, cells=_cells(of)) for (month, _), of in whole.items()]
    found += [
        ToldVisits(month=month, channel=Channel(name), cells=_cells(of))
        for (month, name), of in parts.items()
    ]
    return sorted(found, key=lambda each: (each.month, each.channel or ""))


def compare_told(
    session: Session, months: Sequence[Month], *, against: Channel | None = None
) -> ToldComparison:
    """Contacts per worker hour. The page's contacts are people who wrote, month by month, and calls made."""
    monthly = visits_by_month(session, months)
    names = sorted({each.month for each in monthly if each.channel is None})
    rows = []
    for channel in Channel:
        of_channel = [each.cells for each in monthly if each.channel is channel]
        cells = {figure: _together([each[figure] for each in of_channel]) for figure in VISIT_FIGURES}
        if channel is Channel.PAGE:
            contacts = _of_the_page(session, months)
            cells = {figure: cells[figure] for figure in (Figure.VISITS_HELD, Figure.VISIT_MINUTES)}
            cells = {**dict.fromkeys(VISIT_FIGURES, _NONE), **cells, Figure.VISIT_CONTACTS: contacts}
        if of_channel or (channel is Channel.PAGE and cells[Figure.VISIT_CONTACTS] != _NONE):
            rows.append(ToldRow(channel=channel, cells=cells, per_hour=_per_hour(cells)))
    chosen = _against(rows, against)
    return ToldComparison(
        months=names,
        against=None if chosen is None else chosen.channel,
        rows=[_judged(row, chosen) for row in rows],
    )


def _cells(rows: Mapping[str, PublishedFigureRow]) -> Mapping[Figure, Cell]:
    return {figure: rows[figure].cell if figure in rows else _NONE for figure in VISIT_FIGURES}


def _of_the_page(session: Session, months: Sequence[Month]) -> Cell:
    page_ids = [OFFICE, *(page.id for page in pages.everyone(session))]
    wanted = (Figure.CONVERSATIONS, words.CALLBACKS_DONE)
    return _together([row.cell for row in store.list_cells(session, page_ids, months, wanted)])


def _together(cells: Sequence[Cell]) -> Cell:
    """What nobody counted in a month is no part of the sum."""
    return together(cell for cell in cells if cell != _NONE)


def _per_hour(cells: Mapping[Figure, Cell]) -> Measured | None:
    contacts, minutes = cells[Figure.VISIT_CONTACTS], cells[Figure.VISIT_MINUTES].value
    if contacts.value is None or not contacts.is_exact or not minutes:
        return None
    return rate(contacts.value, minutes / 60)


def _against(rows: Sequence[ToldRow], wanted: Channel | None) -> ToldRow | None:
    """As on the page of the comparison: the one asked for, else the page, else the one with the most hours."""
    measured = [row for row in rows if row.per_hour is not None]
    for channel in (wanted, Channel.PAGE):
        for row in measured:
            if row.channel is channel:
                return row
    return max(measured, key=lambda row: row.totals.worker_minutes, default=None)


def _judged(row: ToldRow, against: ToldRow | None) -> ToldRow:
    if against is None or row.channel is against.channel or row.per_hour is None:
        return row
    verdict, ratio = judge(row.totals, against.totals)
    return replace(row, verdict=verdict, ratio=ratio)
