"""Follow-up: trials and channels on one measure, as a chart, in words and as a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Response

from social_bot.tracking.comparison import Row, compare
from social_bot.web.outreach_words import OutreachWords
from social_bot.web.pages import render
from social_bot.web.visits import Staff, StaffVisit

_WIDTH, _MARGIN, _ROW_HEIGHT, _TOP = 400, 12, 58, 8
_MONTHS_SHOWN = 12
_TICKS = 5

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A row of the chart in its own units: the line from ``left`` to ``right``, the dot at ``at``."""

    row: Row
    y: int
    left: float
    at: float
    right: float


@dataclass(frozen=True, kw_only=True)
class Tick:
    x: float
    value: float


@dataclass(frozen=True, kw_only=True)
class Chart:
    width: int
    height: int
    marks: Sequence[Mark]
    ticks: Sequence[Tick]


@routes.get("/comparison")
def comparison(visit: Staff, since: str = "", until: str = "", against: str = "") -> Response:
    first, last = _period(visit, since, until)
    with visit.site.bot.database.read() as session:
        found = compare(session, since=first, until=last, zone=visit.moments.zone, against=against or None)
    return render(
        visit,
        "comparison.html",
        o=OutreachWords(moments=visit.moments),
        found=found,
        against=next((row for row in found.rows if row.key == found.against), None),
        chart=draw(found.measured) if found.measured else None,
        since=first.strftime("%Y-%m"),
        until=last.strftime("%Y-%m"),
    )


def draw(rows: Sequence[Row]) -> Chart:
    """Lines and dots on one scale from nothing up, a row each."""
    highest = max((row.per_hour.interval.high for row in rows if row.per_hour), default=1.0)
    step = _step(highest)
    top = math.ceil(highest / step) * step

    def x(value: float) -> float:
        return round(_MARGIN + (_WIDTH - 2 * _MARGIN) * value / top, 1)

    marks = [
        Mark(
            row=row,
            y=_TOP + _ROW_HEIGHT * number,
            left=x(row.per_hour.interval.low),
            at=x(row.per_hour.value),
            right=x(row.per_hour.interval.high),
        )
        for number, row in enumerate(rows)
        if row.per_hour
    ]
    ticks = [Tick(x=x(step * number), value=step * number) for number in range(round(top / step) + 1)]
    return Chart(width=_WIDTH, height=_TOP + _ROW_HEIGHT * len(rows) + 30, marks=marks, ticks=ticks)


def _step(highest: float) -> float:
    """1, 2 or 5 of a power of ten, so that about five steps reach the highest value."""
    rough = highest / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)


def _period(visit: StaffVisit, since: str, until: str) -> tuple[date, date]:
    """Whole months; the last twelve where none or no month is named."""
    this = visit.moments.today.replace(day=1)
    last = _month(until) or this
    first = _month(since) or date(last.year - (last.month < _MONTHS_SHOWN), last.month % 12 + 1, 1)
    if first > last:
        first, last = last, first
    return first, (last + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
