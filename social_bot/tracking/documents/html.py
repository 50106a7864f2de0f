"""A report as one HTML file with its styles inside; the PDF is made of it."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from social_bot.tracking.documents.words import DocumentWords
from social_bot.tracking.reports import Report


def render_html(report: Report, templates: Path) -> str:
    """Nothing in it leads anywhere or loads anything."""
    page = _environment(templates / "reports").get_template("report.html")
    return page.render(report=report, words=DocumentWords(report=report))


@lru_cache(maxsize=4)
def _environment(folder: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
