"""Reports as files from their pages: what each link gives, to whom, and what cannot be given."""

import sys

import pytest

from social_bot.tracking import practices
from social_bot.tracking.documents import MEDIA_TYPES, Form
from social_bot.tracking.forms import read_practice_form
from social_bot.tracking.recognisable import read_first_names
from tests.conftest import NOW, PAGE
from tests.web.conftest import COORDINATOR
from tests.web.test_outreach import trial  # noqa: F401  (fixture)

BEGINS = {Form.HTML: b"<!DOCTYPE html>", Form.PDF: b"%PDF-1.7", Form.CSV: b"\xef\xbb\xbf"}
"""The others are packed."""


@pytest.fixture
def practice(timed_bot, trial):  # noqa: F811
    form = read_practice_form(timed_bot.templates)
    with timed_bot.database.write() as session:
        row = practices.save(
            session,
            "Jalkautuminen kirjastoon",
            {question.key: f"Vastaus {question.key}." for question in form.questions},
            form=form,
            names=read_first_names(timed_bot.templates),
            trial_id=trial,
            is_checked=True,
            by=COORDINATOR,
            now=NOW,
        )
    return row.id


def test_every_page_of_a_report_leads_to_its_files(coordinator, world, trial, practice):  # noqa: F811
    pages = {
        "/reports/months/2026-10": "/reports/months/2026-10",
        f"/reports/campaigns/{world.campaign}": f"/reports/campaigns/{world.campaign}",
        f"/trials/{trial}": f"/reports/trials/{trial}",
        f"/practices/{practice}": f"/reports/practices/{practice}",
    }

    for page, files in pages.items():
        text = coordinator.read(page)
        for form in Form:
            assert f'href="{files}/{form.value}"' in text
        answer = coordinator.get(f"{files}/docx")
        assert (answer.status_code, answer.content[:2]) == (200, b"PK")


@pytest.mark.parametrize("form", list(Form))
def test_a_file_has_its_type_its_name_and_is_kept_by_nobody_on_the_way(coordinator, form):
    answer = coordinator.get(f"/reports/months/2026-10/{form.value}?page={PAGE}&lang=sv")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == MEDIA_TYPES[form]
    assert answer.headers["cache-control"] == "no-store"
    name = f"report-2026-10-{PAGE}-sv.{form.value}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.content.startswith(BEGINS.get(form, b"PK"))


def test_a_page_chosen_on_the_page_is_that_of_the_file(coordinator):
    text = coordinator.read(f"/reports/months/2026-10?page={PAGE}")

    assert f'href="/reports/months/2026-10/pdf?page={PAGE}"' in text


@pytest.mark.parametrize(
    "path", ["/reports/months/2026-10/exe", "/reports/trials/99/pdf", "/reports/practices/99/csv"]
)
def test_what_is_not_there_is_said(coordinator, path):
    assert coordinator.get(path).status_code == 404


def test_who_has_not_entered_gets_no_file(anybody):
    answer = anybody.get("/reports/months/2026-10/csv")

    assert answer.status_code == 303
    assert "report" not in answer.headers.get("content-disposition", "")


def test_a_pdf_that_cannot_be_made_is_said_on_a_page_in_the_readers_language(coordinator, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    page = coordinator.read("/reports/months/2026-10/pdf", status=503)

    assert 'pip install "social-bot[pdf]"' in page
    assert "Valitse siihen asti toinen muoto." in page
