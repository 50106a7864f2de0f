"""By keyboard alone: an administrator mends the settings, a coordinator walks a practice page to live."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import uvicorn
from playwright.sync_api import Page, expect
from pydantic import SecretStr
from sqlmodel import select

from social_bot.answering.replies import approve_texts, take_in_shipped
from social_bot.answering.store import ThreadRow
from social_bot.answering.threads import Owner
from social_bot.bootstrap import Bot, build, clock
from social_bot.organisation import directory, operators, pages
from social_bot.organisation.roles import Role
from social_bot.practice.call import PracticeConfig
from social_bot.practice.server import Practice
from social_bot.settings import Settings
from social_bot.storage import migrate
from social_bot.web.app import create_app
from tests.conftest import APPROVER, PAGE
from tests.web.browsing import in_chromium, running_chromium

APP_ID, SECRET = "555000111", "test-app-secret"
ADMINISTRATOR, COORDINATOR = "Pääkäyttäjä", "Koordinaattori"

pytestmark = [
    pytest.mark.browser,
    in_chromium,
]


@dataclass(frozen=True)
class House:
    bot: Bot
    practice: Practice
    url: str


@pytest.fixture
def house(tmp_path, models_cache) -> Iterator[House]:
    """The program and a practice Page in one server, without a worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    bot = build(
        Settings(
            data_dir=tmp_path,
            cache_dir=models_cache,
            graph_url=f"{url}/practice/graph",
            base_url=url,
            app_id=APP_ID,
            app_secret=SecretStr(SECRET),
            verify_token=SecretStr("verify"),
        )
    )
    migrate.upgrade(bot.database)
    furnish(bot)
    config = PracticeConfig(
        database=tmp_path / "practice.db", app_id=APP_ID, app_secret=SECRET, verify_token="verify"
    )
    practice = Practice(config, clock=clock)
    practice.add_page(PAGE, "Mallilan aikuissosiaalityö", "EAApage")
    app = create_app(bot, on_delivery=lambda: None)
    app.mount("/practice", practice.app)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    pause = threading.Event()
    while not server.started:
        pause.wait(0.02)
    yield House(bot, practice, url)
    server.should_exit = True
    thread.join()
    practice.stop()
    bot.close()


def furnish(bot: Bot) -> None:
    now = clock()
    with bot.database.write() as session:
        take_in_shipped(session, bot.templates, now=now)
        for name, role in (
            (ADMINISTRATOR, Role.ADMINISTRATOR),
            (COORDINATOR, Role.COORDINATOR),
            (APPROVER, Role.APPROVER),
        ):
            operators.add(session, name, [role], now=now, by="test")
        for key, value in (
            ("name", "Mallilan aikuissosiaalityö"),
            ("hours", "ma-pe 9-15"),
            ("phone_main", "02 123 4567"),
            ("social_emergency", "02 123 4568"),
        ):
            directory.put(session, key, value, now=now, by="test", zone=bot.settings.zone)
        approve_texts(session, None, by=APPROVER, now=now)


@pytest.fixture
def window(house) -> Iterator[Page]:
    with running_chromium() as browser:
        yield browser.new_context(base_url=house.url).new_page()


def reach(page: Page, name: str, *, limit: int = 120) -> None:
    """Press Tab until what has the focus is called so."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        called = page.evaluate(
            """() => {
                const each = document.activeElement;
                const label = each.labels && each.labels[0];
                return (label || each).innerText || each.value || '';
            }"""
        )
        if called.strip().startswith(name):
            return
    pytest.fail(f"Tab does not come to {name} on {page.url}")


def press(page: Page, name: str, key: str = "Enter") -> None:
    reach(page, name)
    with page.expect_navigation():
        page.keyboard.press(key)


def enter(page: Page, role: str) -> None:
    page.goto("/enter?lang=fi")
    press(page, role)


def test_an_administrator_changes_the_hours_and_confirms_a_number(house, window):
    enter(window, ADMINISTRATOR)
    press(window, "Asetukset")
    press(window, "Aukioloajat")
    reach(window, "Lauantai")
    window.keyboard.type("10–12 ja 13–14")
    press(window, "Katso ensin, mitä asukas lukee")
    expect(window.get_by_role("heading", name="Mitä asukas lukisi")).to_be_visible()
    press(window, "Tallenna viikko")
    expect(window.get_by_role("status")).to_contain_text("Aukioloajat on tallennettu.")
    press(window, "Puhelinnumerot")
    press(window, "Tarkistettu tänään")
    expect(window.get_by_role("status")).to_contain_text("Merkitty: tarkistettu tänään.")

    with house.bot.database.read() as session:
        rows = {row.key: row for row in directory.everything(session)}
    assert rows["hours"].value.endswith("la 10-12 ja 13-14")
    assert rows["phone_main"].checked_by == ADMINISTRATOR


def test_a_coordinator_walks_a_practice_page_to_live(house, window):
    house.practice.write_as_resident(PAGE, "7200000001", text="Moi")
    house.practice.write_as_staff(PAGE, "7200000001", text="Hei, täällä neuvoja.")
    house.practice.write_as_resident(PAGE, "7200000002", text="Hei")
    enter(window, COORDINATOR)
    press(window, "Asetukset")
    press(window, "Sivut")
    press(window, "Yhdistä sivu")
    press(window, "Kirjaudu Facebookiin")
    reach(window, "Jatka ja anna luvat")
    window.keyboard.press("Enter")
    window.wait_for_url("**/pages/choose**")
    press(window, "Yhdistä tämä sivu")
    press(window, "Tilaa sivun viestit")
    press(window, "Katsoin: oletussovellus on meidän")
    press(window, "Katsoin: kaikki on poistettu käytöstä")
    with house.bot.database.read() as session:
        page = pages.get(session, PAGE)
    assert page.is_silent
    assert not page.missing_subscriptions
    assert page.default_app_confirmed_by == page.automations_confirmed_by == COORDINATOR

    reach(window, "Tiedän, että")
    window.keyboard.press("Space")
    press(window, "Ota sivu Mallilan aikuissosiaalityö käyttöön nyt")

    expect(window).to_have_url(f"{house.url}/sign-in?next=%2Fpages%2F{PAGE}%2Flive%3Fdone%3Dpage_live")
    with house.bot.database.read() as session:
        page = pages.get(session, PAGE)
        threads = session.exec(select(ThreadRow)).all()
    assert page.is_live
    assert page.live_by == COORDINATOR
    assert [thread.owner for thread in threads] == [Owner.HUMAN]
