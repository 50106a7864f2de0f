"""A campaign started, and everything stopped and released, in a real browser by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from social_bot.organisation import stop
from social_bot.planning import store
from social_bot.planning.posts import PostState
from tests.conftest import APPROVER, WRITER
from tests.web.browsing import NARROW, in_browser, violations

pytestmark = in_browser


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of that name has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        label = page.evaluate(
            "() => { const each = document.activeElement;"
            " return (each.labels?.[0] || each).textContent.replace(/\\s+/g, ' ').trim(); }"
        )
        if label.startswith(name):
            return
    raise AssertionError(name)


@pytest.mark.parametrize("script", [True, False])
def test_a_campaign_is_started_by_keyboard_alone(open_page, timed_bot, world, script):
    page = open_page(role=WRITER, script=script)
    page.goto("/campaigns")

    tab_to(page, "Valitse: Asumisen ilta")
    page.keyboard.press("Enter")
    page.wait_for_url("**/campaigns/ready/housing_evening")
    for name, value in (
        ("Paikan nimi ja osoite suomeksi", "Talo"),
        ("Paikan nimi ja osoite ruotsiksi", "Huset"),
        ("Huone ja miten sinne löytää suomeksi", "sali"),
        ("Huone ja miten sinne löytää ruotsiksi", "salen"),
    ):
        tab_to(page, name)
        page.keyboard.type(value)
    if not script:
        tab_to(page, "Näytä julkaisut")
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Aloita kampanja 3 julkaisulla")).to_be_visible()
    tab_to(page, "Jätä pois")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Ota takaisin")).to_be_visible()
    tab_to(page, "Aloita kampanja 2 julkaisulla")
    page.keyboard.press("Enter")
    page.wait_for_url("**?done=campaign_started")

    with timed_bot.database.read() as session:
        campaign = store.list_campaigns(session)[-1]
        posts = store.list_posts(session, campaign_id=campaign.id)
    assert [post.state for post in posts] == [PostState.AWAITING_APPROVAL] * 2


def test_the_plan_follows_what_is_written_and_is_said_to_screen_readers(open_page, world):
    page = open_page(role=WRITER)
    page.goto("/campaigns/ready/meet_the_team")
    before = page.locator("#plan h3").first.inner_text()

    page.locator("#start").fill("4.1.2027")

    expect(page.locator("#plan h3").first).not_to_have_text(before)
    expect(page.locator("[data-plan-said]")).to_contain_text("julkaisua")
    assert page.evaluate("document.activeElement.id") == "start"


def test_everything_is_stopped_and_released_by_keyboard_alone(open_page, timed_bot, world):
    page = open_page(role=WRITER)
    page.goto("/")
    tab_to(page, "Hätäpysäytys")
    page.keyboard.press("Enter")
    page.wait_for_url("**/stop")
    tab_to(page, "Kaikki sivut")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Miksi?")
    page.keyboard.type("Väärä numero")
    page.keyboard.press("Enter")
    page.wait_for_url("**/stop?done=stopped")
    banner = page.locator("aside").inner_text()
    with timed_bot.database.read() as session:
        stops = list(stop.standing(session))

    other = open_page(role=APPROVER)
    other.goto("/stop")
    tab_to(other, "Katso, mikä palaa")
    other.keyboard.press("Enter")
    other.wait_for_url("**/release")
    tab_to(other, "Vapauta")
    other.keyboard.press("Enter")
    other.wait_for_url("**/stop?done=released")

    assert "julkaisut ja automaattiset vastaukset on pysäytetty" in banner
    assert len(stops) == 1
    with timed_bot.database.read() as session:
        assert stop.standing(session) == []
        assert store.get_post(session, world.posts[PostState.SCHEDULED]).state is PostState.SCHEDULED


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_axe_finds_nothing_on_pages_with_a_plan_problems_or_a_stop(open_page, timed_bot, world, language):
    page = open_page(role=APPROVER, language=language, width=NARROW)
    found = []

    page.goto("/campaigns/ready/housing_evening")
    page.locator('[value="show"]').click()
    found += violations(page)
    page.goto("/campaigns/ready/meet_the_team")
    page.locator('[value^="change:"]').first.click()
    found += violations(page)
    page.goto("/posts/import")
    page.locator("#file").set_input_files(
        files=[{"name": "a.csv", "mimeType": "text/csv", "buffer": b"aika;teksti fi\n1.1.2020;" + b"x" * 300}]
    )
    page.locator("button.main").click()
    found += violations(page)
    page.goto("/stop")
    page.locator("#what-answers").check()
    page.locator("#reason").fill("Hyvin pitkä syy, joka ei mahdu yhdelle riville " * 5)
    page.locator("button.stop").click()
    found += violations(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.goto("/stop/1/release")
    found += violations(page)

    assert found == []
    assert width <= NARROW
