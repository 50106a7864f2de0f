"""A report as a Word document: real headings, its language, heads of tables that come again on each page."""

import io
import re
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from social_bot.tracking.documents.words import DocumentWords
from social_bot.tracking.reports import Report, ReportSection, ReportText

_LANGUAGES = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INK = RGBColor(0x1B, 0x1F, 0x24)
_SIZES = {"Title": 22, "Heading 1": 16, "Heading 2": 13, "Heading 3": 11}


def render_docx(report: Report) -> bytes:
    document = Document()
    _prepare(document, report)
    words = DocumentWords(report=report)
    document.add_heading(_plain(report.title), level=0)
    document.add_paragraph(_plain(words.about))
    for note in report.notes:
        document.add_paragraph(_plain(note))
    for section in report.sections:
        _section(document, section, words)
    if words.defined:
        document.add_heading(_plain(words.label("definitions")), level=1)
        _definitions(document, words)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _section(document: Any, section: ReportSection, words: DocumentWords) -> None:
    document.add_heading(_plain(section.title), level=1)
    for paragraph in section.paragraphs:
        document.add_paragraph(_plain(paragraph))
    for fact in section.facts:
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(2)
        line.add_run(_plain(f"{fact.label}: ")).bold = True
        line.add_run(_plain(fact.text))
    for answer in section.answers:
        _answer(document, answer)
    if section.figures:
        rows = [[f"{figure.name}\n{figure.note}".strip(), *cells] for figure, cells in words.rows(section)]
        _table(document, [words.label("figure"), *words.heads(section)], rows)
    for table in section.tables:
        if table.title != section.title:
            document.add_heading(_plain(table.title), level=2)
        rows = [[row.label, *(words.said(cell, table.unit) for cell in row.cells)] for row in table.rows]
        _table(document, table.columns, rows)
        if table.note:
            document.add_paragraph(_plain(table.note))


def _answer(document: Any, answer: ReportText) -> None:
    document.add_heading(_plain(answer.label), level=2)
    for paragraph in re.split(r"\n\s*\n", answer.text):
        document.add_paragraph(_plain(paragraph))


def _definitions(document: Any, words: DocumentWords) -> None:
    """A paragraph each: six columns would not be read on an upright page."""
    for figure in words.defined:
        said = words.definition(figure)
        line = document.add_paragraph()
        line.add_run(_plain(f"{said['figure']}. ")).bold = True
        line.add_run(_plain(f"{said['counted']} {said['source']}"))
        for key in ("read", "since"):
            if said[key]:
                line.add_run(_plain(f" {words.label(key)}: {said[key]}."))


def _table(document: Any, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    table.autofit = False
    repeats = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeats)  # noqa: SLF001  # python-docx has no word for it
    for line in (heads, *rows):
        cells = table.rows[0].cells if line is heads else table.add_row().cells
        for number, (cell, text) in enumerate(zip(cells, line, strict=True)):
            cell.width = _width(number, len(heads))
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.add_run(_plain(text)).bold = line is heads
            if number:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
    document.add_paragraph()


def _width(number: int, columns: int) -> Any:
    """The first column is the widest; all together 17 cm."""
    first = 17 - 2.8 * (columns - 1)
    return Cm(first if number == 0 else 2.8)


def _prepare(document: Any, report: Report) -> None:
    """Its properties, language, margins and the look of its headings: the template's are another's."""
    about = document.core_properties
    about.title, about.author, about.comments = _plain(report.title), _plain(report.organisation), ""
    about.language = _LANGUAGES[report.language]
    about.created = about.modified = report.made_at
    about.last_modified_by = _plain(report.organisation)
    for part in document.sections:
        part.page_width, part.page_height = Cm(21), Cm(29.7)
        part.left_margin = part.right_margin = part.top_margin = part.bottom_margin = Cm(2)
        _number_pages(part)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), _LANGUAGES[report.language])
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    defaults.append(language)
    document.styles["Normal"].font.size = Pt(11)
    for name, size in _SIZES.items():
        style = document.styles[name]
        style.font.size, style.font.color.rgb = Pt(size), _INK


def _number_pages(part: Any) -> None:
    paragraph = part.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001


def _plain(text: str) -> str:
    """Without the characters that no XML file may hold."""
    return _NOT_IN_XML.sub("", text)
