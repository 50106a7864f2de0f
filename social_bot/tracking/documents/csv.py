"""A report as CSV: a row for each value, with semicolons and a byte order mark as a Finnish spreadsheet opens it."""

import csv
import io
from collections.abc import Iterator, Mapping

from social_bot.tracking.documents.words import DocumentWords
from social_bot.tracking.goal_files import safe_cell
from social_bot.tracking.reports import Report, ReportFigure, ReportSection
from social_bot.tracking.suppression import Cell

COLUMNS = (
    *("section", "kind", "key", "name", "day", "column", "value", "said", "unit", "definition", "source"),
    *("is_estimate", "as_of", "not_available_since", "note"),
)


def render_csv(report: Report) -> bytes:
    """``value`` is a number or empty; ``said`` is what every other form says."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.DictWriter(out, fieldnames=COLUMNS, delimiter=";", restval="")
    writer.writeheader()
    for row in _rows(report):
        writer.writerow({key: safe_cell(value) for key, value in row.items()})
    return out.getvalue().encode()


def _rows(report: Report) -> Iterator[Mapping[str, object]]:
    words = DocumentWords(report=report)
    yield {"kind": "report", "name": report.title, "said": words.about}
    for note in report.notes:
        yield {"kind": "note", "said": note}
    for section in report.sections:
        for row in _section(section, words):
            yield {"section": section.title, **row}


def _section(section: ReportSection, words: DocumentWords) -> Iterator[Mapping[str, object]]:
    for paragraph in section.paragraphs:
        yield {"kind": "paragraph", "said": paragraph}
    for kind, texts in (("fact", section.facts), ("answer", section.answers)):
        for text in texts:
            yield {"kind": kind, "key": text.key, "name": text.label, "said": text.text}
    for figure in section.figures:
        compared = [each for each in (figure.cell, figure.before, figure.year_before) if each is not None]
        for head, cell, said in zip(words.report.heads, compared, words.cells(figure), strict=False):
            yield {**_figure(figure), "column": head, "value": _number(cell), "said": said}
    for table in section.tables:
        for row in table.rows:
            for column, cell in zip(table.columns[1:], row.cells, strict=True):
                yield {
                    "kind": "table",
                    "key": table.key,
                    "name": row.label,
                    "day": row.on.isoformat() if row.on else "",
                    "column": column,
                    "value": _number(cell),
                    "said": words.said(cell, table.unit),
                    "unit": table.unit.value,
                    "note": table.note,
                }


def _figure(figure: ReportFigure) -> Mapping[str, object]:
    since = figure.not_available_since
    return {
        "kind": "figure",
        "key": figure.key,
        "name": figure.name,
        "unit": figure.unit.value,
        "definition": figure.definition,
        "source": figure.source,
        "is_estimate": "yes" if figure.is_estimate else "no",
        "as_of": figure.as_of.isoformat() if figure.as_of else "",
        "not_available_since": since.isoformat() if since else "",
        "note": figure.note,
    }


def _number(cell: Cell) -> object:
    return cell.value if cell.is_exact else ""
