"""Every form of a report says every row of it: exact, hidden, rounded or not known, in every language."""

import io
import re
import sys
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime
from subprocess import run
from zoneinfo import ZoneInfo

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from social_bot import assets
from social_bot.errors import NotFound, NotReady
from social_bot.tracking.documents import MEDIA_TYPES, Form, file_name, parse_form, render
from social_bot.tracking.figures import Unit
from social_bot.tracking.reports import (
    Report,
    ReportFigure,
    ReportKind,
    ReportRow,
    ReportSection,
    ReportTable,
    ReportText,
)
from social_bot.tracking.suppression import Cell, Mark
from tests.tracking.reading_back import (
    HAS_POPPLER,
    cells_of,
    csv_rows,
    csv_text,
    docx_rows,
    docx_text,
    html_rows,
    html_text,
    pdf_text,
    rows_of,
    squeezed,
    texts_of,
    xlsx_text,
    xlsx_values,
)

TEMPLATES = assets.folder("templates")
HELSINKI = ZoneInfo("Europe/Helsinki")
EVIL = '=HYPERLINK("https://evil.example";"Katso")'
CELLS = [
    Cell(value=1234),
    Cell(value=0),
    Cell(value=None),
    Cell(value=None, mark=Mark.SMALL),
    Cell(value=None, mark=Mark.HIDDEN),
    Cell(value=None, mark=Mark.WITHHELD),
    Cell(value=40, mark=Mark.AT_LEAST),
    Cell(value=20, mark=Mark.ROUNDED),
]


def figure(number, cell, *, unit=Unit.COUNT, **more):
    return ReportFigure(
        key=f"figure{number}",
        name=f"Luku numero {number}",
        definition=f"Määritelmä {number}.",
        source="Tämä ohjelma laskee.",
        unit=unit,
        cell=cell,
        **more,
    )


def report(figures=(), *, rows=(), language="fi", answers=(), unit=Unit.COUNT):
    return Report(
        kind=ReportKind.CAMPAIGN,
        language=language,
        title="Raportti: Å & <b>ä</b>",
        subtitle="Neuvonta",
        file_stem="report-å/../x y-3",
        organisation="Mallilan aikuissosiaalityö",
        first=date(2026, 10, 1),
        last=date(2026, 10, 31),
        is_running=False,
        made_at=datetime(2026, 11, 25, 7, 0, tzinfo=UTC),
        zone=HELSINKI,
        heads=["lokakuu 2026", "syyskuu 2026", "lokakuu 2025"],
        notes=["Alle viiden luvut on peitetty."],
        sections=[
            ReportSection(key="goals", title="Tavoitteet", figures=figures[:1]),
            ReportSection(key="rest", title="Luvut", figures=figures[1:]),
            ReportSection(
                key="posts",
                title="Julkaisut",
                tables=[
                    ReportTable(
                        key="posts",
                        title="Julkaisut: pitkä nimi / [jota] Excel * ei ota?",
                        columns=["Julkaisu", "Katselut"],
                        rows=rows,
                        unit=unit,
                    )
                ]
                if rows
                else (),
            ),
            ReportSection(key="answers", title="Arviointi", answers=answers, paragraphs=["Kappale."]),
        ],
    )


def full(language="fi"):
    """Every kind of cell in every unit, with and without what it is compared with."""
    figures = [
        figure(f"{number}{unit.value}", cell, unit=unit, before=CELLS[number - 1], year_before=cell)
        for number, cell in enumerate(CELLS)
        for unit in Unit
    ]
    gone = figure(
        "gone",
        Cell(value=None),
        not_available_since=date(2026, 6, 15),
        as_of=datetime(2026, 11, 25, 7, 0, tzinfo=UTC),
        is_estimate=True,
        note="Tiedossa 3 päivältä.",
    )
    rows = [
        ReportRow(label=f"Rivi {number}", cells=[cell], on=date(2026, 10, 1 + number))
        for number, cell in enumerate(CELLS)
    ]
    answers = [
        ReportText(key="one", label="Mitä jäi käteen?", text="Ensimmäinen kappale.\n\nToinen kappale."),
        ReportText(key="two", label="Ehdotuksia", text=EVIL),
    ]
    return report([*figures, gone], rows=rows, language=language, answers=answers)


def made(model, form):
    return render(model, form, templates=TEMPLATES)


def check_rows(model):
    """All but the PDF, which is made of the HTML."""
    expected = rows_of(model)
    assert html_rows(made(model, Form.HTML)) == expected
    assert docx_rows(made(model, Form.DOCX)) == expected
    flat = [(row[0], said) for row in expected for said in row[1:]]
    told = [row for row in csv_rows(made(model, Form.CSV)) if row["kind"] in ("figure", "table")]
    assert [(row["name"], row["said"]) for row in told] == flat
    check_numbers(model, told)


def check_numbers(model, told):
    cells = cells_of(model)
    assert [row["value"] for row in told] == [
        "" if cell.value is None or cell.mark else str(cell.value) for cell, *_ in cells
    ]
    names = {row[0] for row in rows_of(model)}
    values = []
    for *_, row in xlsx_values(made(model, Form.XLSX)):
        where = next((number for number, value in enumerate(row[:2]) if value in names), None)
        if where is not None and not any("Määritelmä" in str(value) for value in row):
            values += [value for value in row[where + 1 :] if value not in (None, "Tiedossa 3 päivältä.", "")]
    assert sorted(map(str, values)) == sorted(str(in_workbook(*each)) for each in cells)


def in_workbook(cell, unit, said):
    if cell.value is None or cell.mark is not None:
        return said
    return (
        cell.value / 100
        if unit is Unit.PERCENT and cell.value % 100
        else cell.value // (100 if unit is Unit.PERCENT else 1)
    )


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_row_stands_in_every_form_in_every_language(language):
    check_rows(full(language))


@pytest.mark.skipif(not HAS_POPPLER, reason="pdftotext is not installed")
def test_every_row_stands_in_the_pdf(tmp_path):
    model = full()

    text = pdf_text(made(model, Form.PDF), tmp_path)

    lines = ["".join(map(squeezed, row)) for row in rows_of(model) if row[0] != "Luku numero gone"]
    assert [line for line in lines if line not in text] == []
    assert [each for each in texts_of(model) if squeezed(each) not in text] == []


@given(
    st.lists(
        st.tuples(st.integers(0, 10**7), st.sampled_from([None, Mark.AT_LEAST, Mark.ROUNDED])), max_size=6
    ),
    st.sampled_from(["fi", "sv", "en"]),
    st.sampled_from(list(Unit)),
)
@settings(max_examples=12, deadline=None)
def test_whatever_the_figures_are_no_form_differs(counts, language, unit):
    cells = [Cell(value=value, mark=mark) for value, mark in counts]
    figures = [figure(number, cell, unit=unit) for number, cell in enumerate(cells)]
    rows = [ReportRow(label=f"Rivi {number}", cells=[cell]) for number, cell in enumerate(cells)]

    check_rows(report(figures, rows=rows, language=language, unit=unit))


@pytest.mark.parametrize("form", [Form.HTML, Form.XLSX, Form.CSV, Form.DOCX])
def test_every_word_stands_in_every_form(form):
    model = full()
    read = {Form.HTML: html_text, Form.XLSX: xlsx_text, Form.CSV: csv_text, Form.DOCX: docx_text}[form]

    text = read(made(model, form))

    assert [each for each in texts_of(model) if squeezed(each) not in text] == []


def test_what_is_not_known_is_nowhere_zero():
    model = report(
        [figure(1, Cell(value=None)), figure(2, Cell(value=None), not_available_since=date(2026, 6, 15))]
    )

    said = [row[1] for row in rows_of(model)]
    told = [row for row in csv_rows(made(model, Form.CSV)) if row["kind"] == "figure"]

    assert said == ["ei tiedossa", "ei saatavilla 15.6.2026 alkaen"]
    assert [row["value"] for row in told] == ["", ""]
    check_rows(model)


def test_no_cell_of_a_spreadsheet_is_a_formula():
    evil = [EVIL, "+1", "-1", "@x", "\t=1"]
    answers = [ReportText(key=str(number), label=text, text=text) for number, text in enumerate(evil)]
    rows = [ReportRow(label=EVIL, cells=[Cell(value=7)])]
    model = replace(report(rows=rows, answers=answers), title=EVIL, notes=[EVIL])

    book = load_workbook(io.BytesIO(made(model, Form.XLSX)))
    told = csv_rows(made(model, Form.CSV))

    cells = [cell for sheet in book.worksheets for line in sheet.iter_rows() for cell in line]
    assert EVIL in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert [cell for cell in cells if cell.hyperlink] == []
    starts = {value[:1] for row in told for value in row.values()}
    assert starts & set("=+-@\t\r") == set()


def test_a_workbook_has_real_numbers_and_days_and_heads_that_stay():
    book = load_workbook(io.BytesIO(made(full(), Form.XLSX)))

    about, figures, posts = book.worksheets[0], book["Luvut"], book.worksheets[3]
    assert [sheet.title for sheet in book.worksheets] == [
        *("Raportin tiedot", "Luvut", "Tavoitteet", "Julkaisut pitkä nimi jota Excel"),
        *("Vastaukset", "Mitä luvut tarkoittavat"),
    ]
    assert about["B4"].value == datetime(2026, 10, 1)
    assert about["B6"].value == datetime(2026, 11, 25, 9, 0)
    assert [figures.cell(1, number).value for number in (1, 2, 3)] == ["Osa", "Luku", "lokakuu 2026"]
    assert figures.freeze_panes == "A2"
    percent = next(line for line in figures.iter_rows() if line[1].value == "Luku numero 0percent")
    minutes = next(line for line in figures.iter_rows() if line[1].value == "Luku numero 0minutes")
    assert (percent[2].value, percent[2].number_format) == (12.34, "0 %")
    assert (minutes[2].value, minutes[2].number_format) == (1234, '#,##0 "min"')
    assert [posts["A2"].value, posts["A2"].number_format] == [datetime(2026, 10, 1), "d.m.yyyy"]
    defined = [
        line for line in book["Mitä luvut tarkoittavat"].iter_rows(values_only=True) if "gone" in str(line[0])
    ]
    assert defined[0][3:] == (datetime(2026, 11, 25, 9, 0), datetime(2026, 6, 15), "kyllä")


@pytest.mark.parametrize(("language", "tag"), [("fi", "fi-FI"), ("sv", "sv-FI"), ("en", "en-GB")])
def test_a_word_document_has_headings_its_language_and_heads_that_come_again(language, tag):
    document = docx.Document(io.BytesIO(made(full(language), Form.DOCX)))

    styles = [(getattr(each.style, "name", ""), each.text) for each in document.paragraphs]
    assert styles[0] == ("Title", "Raportti: Å & <b>ä</b>")
    assert ("Heading 1", "Tavoitteet") in styles
    assert ("Heading 2", "Mitä jäi käteen?") in styles
    langs = [each.get(qn("w:val")) for each in document.styles.element.iter(qn("w:lang"))]
    assert langs == [tag]
    assert (document.core_properties.language, document.core_properties.author) == (
        tag,
        "Mallilan aikuissosiaalityö",
    )
    heads = [table.rows[0]._tr.xpath("./w:trPr/w:tblHeader") for table in document.tables]
    assert heads
    assert [] not in heads


def test_a_character_that_no_document_may_hold_is_left_out():
    answers = [ReportText(key="x", label="Kysymys", text="Ennen\x0bjälkeen\x00 loppu")]

    text = docx_text(made(report(answers=answers), Form.DOCX))

    assert "Ennenjälkeenloppu" in text


def unpacked(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


@pytest.mark.skipif(not HAS_POPPLER, reason="pdfinfo is not installed")
def test_a_pdf_is_tagged_and_knows_its_title_and_language(tmp_path):
    content = made(report([figure(1, Cell(value=7))]), Form.PDF)

    (tmp_path / "a.pdf").write_bytes(content)
    about = run(["pdfinfo", tmp_path / "a.pdf"], capture_output=True, check=True, text=True).stdout
    tags = run(["pdfinfo", "-struct", tmp_path / "a.pdf"], capture_output=True, check=True, text=True).stdout
    assert "Raportti: Å & <b>ä</b>" in about
    assert "Tagged:          yes" in about
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    assert any(b"/Lang (fi)" in unpacked(stream) for stream in streams)
    assert {"H1", "H2", "Table", "TH", "TD", "TR"} <= set(re.findall(r"[A-Z][A-Z0-9a-z]*", tags))


def test_a_report_loads_nothing(tmp_path):
    content = made(full(), Form.HTML).decode()

    assert "<b>ä</b>" not in content
    assert "src=" not in content
    assert "href=" not in content
    assert "url(" not in content


def test_a_file_is_named_so_that_every_system_keeps_it():
    assert file_name(report(language="sv"), Form.PDF) == "report-x-y-3-sv.pdf"


def test_there_are_the_forms_that_there_are():
    assert [parse_form(form.value) for form in Form] == list(MEDIA_TYPES)
    with pytest.raises(NotFound, match="Choose html, pdf"):
        parse_form("exe")


def test_without_weasyprint_a_pdf_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    with pytest.raises(NotReady, match=r"social-bot\[pdf\]"):
        made(report(), Form.PDF)


def test_without_pango_a_pdf_says_what_to_install(monkeypatch, tmp_path):
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)

    with pytest.raises(NotReady, match=r"libpango-1\.0-0"):
        made(report(), Form.PDF)
