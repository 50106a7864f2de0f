"""Outreach in a real browser: on a phone, by keyboard alone, without a script, and without a connection."""

import pytest

from social_bot.cli.sample_outreach import add_outreach
from social_bot.tracking import outreach_store as store
from tests.conftest import NOW, WRITER, set_up
from tests.web.browsing import NARROW, in_browser, look_over, violations
from tests.web.conftest import COORDINATOR, add_coordinator
from tests.web.test_calendar_by_hand import press_until

PHONE = 360
KELA, LIBRARY, MALL = 1, 4, 5
PATHS = [
    *("/trials", "/trials/new", "/trials/new?follows=3", f"/trials/{KELA}", f"/trials/{LIBRARY}"),
    *(f"/trials/{MALL}/{view}" for view in ("start", "mid", "end", "decision")),
    *("/visits", "/visits/new", "/visits/1", "/visits/import", f"/visits?trial={LIBRARY}"),
    *("/partners", "/partners/new", "/partners/1", "/practices", "/practices/new", "/practices/1"),
    *("/practices/1/edit", "/comparison", "/comparison?since=2020-01&until=2020-02"),
]
ASKED = f"/trials/{MALL}/mid"

pytestmark = in_browser


@pytest.fixture
def shapes():
    return (set_up, add_coordinator, go_out)


def go_out(bot):
    with bot.database.write() as session:
        add_outreach(
            session, bot.templates, today=NOW.date(), writer=WRITER, coordinator=COORDINATOR, now=NOW
        )


@pytest.fixture
def world():
    """The sample's outreach alone."""


def visits_at(bot, place):
    with bot.database.read() as session:
        return [row for row in store.list_visits(session) if row.place == place]


@pytest.mark.parametrize(("role", "language"), [(COORDINATOR, "fi"), (WRITER, "sv"), (WRITER, "en")])
def test_nothing_is_wrong_with_the_pages_of_outreach(open_page, world, role, language):
    assert look_over(open_page(role=role, language=language), PATHS, language) == []


def test_axe_finds_nothing_on_a_warning_about_people(open_page, world):
    page = open_page(role=COORDINATOR, width=NARROW)
    page.goto(ASKED)
    page.locator("#target_reached").fill("Pekka Virtanen tavoitettiin.")
    page.locator("#overall_assessment").fill("Hyvä.")

    page.get_by_role("button", name="Tallenna arviointi").click()

    page.wait_for_selector("#traces:focus")
    assert violations(page) == []


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without a script"])
def test_a_visit_is_recorded_on_a_phone_by_keyboard_alone(open_page, timed_bot, world, script):
    page = open_page(role=WRITER, width=PHONE, script=script)
    page.goto("/visits/new")

    page.locator("#place").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Tori")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Katu")
    if script:
        press_until(page, "+")  # one worker more
        press_until(page, "+")
        for _ in range(3):
            page.keyboard.press("Enter")
    else:
        page.locator("#contacts").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("3")
    press_until(page, "Tallenna käynti")
    page.keyboard.press("Enter")
    page.wait_for_url("**/visits?done=visit_added")

    (kept,) = visits_at(timed_bot, "Tori")
    assert (kept.contacts, kept.channel.value) == (3, "street")


def test_counts_are_tapped_and_never_fall_below_nothing(open_page, world):
    page = open_page(role=WRITER, width=PHONE)
    page.goto("/visits/new")

    page.get_by_role("button", name="Yksi vähemmän: Juteltiin").click()
    for _ in range(2):
        page.get_by_role("button", name="Yksi lisää: Juteltiin").click()
    page.get_by_role("button", name="Yksi vähemmän: Työntekijöitä").click(click_count=3)

    assert page.locator("#contacts").input_value() == "2"
    assert page.locator("#workers").input_value() == "1"
    assert page.locator("#said").inner_text() == "Työntekijöitä: 1"
    box = page.get_by_role("button", name="Yksi lisää: Juteltiin").bounding_box()
    assert min(box["width"], box["height"]) >= 44


def write_visit(page, place):
    page.locator("#place").fill(place)
    page.locator("#channel").select_option("street")
    page.locator("#contacts").fill("4")
    page.get_by_role("button", name="Tallenna käynti").click()


def test_a_visit_without_a_connection_waits_on_the_phone_and_is_sent_once(open_page, timed_bot, world):
    page = open_page(role=WRITER, width=PHONE)
    page.goto("/visits/new")
    page.context.set_offline(True)
    write_visit(page, "Rautatieasema")
    page.get_by_text("Käynti on tallessa tässä laitteessa.").wait_for()
    write_visit(page, "Satama")
    page.locator("#waiting li").nth(1).wait_for()
    before = visits_at(timed_bot, "Rautatieasema")
    waiting = page.locator("#waiting li").all_inner_texts()
    found = violations(page)

    page.context.set_offline(False)
    page.get_by_text("Käynnit on lähetetty.").wait_for()

    assert before == []
    assert "Rautatieasema" in waiting[0]
    assert found == []
    assert len(visits_at(timed_bot, "Rautatieasema")) == len(visits_at(timed_bot, "Satama")) == 1
    assert page.evaluate("localStorage.getItem('visits-to-send')") == "[]"


def test_a_visit_whose_answer_was_lost_is_not_counted_twice(open_page, timed_bot, world):
    page = open_page(role=WRITER, width=PHONE)
    page.goto("/visits/new")
    lost = []

    def lose_the_answer(route):
        route.fetch()
        lost.append(route)
        route.abort()

    page.context.route("**/visits/send", lose_the_answer, times=1)
    write_visit(page, "Asema")
    page.get_by_text("Käynti on tallessa tässä laitteessa.").wait_for()
    after_the_loss = len(visits_at(timed_bot, "Asema"))
    page.get_by_role("button", name="Lähetä nyt").click()
    page.get_by_text("Käynnit on lähetetty.").wait_for()

    assert len(lost) == 1
    assert after_the_loss == 1
    assert len(visits_at(timed_bot, "Asema")) == 1


def test_the_form_opens_without_a_connection_and_waits_through_a_closed_page(open_page, timed_bot, world):
    page = open_page(role=WRITER, width=PHONE)
    page.goto("/visits/new")
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    page.evaluate(
        """() => navigator.serviceWorker.controller !== null
            || new Promise(taken => navigator.serviceWorker.addEventListener('controllerchange', () => taken(true)))"""
    )
    page.context.set_offline(True)
    page.goto("/visits/new")
    write_visit(page, "Kellari")
    page.get_by_text("Käynti on tallessa tässä laitteessa.").wait_for()
    page.goto("about:blank")

    page.context.set_offline(False)
    page.goto("/visits")
    page.get_by_text("Käynnit on lähetetty.").wait_for()

    assert len(visits_at(timed_bot, "Kellari")) == 1


def test_a_kept_visit_that_shows_somebody_is_opened_and_corrected(open_page, timed_bot, world):
    page = open_page(role=WRITER, width=PHONE)
    page.goto("/visits/new")
    page.context.set_offline(True)
    page.locator("#note").fill("Pekka Virtanen odotti.")
    write_visit(page, "Laituri")
    page.get_by_text("Käynti on tallessa tässä laitteessa.").wait_for()
    page.context.set_offline(False)
    page.get_by_text("Käyntiä ei voitu tallentaa.").wait_for()
    refused = visits_at(timed_bot, "Laituri")

    page.locator("#waiting").get_by_role("button", name="Avaa").click()
    page.locator("#note").fill("Ruuhkaa.")
    page.get_by_role("button", name="Tallenna käynti").click()
    page.wait_for_url("**/visits?done=visit_added")
    page.get_by_text("Käynnit on lähetetty.").wait_for()

    assert refused == []
    assert [row.note for row in visits_at(timed_bot, "Laituri")] == ["Ruuhkaa."]


def test_visits_of_another_worker_on_the_same_phone_wait_for_that_worker(open_page, timed_bot, world):
    page = open_page(role=WRITER, width=PHONE)
    page.goto("/visits/new")
    page.evaluate(
        """localStorage.setItem('visits-to-send', JSON.stringify([{key: '6f0d3b0e-54f0-4c3e-9f0a-0e6f5d4f7a11',
        by: 'Kirjoittaja 2', fields: 'place=Aukio&day=2026-11-24&hours=2&workers=2&contacts=1&channel=street'}]))"""
    )

    page.reload()

    page.get_by_text("Tässä laitteessa odottaa toisen työntekijän käyntejä.").wait_for()
    assert page.locator("#waiting li").count() == 0
    assert visits_at(timed_bot, "Aukio") == []


def test_the_comparisons_chart_says_in_words_what_it_shows(open_page, world):
    page = open_page(role=COORDINATOR)
    page.goto("/comparison")

    about = page.locator("svg.whiskers desc").text_content()
    rows = page.locator("table tbody tr").count()

    assert page.locator("svg.whiskers .dot").count() == rows
    assert "Kirjasto: 1,25 (0,84–1,78)." in about
    assert page.locator("svg.whiskers title").text_content().startswith("Kohtaamisia työtunnissa")
