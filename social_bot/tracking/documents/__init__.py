"""Reports as files. Every form is made of the same finished report: nothing is looked up, computed or hidden here."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from social_bot.errors import NotFound
from social_bot.tracking.documents.csv import render_csv
from social_bot.tracking.documents.docx import render_docx
from social_bot.tracking.documents.html import render_html
from social_bot.tracking.documents.pdf import render_pdf
from social_bot.tracking.documents.xlsx import render_xlsx
from social_bot.tracking.reports import Report

__all__ = ["MEDIA_TYPES", "Form", "file_name", "parse_form", "render"]


class Form(StrEnum):
    """Its value is the ending of the file's name."""

    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
    DOCX = "docx"


MEDIA_TYPES: Mapping[Form, str] = {
    Form.HTML: "text/html; charset=utf-8",
    Form.PDF: "application/pdf",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.CSV: "text/csv; charset=utf-8",
    Form.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

_RENDERERS: Mapping[Form, Callable[[Report], bytes]] = {
    Form.XLSX: render_xlsx,
    Form.CSV: render_csv,
    Form.DOCX: render_docx,
}


def render(report: Report, form: Form, *, templates: Path) -> bytes:
    """The whole file. Raises ``NotReady`` where this machine cannot make a PDF."""
    match form:
        case Form.HTML:
            return render_html(report, templates).encode()
        case Form.PDF:
            return render_pdf(render_html(report, templates))
        case _:
            return _RENDERERS[form](report)


def parse_form(text: str) -> Form:
    """Raises ``NotFound``."""
    try:
        return Form(text)
    except ValueError as error:
        raise NotFound("A report has no such form. Choose html, pdf, xlsx, csv or docx.") from error


def file_name(report: Report, form: Form) -> str:
    """``report-2026-11-fi.pdf``: letters, digits and dashes alone, so that every system keeps it."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", report.file_stem).strip("-")
    return f"{stem}-{report.language}.{form.value}"
