"""Tokens, versions, paths, subscriptions and the Messenger profile."""

import hashlib
import hmac

import httpx
import pytest

from social_bot.practice.account import code_for
from social_bot.practice.faults import Fault

PAGE_ID = "100200300"
APP_TOKEN = "555000111|test-app-secret"


def code_of(answer):
    error = answer.json()["error"]
    return error["code"], error.get("error_subcode")


@pytest.fixture
def anyone(base):
    """A client without a token of its own."""
    with httpx.Client(base_url=base, timeout=5, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("kind", ["Bearer", "OAuth"])
def test_a_token_may_come_in_the_header(anyone, kind):
    told = anyone.get("/v26.0/me", headers={"Authorization": f"{kind} EAApage"})

    assert told.json()["id"] == PAGE_ID


@pytest.mark.parametrize(
    "sent",
    [
        {"params": {"access_token": "EAApage"}, "data": {"message": "Moi"}},
        {"data": {"access_token": "EAApage", "message": "Moi"}},
        {"json": {"access_token": "EAApage", "message": "Moi"}},
        {"params": {"access_token": "EAApage", "message": "Moi"}},
    ],
)
def test_a_token_and_parameters_may_come_in_the_query_a_form_or_json(anyone, sent):
    assert anyone.post(f"/v26.0/{PAGE_ID}/feed", **sent).status_code == 200


def test_a_call_without_a_token_is_refused(anyone):
    assert code_of(anyone.get(f"/v26.0/{PAGE_ID}")) == (2500, None)


def test_a_right_proof_is_taken(graph):
    proof = hmac.new(b"test-app-secret", b"EAApage", hashlib.sha256).hexdigest()

    assert graph.get(f"/{PAGE_ID}", params={"appsecret_proof": proof}).status_code == 200


def test_a_page_token_sees_nothing_of_another_page(graph, practice):
    practice.add_page("100200400", "Toinen", "EAAother")

    assert code_of(graph.get("/100200400")) == (100, 33)


def test_the_practice_user_reads_a_page_but_must_post_with_the_pages_token(anyone, practice):
    headers = {"Authorization": f"Bearer {practice.user_token}"}

    me = anyone.get("/v26.0/me", headers=headers).json()
    page = anyone.get(f"/v26.0/{PAGE_ID}", params={"fields": "access_token"}, headers=headers).json()
    post = anyone.post(f"/v26.0/{PAGE_ID}/feed", json={"message": "Moi"}, headers=headers)
    unknown = anyone.get("/v26.0/me/friends", headers=headers)

    assert me["name"] == "Harjoittelija"
    assert page["access_token"] == "EAApage"
    assert code_of(post) == (190, 2069032)
    assert code_of(unknown) == (2500, None)


def test_a_token_is_examined_with_the_apps_own(anyone, practice):
    def examine(token):
        asked = {"input_token": token, "access_token": APP_TOKEN}
        return anyone.get("/v26.0/debug_token", params=asked).json()["data"]

    page, user, stranger = examine("EAApage"), examine(practice.user_token), examine("EAAsomebodyelse")

    assert (page["type"], page["is_valid"], page["profile_id"], page["expires_at"]) == (
        "PAGE",
        True,
        PAGE_ID,
        0,
    )
    assert (user["type"], user["is_valid"]) == ("USER", True)
    assert (stranger["is_valid"], stranger["error"]["code"]) == (False, 190)


def test_a_dead_token_says_why_when_it_is_examined(anyone, practice):
    practice.set_fault(PAGE_ID, Fault(dead_token_subcode=492))

    asked = {"input_token": "EAApage", "access_token": APP_TOKEN}
    told = anyone.get("/v26.0/debug_token", params=asked).json()["data"]

    assert (told["is_valid"], told["error"]["subcode"]) == (False, 492)


def test_a_token_is_exchanged_with_the_apps_secret_only(anyone, practice):
    def exchange(**asked):
        return anyone.get("/v26.0/oauth/access_token", params={"client_id": "555000111", **asked}).json()

    code = code_for(practice.config, "http://127.0.0.1/back")
    exchanged = exchange(client_secret="test-app-secret", code=code, redirect_uri="http://127.0.0.1/back")
    elsewhere = exchange(client_secret="test-app-secret", code=code, redirect_uri="http://127.0.0.1/other")
    of_the_app = exchange(client_secret="test-app-secret", grant_type="client_credentials")
    refused = exchange(client_secret="wrong", code="anything")

    assert exchanged["access_token"] == practice.user_token
    assert of_the_app["access_token"] == APP_TOKEN
    assert refused["error"]["code"] == 100
    assert elsewhere["error"]["code"] == 100


@pytest.mark.parametrize(
    ("asked", "answered"), [("v26.0", "v26.0"), ("v21.0", "v21.0"), ("v3.1", "v21.0"), ("v27.0", "v27.0")]
)
def test_an_expired_version_is_answered_by_the_oldest_living_one(anyone, asked, answered):
    told = anyone.get(f"/{asked}/me", params={"access_token": "EAApage"})

    assert told.status_code == 200
    assert told.headers["facebook-api-version"] == answered


@pytest.mark.parametrize(
    "path",
    ["/me", "/v99.0/me", f"/{PAGE_ID}/feed", "/v26.0/", f"/v26.0/{PAGE_ID}/feed/comments", "/v26.0/nothing"],
)
def test_a_path_that_means_nothing_is_refused(anyone, path):
    assert anyone.get(path, params={"access_token": "EAApage"}).status_code == 400


def test_an_edge_that_does_not_exist_is_named(graph):
    answer = graph.get(f"/{PAGE_ID}/private_replies")

    assert "private_replies" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [("/", {"ids": "1,2"}), (f"/{PAGE_ID}", {"date_format": "U"})],
    ids=["ids", "date_format"],
)
def test_what_meta_has_removed_is_refused(graph, path, asked):
    assert code_of(graph.get(path, params=asked))[0] == 100


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", b"{"), ("application/json", b"[1]"), ("text/plain", b"message=Moi")],
)
def test_a_body_that_cannot_be_read_posts_nothing(graph, practice, kind, body):
    answer = graph.post(f"/{PAGE_ID}/feed", content=body, headers={"Content-Type": kind})

    assert code_of(answer)[0] == 100
    assert practice.posts(PAGE_ID) == []


def test_subscriptions_are_listed_and_removed(graph):
    graph.post(f"/{PAGE_ID}/subscribed_apps", json={"subscribed_fields": ["feed", "messages"]})
    listed = graph.get(f"/{PAGE_ID}/subscribed_apps").json()["data"]

    graph.delete(f"/{PAGE_ID}/subscribed_apps")

    assert [(app["id"], app["subscribed_fields"]) for app in listed] == [("555000111", ["feed", "messages"])]
    assert graph.get(f"/{PAGE_ID}/subscribed_apps").json() == {"data": []}


@pytest.mark.parametrize("fields", ["", "feed,weather"])
def test_a_subscription_to_nothing_or_to_the_unknown_is_refused(graph, fields):
    assert code_of(graph.post(f"/{PAGE_ID}/subscribed_apps", data={"subscribed_fields": fields}))[0] == 100


MENU = {"call_to_actions": [{"type": "postback", "title": "Soita", "payload": "CALLBACK"}]}


@pytest.mark.parametrize(
    "profile",
    [
        {},
        {"get_started": {}},
        {"persistent_menu": [MENU | {"locale": "default"}]},
        {"get_started": {"payload": "START"}, "persistent_menu": [MENU | {"locale": "fi_FI"}]},
    ],
    ids=["nothing", "get started without payload", "menu without get started", "menu without default"],
)
def test_an_incomplete_profile_is_refused(graph, profile):
    assert code_of(graph.post(f"/{PAGE_ID}/messenger_profile", json=profile))[0] == 100


def test_a_greeting_is_set_read_and_deleted(graph):
    greeting = [{"locale": "default", "text": "Tervetuloa"}]
    path = f"/{PAGE_ID}/messenger_profile"
    graph.post(path, json={"greeting": greeting, "account_linking_url": "https://example.org/"})
    before = graph.get(path, params={"fields": "greeting,account_linking_url"}).json()

    graph.request("DELETE", path, json={"fields": ["greeting"]})

    after = graph.get(path, params={"fields": "greeting"}).json()
    assert before["data"] == [{"greeting": greeting, "account_linking_url": "https://example.org/"}]
    assert after == {"data": []}


@pytest.mark.parametrize("asked", [{}, {"fields": "mood"}])
def test_a_profile_is_asked_by_known_names(graph, asked):
    assert code_of(graph.get(f"/{PAGE_ID}/messenger_profile", params=asked))[0] == 100
