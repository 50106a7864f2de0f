"""The figures of whole months as rows, for a spreadsheet or another program: the grid that leaves the unit.

One row a month, page, figure and part. A month that is not over is left out: see suppression.py. A page of
no id is the whole organisation, for what belongs to no page.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from social_bot.errors import InvalidInput
from social_bot.organisation import pages
from social_bot.organisation.directory import Organisation
from social_bot.tracking.figure_store import OFFICE
from social_bot.tracking.figures import OF_THE_OFFICE, Unit
from social_bot.tracking.goal_files import safe_cell
from social_bot.tracking.month_report import LAYOUT, figure_of
from social_bot.tracking.month_values import UNITS, MonthValues, Shown, month_values
from social_bot.tracking.months import month_counts
from social_bot.tracking.periods import Month
from social_bot.tracking.reports import ReportFigure
from social_bot.tracking.suppression import SMALLEST, Cell, Mark

COLUMNS = (
    *("month", "page", "page_name", "figure", "part_kind", "part", "value", "hidden", "unit", "name"),
    *("definition", "source", "is_estimate", "as_of", "not_available_since", "known", "of"),
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """One cell of the grid; ``part_kind`` and ``part`` are empty for the whole."""

    figure: str
    part_kind: str = ""
    part: str = ""
    shown: Shown


def export_rows(
    session: Session,
    months: Sequence[Month],
    *,
    organisation: Organisation,
    language: str,
    now: datetime,
) -> Iterator[Mapping[str, object]]:
    """``value`` is a number, or None: not known, or ``hidden`` says why it is not told.

    Raises ``InvalidInput`` where none of the months is over.
    """
    over = [month for month in months if month.bounds(organisation.zone)[1] <= now]
    if not over:
        raise InvalidInput(
            "None of these months is over. Only whole months leave the unit; ask for earlier ones."
        )
    names = {OFFICE: "", **{page.id: page.name for page in pages.everyone(session)}}
    for month in over:
        counts = month_counts(session, list(names), [month], organisation=organisation, now=now)
        for page_id, name in names.items():
            if (page_id, month) not in counts:
                continue
            values = month_values([counts[page_id, month]], hides=True)
            where = {"month": str(month), "page": page_id, "page_name": name}
            for told in told_of(values, page_id):
                figure = figure_of(told.figure, values, None, None, language=language)
                more = {"part_kind": told.part_kind, "part": told.part} if told.part_kind else {}
                yield {**where, **_row(figure, told.shown.cell), **_known(told), **more}


def told_of(values: MonthValues, page_id: str) -> Iterator[Told]:
    """Every cell of a month that leaves the unit, of a page or of the organisation."""
    for family, keys, parts in LAYOUT:
        if (family in OF_THE_OFFICE) != (page_id == OFFICE):
            continue
        for key in keys:
            yield Told(figure=key, shown=values.figures[key])
        for figure, kind in parts:
            whole = values.figures[figure]
            for part, cell in values.parts[figure, kind].items():
                shown = Shown(cell=cell, as_of=whole.as_of, not_available_since=whole.not_available_since)
                yield Told(figure=figure, part_kind=kind, part=part, shown=shown)


def write_csv(rows: Iterator[Mapping[str, object]]) -> Iterator[str]:
    """Line by line, with semicolons and a byte order mark, as a Finnish spreadsheet opens it."""
    yield "\ufeff" + _line(dict(zip(COLUMNS, COLUMNS, strict=True)))
    for row in rows:
        yield _line({name: _plain(row.get(name)) for name in COLUMNS})


def write_jsonl(rows: Iterator[Mapping[str, object]]) -> Iterator[str]:
    """One JSON document a line."""
    for row in rows:
        yield json.dumps({name: row.get(name) for name in COLUMNS}, ensure_ascii=False) + "\n"


def _row(figure: ReportFigure, cell: Cell) -> Mapping[str, object]:
    return {
        "figure": figure.key,
        "part_kind": "",
        "part": "",
        "value": cell.value,
        "hidden": _HIDDEN.get(cell.mark, "") if cell.mark else "",
        "unit": UNITS.get(figure.key, Unit.COUNT).value,
        "name": figure.name,
        "definition": figure.definition,
        "source": figure.source,
        "is_estimate": figure.is_estimate,
        "as_of": None if figure.as_of is None else figure.as_of.isoformat(),
        "not_available_since": None
        if figure.not_available_since is None
        else figure.not_available_since.isoformat(),
    }


def _known(told: Told) -> Mapping[str, object]:
    return {} if told.part_kind else {"known": told.shown.known, "of": told.shown.of}


_HIDDEN = {
    Mark.SMALL: f"< {SMALLEST}",
    Mark.HIDDEN: "would tell a small count",
    Mark.WITHHELD: "withheld",
    Mark.AT_LEAST: "at least",
    Mark.ROUNDED: "rounded down to fives",
}


def _plain(value: object) -> object:
    return safe_cell("" if value is None else value)


def _line(row: Mapping[str, object]) -> str:
    out = io.StringIO()
    csv.DictWriter(out, fieldnames=COLUMNS, delimiter=";").writerow(row)
    return out.getvalue()
