"""A report as a workbook: numbers and days are real ones, and what is hidden or not known is text."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from social_bot.tracking.documents.words import DocumentWords
from social_bot.tracking.figures import Unit
from social_bot.tracking.reports import Report, ReportFigure, ReportSection, ReportTable
from social_bot.tracking.suppression import Cell

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}
_FORMATS: dict[str, dict[str, object]] = {
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "text": {"text_wrap": True, "valign": "top"},
    "said": {"align": "right", "valign": "top"},
    "day": {"num_format": "d.m.yyyy", "align": "left", "valign": "top"},
    "moment": {"num_format": "d.m.yyyy h.mm", "align": "left", "valign": "top"},
    Unit.COUNT: {"num_format": "#,##0", "valign": "top"},
    Unit.MINUTES: {"num_format": '#,##0 "min"', "valign": "top"},
    Unit.PERCENT: {"num_format": "0 %", "valign": "top"},
}
_LONGEST_NAME = 31
_WIDEST = 60

Value = str | date | datetime | tuple[Cell, Unit, str]
"""A cell with its unit and how it is said where it is no exact number."""


def render_xlsx(report: Report) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    book.set_properties(
        {"title": report.title, "author": report.organisation, "created": report.made_at, "comments": ""}
    )
    _Workbook(book, report).write()
    book.close()
    return out.getvalue()


class _Workbook:
    """``book`` with the formats and the names of sheets that it has."""

    def __init__(self, book: Any, report: Report) -> None:
        self._book, self._report, self._words = book, report, DocumentWords(report=report)
        self._formats = {name: book.add_format(look) for name, look in _FORMATS.items()}
        self._names: set[str] = set()

    def write(self) -> None:
        self._about()
        goals = [section for section in self._report.sections if section.key == "goals"]
        others = [section for section in self._report.sections if section.key != "goals"]
        self._figures("figures", others)
        self._figures("goals", goals)
        for section in self._report.sections:
            for table in section.tables:
                self._table(table)
        self._texts()
        self._definitions()

    def _about(self) -> None:
        report, label = self._report, self._words.label
        rows: list[Sequence[Value]] = [
            (label("title"), report.title),
            (label("organisation"), report.organisation),
            (label("about"), report.subtitle),
            (label("first"), report.first),
            (label("last"), report.last),
            (label("made"), self._local(report.made_at)),
            *((label("note"), note) for note in report.notes),
            *((section.title, text) for section in report.sections for text in section.paragraphs),
            *((section.title, table.title) for section in report.sections for table in section.tables),
        ]
        self._sheet(label("about"), (), rows, widths=(24, _WIDEST))

    def _figures(self, name: str, sections: Sequence[ReportSection]) -> None:
        label, words = self._words.label, self._words
        heads = max((words.heads(section) for section in sections if section.figures), key=len, default=())
        rows = [
            (section.title, figure.name, *self._values(figure, len(heads)), figure.note)
            for section in sections
            for figure in section.figures
        ]
        if rows:
            columns = (label("section"), label("figure"), *heads, label("note"))
            self._sheet(label(name), columns, rows, widths=(28, 44, *(18 for _ in heads), 50))

    def _values(self, figure: ReportFigure, width: int) -> Iterable[Value]:
        cells = [each for each in (figure.cell, figure.before, figure.year_before) if each is not None]
        for cell, said in zip(cells, self._words.cells(figure), strict=True):
            yield cell, figure.unit, said
        yield from [""] * (width - len(cells))

    def _table(self, table: ReportTable) -> None:
        """The days of the rows, where they have any, stand before them."""
        has_days = any(row.on for row in table.rows)
        days = [self._words.label("day")] if has_days else []
        rows: list[Sequence[Value]] = [
            (
                *([row.on or ""] if has_days else []),
                row.label,
                *((cell, table.unit, self._words.said(cell, table.unit)) for cell in row.cells),
            )
            for row in table.rows
        ]
        if table.note:
            rows.append((table.note,))
        widths = [*(14 for _ in days), 50, *(18 for _ in table.columns[1:])]
        self._sheet(table.title, (*days, *table.columns), rows, widths=widths)

    def _texts(self) -> None:
        label = self._words.label
        rows = [
            (section.title, each.label, each.text)
            for section in self._report.sections
            for each in (*section.facts, *section.answers)
        ]
        if rows:
            columns = (label("section"), label("question"), label("answer"))
            self._sheet(label("answers"), columns, rows, widths=(28, 44, _WIDEST))

    def _definitions(self) -> None:
        label = self._words.label
        keys = ("figure", "counted", "source", "read", "since", "estimate")
        rows: list[Sequence[Value]] = [
            (
                figure.name,
                figure.definition,
                figure.source,
                self._local(figure.as_of) if figure.as_of else "",
                figure.not_available_since or "",
                label("yes") if figure.is_estimate else "",
            )
            for figure in self._words.defined
        ]
        if rows:
            widths = (36, _WIDEST, 30, 18, 18, 12)
            self._sheet(label("definitions"), [label(key) for key in keys], rows, widths=widths)

    def _sheet(
        self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Value]], *, widths: Sequence[int]
    ) -> None:
        sheet = self._book.add_worksheet(self._name(name))
        for number, width in enumerate(widths):
            sheet.set_column(number, number, width)
        for number, column in enumerate(columns):
            sheet.write_string(0, number, column, self._formats["head"])
        if columns:
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)
        for line, row in enumerate(rows, 1 if columns else 0):
            for number, value in enumerate(row):
                self._write(sheet, line, number, value)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)

    def _write(self, sheet: Any, line: int, number: int, value: Value) -> None:
        match value:
            case str():
                sheet.write_string(line, number, value, self._formats["text"])
            case datetime():
                sheet.write_datetime(line, number, value, self._formats["moment"])
            case date():
                sheet.write_datetime(line, number, value, self._formats["day"])
            case (cell, _, said) if cell.value is None or cell.mark is not None:
                sheet.write_string(line, number, said, self._formats["said"])
            case (cell, unit, _):
                exact = (cell.value or 0) / (100 if unit is Unit.PERCENT else 1)
                sheet.write_number(line, number, exact, self._formats[unit])

    def _name(self, title: str) -> str:
        """A sheet's name: short, without what Excel refuses, and not there yet whatever its case."""
        plain = re.sub(r"[\[\]:*?/\\']+", " ", title)
        plain = " ".join(plain.split())
        for number in range(1, 1000):
            suffix = "" if number == 1 else f" {number}"
            name = plain[: _LONGEST_NAME - len(suffix)].rstrip() + suffix
            if name.lower() not in self._names:
                break
        self._names.add(name.lower())
        return name

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._report.zone).replace(tzinfo=None)
