"""Reading the forms of a report back: what each of them says in its rows, and in its words."""

import csv
import io
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
from lxml import html  # type: ignore[import-untyped]
from openpyxl import load_workbook

from social_bot.tracking.documents.words import DocumentWords
from social_bot.tracking.figures import Unit
from social_bot.tracking.reports import Report
from social_bot.tracking.suppression import Cell

HAS_POPPLER = shutil.which("pdftotext") is not None

Row = tuple[str, ...]
"""The name and what stands beside it."""


def rows_of(report: Report) -> list[Row]:
    """What the model says: every figure with those that it is compared with, every row of every table."""
    return [(name, *(said for *_, said in cells)) for name, cells in _rows(report)]


def cells_of(report: Report) -> list[tuple[Cell, Unit, str]]:
    """In the order of ``rows_of``."""
    return [cell for _, cells in _rows(report) for cell in cells]


def _rows(report: Report) -> Iterator[tuple[str, list[tuple[Cell, Unit, str]]]]:
    words = DocumentWords(report=report)
    for section in report.sections:
        for figure in section.figures:
            shown = [each for each in (figure.cell, figure.before, figure.year_before) if each is not None]
            told = words.cells(figure)
            yield (
                figure.name,
                [(cell, figure.unit, said) for cell, said in zip(shown, told, strict=True)],
            )
        for table in section.tables:
            for row in table.rows:
                yield row.label, [(cell, table.unit, words.said(cell, table.unit)) for cell in row.cells]


def texts_of(report: Report) -> list[str]:
    """Everything that is no figure: titles, notes, facts, questions and answers, definitions."""
    found = [report.title, *report.notes]
    for section in report.sections:
        found += [section.title, *section.paragraphs]
        for text in (*section.facts, *section.answers):
            found += [text.label, text.text]
    return [*found, *(figure.definition for figure in report.figures)]


def html_rows(content: bytes) -> list[Row]:
    page = html.document_fromstring(content.decode())
    for note in page.xpath("//p[@class='note']"):
        note.getparent().remove(note)
    return [
        without_empty(cell.text_content() for cell in row.xpath("./th|./td"))
        for row in page.xpath("//tbody/tr")
    ]


def docx_rows(content: bytes) -> list[Row]:
    """The tables' rows without their heads; under a figure's name its note stands in a line of its own."""
    document = docx.Document(io.BytesIO(content))
    return [
        without_empty((row.cells[0].text.split("\n")[0], *(cell.text for cell in row.cells[1:])))
        for table in document.tables
        for row in table.rows[1:]
    ]


def without_empty(cells: Iterable[str]) -> Row:
    """A cell is empty where nothing is compared."""
    return tuple(cell for cell in cells if cell)


def csv_rows(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def xlsx_values(content: bytes) -> Iterator[tuple[str, int, Sequence[Any]]]:
    """The sheet, the number of the row and its values."""
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            yield sheet.title, number, row


def docx_text(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    parts = [paragraph.text for paragraph in document.paragraphs]
    parts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return squeezed("\n".join(parts))


def xlsx_text(content: bytes) -> str:
    return squeezed(
        "\n".join(
            str(value)
            for *_, row in xlsx_values(content)
            for value in row
            if isinstance(value, str | datetime)
        )
    )


def html_text(content: bytes) -> str:
    return squeezed(html.document_fromstring(content.decode()).text_content())


def csv_text(content: bytes) -> str:
    return squeezed("\n".join(value for row in csv_rows(content) for value in row.values()))


def pdf_text(content: bytes, folder: Path) -> str:
    file = folder / "read.pdf"
    file.write_bytes(content)
    done = subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, check=True)
    text = re.sub(r"\d+ / \d+\n\f", "", done.stdout.decode())
    return squeezed(re.sub(r"[-\u2010\u00ad]\n", "", text))


def squeezed(text: str) -> str:
    """Without spaces and hyphens, which each form sets as its lines need."""
    return re.sub(r"[\s\u00a0\u202f\u00ad\u2010-]+", "", text)
