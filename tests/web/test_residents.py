"""Asking for a call: no cookie, no script, no third party, and a promise that is kept in words."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from social_bot.answering import saving, store
from social_bot.answering.callbacks import HOURLY_LIMIT
from social_bot.answering.store import CallbackRow
from social_bot.organisation import directory, pages
from social_bot.planning.posts import PostState
from social_bot.web.app import create_app
from social_bot.web.floods import FORMS_AN_HOUR, Floods
from tests.conftest import APPROVER, NOW, PAGE
from tests.web.conftest import HERE, Browser

RIGHT = {"phone": "040 123 4567", "window": "any", "language": "sv"}
RESIDENTS_PAGES = ("/callback", "/accessibility")


def requests_of(bot):
    with bot.database.read() as session:
        return list(store.list_callbacks(session))


@pytest.mark.parametrize(
    ("language", "heading", "promise"),
    [
        ("fi", "Pyydä soitto", "Soitamme viimeistään ke 25.11. klo 15.00."),
        ("sv", "Be om ett samtal", "Vi ringer senast ons 25.11 kl. 15.00."),
        ("en", "Ask for a call", "We call at the latest Wed 25 Nov, 15.00."),
    ],
)
def test_a_request_is_taken_and_its_promise_told(anybody, timed_bot, language, heading, promise):
    page = anybody.read(f"/callback?lang={language}")
    answer = anybody.submit(f"/callback?lang={language}", standing_on=f"/callback?lang={language}", **RIGHT)
    receipt = anybody.read(answer.headers["location"])

    (row,) = requests_of(timed_bot)
    assert f"<h1>{heading}</h1>" in page
    assert answer.status_code == 303
    assert promise in receipt
    assert (row.call_from, row.language, row.is_discreet) == (None, "sv", False)
    assert timed_bot.database.cipher.open(row.phone_sealed) == "+358 40 1234567"
    assert "123" not in answer.headers["location"]


@pytest.mark.parametrize("path", RESIDENTS_PAGES)
def test_the_residents_pages_set_no_cookie_and_need_no_script(anybody, path):
    answer = anybody.get(path)

    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    assert re.findall(r'(?:src|href)="(https?://[^"]+)"', answer.text) in (
        [],
        ["https://www.saavutettavuusvaatimukset.fi"],
    )


def test_the_form_sets_no_cookie_either(anybody):
    answer = anybody.submit("/callback", standing_on="/callback", **RIGHT)
    receipt = anybody.get(answer.headers["location"])

    assert "set-cookie" not in answer.headers
    assert "set-cookie" not in receipt.headers


def test_numbers_stand_first_and_a_made_up_number_is_no_link(anybody):
    page = anybody.read("/callback")

    assert page.index('href="tel:112"') < page.index("<h1>")
    assert "0XX XXX XXXX" in page
    assert "tel:0XX" not in page


def test_what_is_wrong_is_told_beside_the_field_and_on_top_and_the_number_stays(anybody, timed_bot):
    answer = anybody.submit("/callback", standing_on="/callback", phone="040 12", window="any", language="fi")

    sentence = "Tämä ei näytä puhelinnumerolta. Tarkista numerot."
    assert answer.status_code == 422
    assert f'<a href="#phone">{sentence}</a>' in answer.text
    assert f'id="phone-problem">{sentence}</p>' in answer.text
    assert 'value="040 12"' in answer.text
    assert re.search(r'class="problems"[^>]*autofocus', answer.text)
    assert requests_of(timed_bot) == []


def test_every_missing_field_is_told(anybody):
    answer = anybody.submit("/callback", standing_on="/callback")

    assert all(f'href="#{field}"' in answer.text for field in ("phone", "window", "language"))


def test_what_a_person_typed_is_shown_as_text_only(anybody):
    typed = '"><script>alert(1)</script>'

    answer = anybody.submit("/callback", standing_on="/callback", phone=typed)

    assert "<script>" not in answer.text


def test_a_field_that_only_programs_fill_in_stops_the_request(anybody, timed_bot):
    answer = anybody.submit("/callback", standing_on="/callback", website="https://spam.example", **RIGHT)

    assert answer.status_code == 422
    assert "Pyyntöäsi ei otettu vastaan." in answer.text
    assert requests_of(timed_bot) == []


@pytest.mark.parametrize("token", [None, "", "forged"])
def test_a_request_without_the_forms_token_is_not_taken(anybody, timed_bot, token):
    answer = anybody.post("/callback", data=RIGHT if token is None else {**RIGHT, "token": token})

    assert answer.status_code == 422
    assert "Lomake oli auki liian kauan" in answer.text
    assert 'value="040 123 4567"' in answer.text
    assert requests_of(timed_bot) == []


def test_a_form_that_was_open_too_long_is_shown_again(anybody, timed_bot, clock):
    token = anybody.token("/callback")
    clock.forward(hours=5)

    answer = anybody.post("/callback", data={**RIGHT, "token": token})

    assert answer.status_code == 422
    assert requests_of(timed_bot) == []


@pytest.mark.parametrize("promise", ["", "forged"])
def test_a_receipt_is_shown_only_to_who_has_asked(anybody, promise):
    answer = anybody.get(f"/callback/receipt?lang=sv&promise={promise}")

    assert answer.headers["location"] == "/callback?lang=sv"


def test_the_promise_counts_opening_hours_over_a_weekend(anybody, clock):
    clock.now = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)  # Friday 14.00

    answer = anybody.submit("/callback", standing_on="/callback", **RIGHT)

    assert "Soitamme viimeistään ma 30.11. klo 14.00." in anybody.read(answer.headers["location"])


def test_a_form_of_another_purpose_has_another_token(approver, timed_bot, world):
    """A token that anybody can fetch opens no staff action."""
    post = world.posts[PostState.AWAITING_APPROVAL]
    token = approver.token("/callback")

    answer = approver.post(f"/posts/{post}/approve", data={"token": token, "content_hash": "0"})

    assert answer.status_code == 403
    assert "Lomake oli auki liian kauan" in answer.text


def test_the_residents_pages_work_where_the_staffs_are_off(timed_bot):
    app = create_app(timed_bot, on_delivery=lambda: None, has_staff=False)
    with Browser(app, base_url=HERE, client=("127.0.0.1", 1), follow_redirects=False) as browser:
        answer = browser.submit("/callback", standing_on="/callback", **RIGHT)

        assert answer.status_code == 303
        assert browser.get(answer.headers["location"]).status_code == 200
        assert browser.get("/").status_code == 404
        assert browser.get("/enter").status_code == 404


def test_the_staffs_pages_work_where_the_residents_are_off(timed_bot):
    app = create_app(timed_bot, on_delivery=lambda: None, has_public=False)
    with Browser(app, base_url=HERE, client=("127.0.0.1", 1), follow_redirects=False) as browser:
        assert browser.get("/callback").status_code == 404
        assert browser.enter(APPROVER).get("/").status_code == 200


def test_the_times_are_those_of_the_next_open_days_as_finns_write_them(anybody):
    page = anybody.read("/callback")

    labels = re.findall(r'<label for="window-\d+">([^<]+)</label>', page)
    assert labels == [
        "Niin pian kuin mahdollista, viimeistään ke 25.11. klo 15.00",
        "tänään ke 25.11. klo 12–15",
        "huomenna to 26.11. klo 9–12",
        "huomenna to 26.11. klo 12–15",
        "pe 27.11. klo 9–12",
        "pe 27.11. klo 12–15",
    ]


def test_a_chosen_time_is_promised_and_kept(anybody, timed_bot):
    answer = anybody.submit("/callback", standing_on="/callback", **{**RIGHT, "window": "2026-11-26T09:00"})

    (row,) = requests_of(timed_bot)
    assert "Soitamme huomenna to 26.11. klo 9–12." in anybody.read(answer.headers["location"])
    assert row.call_from == datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
    assert row.promised_by == datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("window", ["", "morning", "2026-11-28T09:00", "2026-11-25T08:00"])
def test_a_time_that_was_not_offered_is_not_taken(anybody, timed_bot, window):
    answer = anybody.submit("/callback", standing_on="/callback", **{**RIGHT, "window": window})

    assert answer.status_code == 422
    assert requests_of(timed_bot) == []


def test_a_time_that_has_begun_while_the_form_was_open_is_still_taken(anybody, timed_bot, clock):
    token = anybody.token("/callback")
    clock.forward(hours=3, minutes=1)

    answer = anybody.post("/callback", data={**RIGHT, "window": "2026-11-25T12:00", "token": token})

    assert answer.status_code == 303
    assert len(requests_of(timed_bot)) == 1


def test_the_wish_for_discretion_is_kept(anybody, timed_bot):
    page = anybody.read("/callback")
    anybody.submit("/callback", standing_on="/callback", discreet="yes", **RIGHT)

    (row,) = requests_of(timed_bot)
    assert row.is_discreet
    assert 'id="discreet" name="discreet" value="yes">' in page


def test_a_number_that_waits_already_gets_the_same_receipt(anybody, timed_bot):
    receipts = []
    for phone in ("040 123 4567", "+358 40 1234567"):
        answer = anybody.submit("/callback", standing_on="/callback", **{**RIGHT, "phone": phone})
        receipts.append(anybody.read(answer.headers["location"]).partition("<main")[2])

    assert receipts[0] == receipts[1]
    assert len(requests_of(timed_bot)) == 1


def test_the_form_tells_what_the_law_asks_for_and_asks_no_consent(anybody, timed_bot):
    with timed_bot.database.write() as session:
        for key, value in (("controller", "Mallilan hyvinvointialue"), ("dpo_contact", "tietosuoja, 0XX")):
            directory.put(session, key, value, now=NOW, by="test", zone=timed_bot.settings.zone)

    page = anybody.read("/callback")

    assert "Mallilan hyvinvointialue" in page
    assert "tietosuoja, 0XX" in page
    for told in ("6 artiklan 1 kohdan c", "14 päivän kuluttua", "tietosuojavaltuutetulle", "oikaistavaksi"):
        assert told in page
    assert "suostu" not in page


def test_one_address_cannot_flood_the_form_and_is_shown_the_phone_number(browse, timed_bot):
    robot, other = browse(client="203.0.113.7"), browse(client="203.0.113.8")
    statuses = [
        robot.submit("/callback", standing_on="/callback", **{**RIGHT, "phone": f"040 1{n:06}"}).status_code
        for n in range(FORMS_AN_HOUR)
    ]
    stopped = robot.submit("/callback", standing_on="/callback", **RIGHT)

    assert set(statuses) == {303}
    assert stopped.status_code == 429
    assert "0XX XXX XXXX" in stopped.text
    assert "numeroasi tallennettu" in stopped.text
    assert len(requests_of(timed_bot)) == FORMS_AN_HOUR
    assert other.submit("/callback", standing_on="/callback", **RIGHT).status_code == 303


def test_the_address_may_send_again_an_hour_later_and_is_kept_nowhere(browse, clock):
    floods = Floods()
    for _ in range(FORMS_AN_HOUR):
        assert floods.may_send("203.0.113.7", now=clock.now)

    assert not floods.may_send("203.0.113.7", now=clock.now + timedelta(minutes=59))
    assert floods.may_send("203.0.113.7", now=clock.now + timedelta(hours=1))
    assert "203.0.113.7" not in str(vars(floods))
    assert floods.may_send("203.0.113.7", now=clock.now + timedelta(days=1))
    assert len(floods._sent) == 1


def test_a_flood_of_requests_shows_the_phone_number_to_everybody(anybody, timed_bot):
    with timed_bot.database.write() as session:
        session.add_all(
            CallbackRow(phone_sealed=None, language="fi", requested_at=NOW) for _ in range(HOURLY_LIMIT)
        )

    answer = anybody.submit("/callback", standing_on="/callback", **RIGHT)

    assert answer.status_code == 429
    assert "0XX XXX XXXX" in answer.text


def test_on_a_live_page_no_form_is_taken_faster_than_a_person_fills_it_in(anybody, timed_bot, clock):
    with timed_bot.database.write() as session:
        pages.get(session, PAGE).is_live = True
    token = anybody.token("/callback")
    hasty = anybody.post("/callback", data={**RIGHT, "token": token})
    clock.forward(seconds=3)
    answer = anybody.post("/callback", data={**RIGHT, "token": token})

    assert (hasty.status_code, answer.status_code) == (422, 303)
    assert "nopeammin kuin ihminen" in hasty.text
    assert 'value="040 123 4567"' in hasty.text


@pytest.fixture
def link(timed_bot, world):
    """The path of a link to the thread of the world."""
    with timed_bot.database.write() as session:
        return saving.make_link(session, world.thread, language="sv", base_url="", now=NOW)


def test_a_conversation_is_shown_in_its_language_and_kept_from_search_engines(anybody, link):
    answer = anybody.get(link)

    assert answer.status_code == 200
    assert "<h1>Din konversation</h1>" in answer.text
    assert "Missä haen toimeentulotukea?" in answer.text
    assert "040 123" not in answer.text
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-robots-tag"].startswith("noindex")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "<h1>Keskustelusi</h1>" in anybody.read(f"{link}?lang=fi")


def test_after_its_hour_the_link_says_how_to_get_a_new_one_and_whom_to_call(anybody, link, clock):
    clock.forward(hours=1)

    page = anybody.read(link, status=404)

    assert "Linkki ei enää toimi" in page
    assert "0XX XXX XXXX" in page
    assert "toimeentulotukea" not in page
