"""Troubles switched on for a Page, over real HTTP."""

import json

import httpx
import pytest

from social_bot.errors import InvalidInput
from social_bot.practice.faults import Fault

PAGE_ID = "100200300"


def test_a_lost_answer_leaves_exactly_one_post_and_the_client_an_error(graph, practice):
    practice.set_fault(PAGE_ID, Fault(lose_next=1))

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        graph.post("/100200300/feed", json={"message": "Kadonnut vastaus"})
    later = graph.post("/100200300/feed", json={"message": "Seuraava"})

    assert later.status_code == 200
    assert [post.message for post in practice.posts(PAGE_ID)].count("Kadonnut vastaus") == 1


def test_a_fault_may_be_narrowed_to_one_edge(graph, practice):
    practice.set_fault(PAGE_ID, Fault(lose_next=1, edge="feed"))
    png = b"\x89PNG\r\n\x1a\n" + bytes(64)

    photo = graph.post("/100200300/photos", data={"published": "false"}, files={"source": ("a.png", png)})

    assert photo.status_code == 200
    with pytest.raises(httpx.RemoteProtocolError):
        graph.post("/100200300/feed", json={"message": "x"})


@pytest.mark.parametrize("is_html", [False, True])
def test_a_server_error_after_the_write_leaves_the_post(graph, practice, is_html):
    practice.set_fault(PAGE_ID, Fault(error_after_next=1, is_html=is_html))

    answer = graph.post("/100200300/feed", json={"message": "Virhe"})

    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/html" if is_html else "application/json")
    assert len(practice.posts(PAGE_ID)) == 1


def test_a_page_that_never_answers_holds_the_client_until_it_gives_up(graph, practice):
    practice.set_fault(PAGE_ID, Fault(hang_next=1))

    with pytest.raises(httpx.ReadTimeout):
        graph.post("/100200300/feed", json={"message": "Hiljaa"}, timeout=0.3)

    assert len(practice.posts(PAGE_ID)) == 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(rate_limited_minutes=5), (400, 80001, None)),
        (Fault(is_blocked=True), (400, 368, 1390008)),
        (Fault(dead_token_subcode=460), (401, 190, 460)),
        (Fault(refuse_next=1, refuse_code=100, refuse_subcode=1366046), (400, 100, 1366046)),
    ],
)
def test_a_refused_post_is_not_on_the_page(graph, practice, fault, expected):
    practice.set_fault(PAGE_ID, fault)

    answer = graph.post("/100200300/feed", json={"message": "Ei mene"})

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error.get("error_subcode")) == expected
    assert practice.posts(PAGE_ID) == []


def test_an_unavailable_page_answers_json_without_an_error(graph, practice):
    practice.set_fault(PAGE_ID, Fault(unavailable_next=1))

    answer = graph.post("/100200300/feed", json={"message": "Ei mene"})

    assert answer.status_code == 503
    assert "error" not in answer.json()
    assert practice.posts(PAGE_ID) == []


def test_usage_headers_climb_with_every_call_and_past_a_hundred(graph, practice):
    practice.set_fault(PAGE_ID, Fault(usage_percent=94))

    answers = [graph.get("/100200300") for _ in range(2)]

    counts = [json.loads(answer.headers["x-app-usage"])["call_count"] for answer in answers]
    business = json.loads(answers[0].headers["x-business-use-case-usage"])
    assert counts == [99, 104]
    assert business[PAGE_ID][0]["type"] == "pages"


def test_a_throttled_page_says_in_minutes_when_it_may_be_asked_again(graph, practice):
    practice.set_fault(PAGE_ID, Fault(rate_limited_minutes=7))

    answer = graph.get("/100200300")

    business = json.loads(answer.headers["x-business-use-case-usage"])[PAGE_ID][0]
    assert business["estimated_time_to_regain_access"] == 7


def test_what_was_created_cannot_be_read_until_the_lag_is_over(graph, practice, clock):
    practice.set_fault(PAGE_ID, Fault(read_lag_seconds=3))
    post_id = graph.post("/100200300/feed", json={"message": "Viiveellä"}).json()["id"]

    at_once = graph.get(f"/{post_id}").json()
    listed_at_once = graph.get("/100200300/published_posts").json()["data"]
    clock.forward(seconds=3)
    later = graph.get(f"/{post_id}").json()

    assert (at_once["error"]["code"], at_once["error"]["error_subcode"]) == (100, 33)
    assert listed_at_once == []
    assert later["message"] == "Viiveellä"


@pytest.mark.parametrize("values", [{"lose_nxt": 1}, {"lose_next": "1"}, {"is_blocked": 1}, {"edge": 3}])
def test_a_fault_that_makes_no_sense_is_refused(values):
    with pytest.raises(InvalidInput):
        Fault.from_json(values)
