"""Who may open what in practice: roles, on this machine alone."""

import pytest

from social_bot.organisation.operators import OperatorRow
from social_bot.web.app import create_app
from tests.conftest import WRITER
from tests.web.conftest import HERE, Browser

STAFF_PAGES = ("/", "/posts", "/campaigns", "/inbox", "/callbacks", "/goals", "/goals.csv")


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_a_staff_page_without_a_role_leads_to_the_door(anybody, path):
    answer = anybody.get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, "/enter")


def test_the_door_shows_each_role_by_what_it_does(anybody):
    page = anybody.read("/enter")

    assert f"<strong>{WRITER}</strong> <span>– kirjoittaja</span>" in page


def test_the_cookie_of_a_role_is_signed_and_out_of_reach(anybody):
    answer = anybody.submit("/enter", standing_on="/enter", name=WRITER)

    cookie = answer.headers["set-cookie"]
    assert answer.headers["location"] == "/"
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "Kirjoittaja" not in cookie


def test_a_forged_cookie_leads_to_the_door(anybody):
    anybody.cookies.set("social_bot", "eyJuYW1lIjoiS2lyam9pdHRhamEgMSJ9.forged")

    answer = anybody.get("/")

    assert answer.headers["location"] == "/enter"


def test_a_role_ends_after_a_working_day(writer, clock):
    clock.forward(hours=13)

    answer = writer.get("/")

    assert answer.headers["location"] == "/enter"


def test_a_name_that_is_nobodys_is_refused(anybody):
    answer = anybody.submit("/enter", standing_on="/enter", name="Joku")

    assert answer.status_code == 404
    assert "Sennimistä ei ole täällä töissä" in answer.text


def test_leaving_ends_the_role(writer):
    answer = writer.submit("/leave", standing_on="/posts")

    assert answer.headers["location"] == "/enter"
    assert writer.get("/").headers["location"] == "/enter"


def test_who_works_here_no_more_is_led_to_the_door(writer, timed_bot):
    with timed_bot.database.write() as session:
        session.delete(session.get(OperatorRow, WRITER))

    answer = writer.get("/")

    assert answer.headers["location"] == "/enter"


def test_a_new_organisation_is_told_how_to_add_the_first_person(new_bot):
    app = create_app(new_bot, on_delivery=lambda: None)
    with Browser(app, base_url=HERE, client=("127.0.0.1", 1)) as browser:
        page = browser.read("/enter")

    assert "Täällä ei työskentele vielä kukaan." in page
    assert "social-bot operator add" in page


@pytest.mark.parametrize("client", ["192.0.2.7", "unix"])
@pytest.mark.parametrize("path", ["/enter", *STAFF_PAGES])
def test_from_another_machine_the_staff_pages_are_closed(browse, path, client):
    answer = browse(client=client).get(path)

    assert answer.status_code == 403
    assert "vain samalla koneella" in answer.text


def test_under_another_name_for_this_machine_the_staff_pages_are_closed(browse):
    answer = browse(base_url="http://evil.example:8000").get("/enter")

    assert answer.status_code == 403


def test_from_another_machine_the_residents_pages_are_open(browse):
    browser = browse(client="192.0.2.7", base_url="https://mallila.example")

    assert browser.get("/callback").status_code == 200


def test_a_language_that_was_chosen_stays(writer):
    writer.get("/posts?lang=sv")

    assert "<h1>I dag" in writer.read("/")
