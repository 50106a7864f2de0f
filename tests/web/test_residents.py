"""Asking for a call: no cookie, no script, no third party, and a promise that is kept in words."""

import re
from datetime import UTC, datetime

import pytest

from social_bot.answering import store
from social_bot.planning.posts import PostState
from social_bot.web.app import create_app
from tests.conftest import APPROVER
from tests.web.conftest import HERE, Browser

RIGHT = {"phone": "040 123 4567", "window": "midday", "language": "sv"}
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
    assert (row.window, row.language) == ("midday", "sv")
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
