"""The quality owner's month, and the conditions of the law with what fulfils them."""

import re

import pytest

from social_bot.answering.replies import approve_texts
from social_bot.organisation import directory
from tests.conftest import APPROVER, NOW


def test_the_month_shows_what_was_answered_and_names_its_owner(coordinator, timed_bot, world):
    with timed_bot.database.write() as session:
        directory.put(
            session,
            "quality_owner",
            "Johtava sosiaalityöntekijä",
            now=NOW,
            by="test",
            zone=timed_bot.settings.zone,
        )

    page = coordinator.read("/quality")

    assert "Vastausten laatu: Marraskuu 2026" in page
    assert "Laatua seuraa Johtava sosiaalityöntekijä." in page
    assert re.search(r"<dt>Viestit asukkailta</dt>\s*<dd>2</dd>", page)


def test_without_an_owner_the_page_says_that_the_law_asks_for_one(coordinator, world):
    assert "Laadun seuraajaa ei ole nimetty." in coordinator.read("/quality")


def test_one_walks_from_month_to_month_but_not_into_the_future(coordinator, world):
    now, before = coordinator.read("/quality"), coordinator.read("/quality?month=2026-10")

    assert 'href="/quality?month=2026-10"' in now
    assert "2026-12" not in now
    assert 'href="/quality?month=2026-11"' in before
    assert "Lokakuu 2026" in before


def test_what_is_no_month_is_refused_in_words(coordinator):
    assert "ei ole kuukausi" in coordinator.read("/quality?month=marraskuu", status=422)


def test_the_file_for_a_spreadsheet_hides_small_counts(coordinator, world):
    answer = coordinator.get("/quality.csv?month=2026-11")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="quality-2026-11.csv"' in answer.headers["content-disposition"]
    assert "2026-11;received;;;< 5" in answer.text


def test_the_six_conditions_stand_with_what_is_missing(coordinator, timed_bot):
    before = coordinator.read("/service")
    with timed_bot.database.write() as session:
        approve_texts(session, None, by=APPROVER, now=NOW)
        directory.put(session, "quality_owner", "Johtava", now=NOW, by="test", zone=timed_bot.settings.zone)
    after = coordinator.read("/service")

    assert before.count('class="row"') == after.count('class="row"') == 7
    assert "disclosure.fi" in before
    assert before.count("Ei kunnossa") == 6
    assert "Ei kunnossa" not in after
    assert "Laatua seuraa Johtava." in after


@pytest.mark.parametrize("path", ["/quality", "/quality.csv", "/service"])
def test_the_pages_are_the_staffs(anybody, path):
    assert anybody.get(path).headers["location"] == "/enter"
