"""One report model: what a page shows and every document says, in one language, with each figure's definition.

A report is finished when it is made: whoever renders it looks nothing up, computes nothing and hides nothing.
``said`` is how a cell reads wherever it is text.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from babel.units import format_unit

from social_bot.tracking.figures import Unit
from social_bot.tracking.suppression import SMALLEST, Cell, Mark
from social_bot.translations import marked, translate

_HIDDEN = marked("hidden")
_AT_LEAST = marked("at least {number}")
_NOT_KNOWN = marked("not known")
_SINCE = marked("not available since {day}")
_HOUR = 60


class ReportKind(StrEnum):
    MONTH = "month"
    CAMPAIGN = "campaign"
    TRIAL = "trial"
    PRACTICE = "practice"


@dataclass(frozen=True, kw_only=True)
class ReportFigure:
    """``before`` and ``year_before`` are the same figure of the month before and of the year before."""

    key: str
    name: str
    definition: str
    source: str
    unit: Unit
    cell: Cell
    before: Cell | None = None
    year_before: Cell | None = None
    as_of: datetime | None = None
    not_available_since: date | None = None
    is_estimate: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """``label`` may be a day or words; ``cells`` stand under the columns after the first. ``on`` is its day."""

    label: str
    cells: Sequence[Cell]
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ReportTable:
    """``columns`` are the heads, the first one that of the labels; ``unit`` is that of every cell."""

    key: str
    title: str
    columns: Sequence[str]
    rows: Sequence[ReportRow]
    unit: Unit = Unit.COUNT
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportText:
    """What people wrote or chose: a question with its answer, or a fact with its name."""

    key: str
    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ReportSection:
    """``facts`` are short, a line each; ``answers`` are as long as their writers made them."""

    key: str
    title: str
    paragraphs: Sequence[str] = ()
    facts: Sequence[ReportText] = ()
    answers: Sequence[ReportText] = ()
    figures: Sequence[ReportFigure] = ()
    tables: Sequence[ReportTable] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """``file_stem`` names a file of it, without the ending. ``first`` to ``last`` are the days it is about.

    ``heads`` stand over the columns of the figures: the value, then those that it is compared with. The days
    and moments are said in ``zone``.
    """

    kind: ReportKind
    language: str
    title: str
    subtitle: str
    file_stem: str
    organisation: str
    first: date
    last: date
    is_running: bool
    made_at: datetime
    zone: ZoneInfo
    heads: Sequence[str]
    sections: Sequence[ReportSection]
    notes: Sequence[str]

    @property
    def figures(self) -> Sequence[ReportFigure]:
        return [figure for section in self.sections for figure in section.figures]


def said(cell: Cell, unit: Unit, language: str) -> str:
    """``1 234``, ``< 5``, ``vähintään 40``, ``20–24``, ``25 minuuttia``, ``92 %``."""
    t = translate(language)
    if cell.mark is Mark.SMALL:
        return f"< {SMALLEST}"
    if cell.value is None:
        return t(_HIDDEN if cell.mark is not None else _NOT_KNOWN)
    number = _number(cell.value, unit, language)
    match cell.mark:
        case Mark.AT_LEAST:
            return t(_AT_LEAST).format(number=number)
        case Mark.ROUNDED:
            return _range(number, _number(cell.value + SMALLEST - 1, unit, language))
        case _:
            return number


def said_figure(figure: ReportFigure, language: str, *, day: Callable[[date], str]) -> str:
    """The cell, or since when the platform tells the figure no more."""
    if figure.cell.value is None and figure.cell.mark is None and figure.not_available_since is not None:
        return translate(language)(_SINCE).format(day=day(figure.not_available_since))
    return said(figure.cell, figure.unit, language)


def _range(low: str, high: str) -> str:
    """``20–24 minuuttia``: a unit that both have is said once."""
    number = re.sub(r"\D+$", "", low)
    return f"{number if high.endswith(low.removeprefix(number)) else low}–{high}"


def _number(value: int, unit: Unit, language: str) -> str:
    if unit is Unit.PERCENT:
        return f"{value} %"
    if unit is Unit.MINUTES and value >= 2 * _HOUR:
        return str(format_unit(round(value / _HOUR, 1), "duration-hour", locale=language))
    if unit is Unit.MINUTES:
        return str(format_unit(value, "duration-minute", locale=language))
    return str(format_decimal(value, locale=language))
