"""Every page in a real browser: axe finds nothing, nothing scrolls sideways, everything works by keyboard."""

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page

from social_bot.answering import saving
from social_bot.answering import store as answering
from social_bot.organisation import alerts, operators
from social_bot.organisation.roles import Role
from social_bot.planning import store
from social_bot.planning.posts import PostState
from tests.conftest import WRITER
from tests.web.browsing import NARROW, WIDE, in_browser, is_too_wide, look_over, violations
from tests.web.conftest import PUBLIC_PAGES, ROOMS, BotAt, staff_pages

pytestmark = in_browser


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_nothing_is_wrong_with_the_staffs_pages(open_page, world, every_role, room, language):
    page = open_page(role=every_role, language=language)

    assert look_over(page, staff_pages(world)[room], language) == []


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_nothing_is_wrong_with_the_residents_pages(open_page, language):
    assert look_over(open_page(), PUBLIC_PAGES, language) == []


def test_axe_finds_nothing_on_a_saved_conversation(open_page, timed_bot, world):
    with timed_bot.database.write() as session:
        path = saving.make_link(session, world.thread, language="fi", base_url="", now=timed_bot.now())

    assert look_over(open_page(), [path], "fi") == []


def test_axe_finds_nothing_on_a_message_unmasked(open_page, timed_bot, world):
    with timed_bot.database.write() as session:
        operators.add(session, WRITER, [Role.DUTY], now=timed_bot.now(), by="test")
        message = answering.list_messages(session, [world.thread])[0]
        message.original_sealed = timed_bot.database.cipher.seal("Asun Mallikatu 5:ssä. " * 20)
        session.add(message)
    page = open_page(role=WRITER, width=NARROW)
    page.goto(f"/inbox/{world.thread}")

    page.locator(f'form[action$="/original/{message.id}"] button').click()

    assert violations(page) == []
    assert not is_too_wide(page)


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_everything_that_is_pressed_is_large_enough_for_a_finger(open_page, world, width):
    page = open_page(role=WRITER, width=width)

    small = []
    for path in [
        "/",
        "/posts",
        "/comments",
        "/callbacks",
        f"/posts/{world.posts[PostState.UNCONFIRMED]}",
        "/callback",
    ]:
        page.goto(path)
        small += page.evaluate(
            """() => [...document.querySelectorAll(
                'button, .button, input:not([type=hidden]):not([type=radio]):not(.trap *), select, summary, nav a'
            )].filter(each => each.offsetParent && each.getBoundingClientRect().height < 43.5)
              .map(each => location.pathname + ' ' + each.outerHTML.slice(0, 80))"""
        )

    assert small == []


def test_a_resident_asks_for_a_call_without_a_script_by_keyboard_alone(open_page):
    page = open_page(script=False, width=NARROW)
    page.goto("/callback")

    page.keyboard.press("Tab")
    skip = page.locator(":focus").inner_text()
    page.locator("#phone").focus()
    page.keyboard.type("0401234567")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/callback/receipt?**")

    assert skip == "Siirry sisältöön"
    assert "Soitamme tänään ke 25.11. klo 12–15." in page.locator("main").inner_text()


def test_an_error_takes_the_focus_and_leads_to_its_field(open_page):
    page = open_page()
    page.goto("/callback")

    page.get_by_role("button", name="Pyydä soitto").click()
    page.wait_for_selector(".problems:focus")
    page.locator('.problems a[href="#phone"]').click()

    assert page.evaluate("document.activeElement.id") == "phone"


def test_today_stays_fresh_by_itself(open_page, timed_bot, world):
    page = open_page()
    page.clock.install()
    page.goto("/enter")
    page.locator(f'button[value="{WRITER}"]').click()
    page.wait_for_selector("[data-fresh]")
    before = page.locator(".row.urgent").count()
    acknowledge_all(timed_bot)

    page.clock.run_for(16_000)
    page.locator(".row.urgent").wait_for(state="detached")

    assert before == 1


def acknowledge_all(bot: BotAt) -> None:
    with bot.database.write() as session:
        for alert in alerts.unacknowledged(session):
            alerts.acknowledge(session, alert.id or 0, by=WRITER, now=bot.now())


def test_a_post_is_written_by_keyboard_alone_refused_explained_mended_and_sent(
    open_page, timed_bot, tmp_path
):
    picture = tmp_path / "ovi.png"
    Image.new("RGB", (800, 600), "navy").save(picture)
    page = open_page(role=WRITER)
    page.goto("/posts/new")
    reach(page, "Aloita tyhjästä").press("Enter")
    page.wait_for_selector("#when")

    type_into(page, "#when", "to 26.11. klo 9.00")
    type_into(page, "#text-fi", "Tule kahville. Tunnus 131052-308T.")
    type_into(page, "#text-sv", "Kom på kaffe.")
    page.locator("#files").set_input_files(picture)
    press(page, 'button[value="submit"]')
    refused = page.locator(".problems").inner_text()
    type_into(page, "#picture-1-alt-fi", "Sininen ovi on kiinni.")
    type_into(page, "#picture-1-alt-sv", "En blå dörr är stängd.")
    page.locator("#picture-1-people-none").focus()
    page.keyboard.press("Space")
    press(page, 'button[value="submit"]')
    stopped = page.locator(".problems").inner_text()
    focused = page.evaluate("document.activeElement.className")
    type_into(page, "#text-fi", "Tule kahville.")
    press(page, 'button[value="submit"]')

    assert "Kuva 1 tarvitsee vaihtoehtoisen tekstin" in refused
    assert "Tekstissä on henkilötunnus." in stopped
    assert focused == "problems"
    assert "Julkaisu odottaa nyt hyväksyntää." in page.locator("main").inner_text()
    with timed_bot.database.read() as session:
        post = store.get_post(session, int(page.url.partition("?")[0].rpartition("/")[2]))
    assert (post.texts["fi"], post.state) == ("Tule kahville.", PostState.AWAITING_APPROVAL)


def test_what_is_typed_is_kept_while_it_is_typed_and_the_preview_follows(open_page):
    page = open_page(role=WRITER)
    page.goto("/posts/new?start=empty")

    type_into(page, "#text-fi", "Katso bit.ly/abc")
    page.wait_for_selector("text=bit.ly” on lyhytosoite")

    assert "Teksti on tallessa" in page.locator("[data-kept]").inner_text()
    assert "draft=" in page.url
    page.reload()
    assert page.locator("#text-fi").input_value() == "Katso bit.ly/abc"


def test_a_post_is_previewed_without_a_script(open_page):
    page = open_page(role=WRITER, script=False)
    page.goto("/posts/new?start=empty")

    type_into(page, "#text-fi", "Tule kahville.")
    press(page, '.acts button[value="preview"]')

    assert "Tule kahville." in page.locator("#preview .said").inner_text()


def reach(page: Page, name: str) -> Locator:
    """Tab until the link or button of this name has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.inner_text().strip() == name:
            return focused
    pytest.fail(f"{name} is not reached by keyboard")


def type_into(page: Page, place: str, text: str) -> None:
    page.locator(place).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def press(page: Page, place: str) -> None:
    """By keyboard, and wait for the page that comes."""
    page.locator(place).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
