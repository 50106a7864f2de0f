"""An installation with two doors: what staff are led to is the staff's address, what residents get the public one."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from icalendar import Calendar
from pydantic import SecretStr

from social_bot.organisation import notices
from social_bot.organisation.alerts import AlertKind, AlertRow
from social_bot.organisation.roles import Role
from social_bot.settings import Settings
from social_bot.web.app import create_app
from tests.cli.test_commands import ready, run
from tests.conftest import NOW
from tests.identity_service import CLIENT, SECRET, running
from tests.web.conftest import Browser
from tests.web.signing import ADMINISTRATOR, come_in, invite, take_on

__all__ = ["ready", "run"]

PUBLIC, STAFF = "https://apu.mallila.example", "https://tyo.mallila.example"


@pytest.fixture
def two_doors(timed_bot):
    settings = {**timed_bot.settings.model_dump(), "base_url": PUBLIC, "staff_url": f"{STAFF}/"}
    return replace(timed_bot, settings=Settings(**settings))


@pytest.fixture
def open_browser(two_doors):
    def open_browser(bot=two_doors) -> Browser:
        app = create_app(bot, on_delivery=lambda: None)
        return Browser(app, base_url=STAFF, client=("127.0.0.1", 1), follow_redirects=False)

    return open_browser


@pytest.fixture
def administrator(open_browser, two_doors):
    browser = open_browser()
    come_in(browser, two_doors, ADMINISTRATOR, Role.ADMINISTRATOR, Role.COORDINATOR, Role.WRITER)
    return browser


def test_the_first_invitation_leads_to_the_staff(ready, monkeypatch):
    monkeypatch.setenv("SOCIAL_BOT_BASE_URL", PUBLIC)
    monkeypatch.setenv("SOCIAL_BOT_STAFF_URL", STAFF)

    link = ready("operator", "invite", "Boss", "--role", "administrator", "--json").json["link"]

    assert link.startswith(f"{STAFF}/invitation/")


def test_an_invitation_on_the_pages_leads_to_the_staff(administrator):
    named = {"name": "Uusi", "all:writer": "yes"}
    answer = administrator.submit("/people/invite", standing_on="/people/invite", **named)

    assert f"{STAFF}/invitation/" in answer.text
    assert PUBLIC not in answer.text


def test_a_passkey_is_made_for_the_address_at_which_staff_sign_in(open_browser, two_doors):
    browser = open_browser()
    take_on(browser, invite(two_doors, ADMINISTRATOR, Role.ADMINISTRATOR))

    (riddle,) = re.findall(r'data-riddle="([^"]+)"', browser.get("/sign-in/set-up").text)

    assert json.loads(unescape(riddle))["rp"]["id"] == urlsplit(STAFF).hostname


def test_who_signs_in_elsewhere_comes_back_to_the_staff(open_browser, two_doors, clock):
    clock.now = datetime.now(UTC)
    with running() as service:
        more = {
            "oidc_issuer": service.issuer,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SecretStr(SECRET),
        }
        settings = Settings(**{**two_doors.settings.model_dump(), **more})
        leaving = open_browser(replace(two_doors, settings=settings)).get("/sign-in/organisation")

    (back,) = parse_qs(urlsplit(leaving.headers["location"]).query)["redirect_uri"]
    assert back == f"{STAFF}/sign-in/organisation/return"


def test_facebook_sends_the_staff_back_to_their_door_and_its_deliveries_to_the_public_one(
    administrator, two_doors
):
    assert f"{STAFF}/pages/return" in administrator.read("/pages/connect")
    assert f"{PUBLIC}/webhooks/facebook" in administrator.read("/pages/100200300/live")


def test_a_notice_leads_staff_to_their_door(two_doors):
    with two_doors.database.read() as session:
        organisation = two_doors.organisation(session)

    alert = AlertRow(id=1, kind=AlertKind.TEST, subject="thread:1", occasion="", raised_at=NOW)

    assert notices.compose(alert, 1, organisation).text.splitlines()[-1].startswith(f"{STAFF}/")
    assert organisation.callback_link("fi").startswith(f"{PUBLIC}/callback")


def test_a_calendar_is_fetched_from_outside_and_leads_staff_to_their_door(administrator, world):
    page = administrator.submit("/calendar-feed", standing_on="/calendar-feed").text
    (address,) = re.findall(r"https://[\w.]+(?=/calendar/[\w-]+\.ics)", page)
    (path,) = re.findall(r"/calendar/[\w-]+\.ics", page)[:1]

    event = Calendar.from_ical(administrator.get(path).content).walk("VEVENT")[0]

    assert address == PUBLIC
    assert str(event["URL"]).startswith(f"{STAFF}/posts/")


def test_other_programs_read_figures_at_the_staffs_door(administrator):
    assert f"{STAFF}/api/v1" in administrator.read("/tokens")


def test_one_address_serves_both_where_no_other_is_named(timed_bot):
    assert timed_bot.settings.url_for_staff == timed_bot.settings.base_url
