"""Facebook Login and the look at conversations: what is asked, and what the answers mean."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from social_bot.channels.facebook import connection
from social_bot.channels.facebook.login import FacebookLogin
from social_bot.errors import ConnectionLost, NotReady, PageUnavailable
from tests.channels.facebook.recording import (
    ACCESS,
    APP,
    NOW,
    PAGE,
    PERSON,
    SECRET,
    RecordingGraph,
    answer,
    error,
    fields_of,
)

BACK = "https://mallila.example/pages/return"
PERSONS = SecretStr("EAAB-of-a-person")


@pytest.fixture
def graph() -> RecordingGraph:
    return RecordingGraph()


@pytest.fixture
def login(graph):
    def login(*, secret: str | None = SECRET, **options: str) -> FacebookLogin:
        return FacebookLogin(
            app_id=APP,
            app_secret=SecretStr(secret) if secret else None,
            clock=lambda: NOW,
            client=httpx.Client(transport=httpx.MockTransport(graph)),
            **options,
        )

    return login


def token_told(kind: str) -> httpx.Response:
    return answer({"data": {"app_id": APP, "type": kind, "is_valid": True}})


def test_the_browser_is_sent_to_facebook_with_the_permissions_and_the_state(login):
    address = urlsplit(login().address(return_to=BACK, state="sealed"))

    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert (
        f"{address.scheme}://{address.netloc}{address.path}" == "https://www.facebook.com/v26.0/dialog/oauth"
    )
    assert (asked["client_id"], asked["redirect_uri"], asked["state"]) == (APP, BACK, "sealed")
    assert asked["scope"].split(",") == list(connection.PERMISSIONS)
    assert SECRET not in address.query


def test_a_practice_page_has_a_sign_in_of_its_own(login):
    address = login(base_url="http://127.0.0.1:8000/practice/graph").address(return_to=BACK, state="sealed")

    assert address.startswith("http://127.0.0.1:8000/practice/v26.0/dialog/oauth?")


def test_a_code_becomes_a_token_that_lasts(graph, login):
    graph.next += [answer({"access_token": "short"}), answer({"access_token": "long", "expires_in": 5183944})]

    token = login().token_of("the-code", return_to=BACK)

    assert token.get_secret_value() == "long"
    assert graph.edges() == ["GET oauth/access_token"] * 2
    first, second = (fields_of(request) for request in graph.requests)
    assert (first["code"], first["redirect_uri"], first["client_id"]) == ("the-code", BACK, APP)
    assert (second["grant_type"], second["fb_exchange_token"]) == ("fb_exchange_token", "short")


def test_a_code_that_is_none_says_to_start_again(graph, login):
    graph.next.append(error(100, 36009))

    with pytest.raises(ConnectionLost, match="Start the sign-in again"):
        login().token_of("used", return_to=BACK)


def test_without_the_apps_secret_nobody_signs_in(graph, login):
    with pytest.raises(NotReady, match="SOCIAL_BOT_APP_SECRET"):
        login(secret=None).token_of("the-code", return_to=BACK)

    assert graph.requests == []


@pytest.mark.parametrize("kind", ["USER", "SYSTEM_USER"])
def test_a_persons_token_opens_the_pages_on_which_they_may_act(graph, login, kind):
    graph.next += [
        token_told(kind),
        answer(
            {
                "data": [
                    {"id": PAGE, "name": "Neuvonta", "access_token": "EAAB-page"},
                    {"id": "301000002", "name": "Ilman oikeuksia"},
                ]
            }
        ),
    ]

    [offered] = login().offered_pages(PERSONS)

    assert (offered.page_id, offered.name, offered.token.get_secret_value()) == (
        PAGE,
        "Neuvonta",
        "EAAB-page",
    )
    assert graph.edges() == ["GET debug_token", "GET me/accounts"]
    assert graph.requests[1].headers["authorization"] == f"Bearer {PERSONS.get_secret_value()}"


def test_a_pages_own_token_opens_that_page(graph, login):
    graph.next += [token_told("PAGE"), answer({"id": PAGE, "name": "Neuvonta"})]

    [offered] = login().offered_pages(ACCESS.token)

    assert (offered.page_id, offered.token) == (PAGE, ACCESS.token)


def test_a_token_that_facebook_does_not_know_is_said_to_be_none(graph, login):
    graph.next.append(answer({"data": {"is_valid": False, "error": {"code": 190}}}))

    with pytest.raises(ConnectionLost, match="does not know this token"):
        login().offered_pages(PERSONS)


# --- what the connection's check tells besides


def told(graph, **data):
    whole = {"app_id": APP, "is_valid": True, "scopes": list(connection.PERMISSIONS), **data}
    graph.next.append(answer({"data": whole}))


def test_a_permission_for_other_pages_only_is_missing_here(graph):
    told(
        graph,
        granular_scopes=[
            {"scope": "pages_messaging", "target_ids": ["301000999"]},
            {"scope": "pages_manage_posts", "target_ids": ["301000999", PAGE]},
            {"scope": "read_insights"},
        ],
    )

    assert list(graph.channel().check(ACCESS).missing_permissions) == ["pages_messaging"]


def test_a_token_of_another_app_is_no_connection(graph):
    told(graph, app_id="26")

    report = graph.channel().check(ACCESS)

    assert not report.is_valid
    assert report.problem is not None
    assert "another app" in report.problem


def test_the_end_of_access_to_data_is_told_beside_the_first_end(graph):
    ends, access_ends = NOW + timedelta(days=60), NOW + timedelta(days=90)
    told(graph, expires_at=int(ends.timestamp()), data_access_expires_at=int(access_ends.timestamp()))

    report = graph.channel().check(ACCESS)

    assert (report.expires_at, report.data_access_expires_at) == (ends, access_ends)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"messaging_feature_status": {"hop_v2": True}}, True),
        ({"messaging_feature_status": {"hop_v2": False}}, False),
        ({"id": PAGE}, None),
        ({"messaging_feature_status": "on"}, None),
    ],
)
def test_whether_conversations_have_a_default_app_is_told_or_unknown(graph, status, expected):
    told(graph)
    graph.next += [answer({"data": []}), answer(status)]

    assert graph.channel().check(ACCESS).is_routed is expected


def test_a_check_does_not_fail_for_the_one_question(graph):
    told(graph)
    graph.next += [answer({"data": []}), error(100)]

    report = graph.channel().check(ACCESS)

    assert report.is_valid
    assert report.is_routed is None


# --- conversations, without their texts


def thread(contact: str, updated: datetime, *messages: tuple[str, str, datetime]) -> dict[str, object]:
    return {
        "updated_time": updated.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "participants": {"data": [{"id": contact}, {"id": PAGE}]},
        "messages": {
            "data": [
                {"id": mid, "from": {"id": sender}, "created_time": at.strftime("%Y-%m-%dT%H:%M:%S+0000")}
                for mid, sender, at in messages
            ]
        },
    }


def test_conversations_are_read_without_anybodys_words(graph):
    since = NOW - timedelta(days=7)
    graph.next.append(
        answer(
            {
                "data": [
                    thread(PERSON, NOW, ("m_page", PAGE, NOW), ("m_person", PERSON, NOW)),
                    thread("9100000002", NOW, ("m_long_ago", PAGE, since - timedelta(days=1))),
                    thread("9100000003", since - timedelta(days=1)),
                ]
            }
        )
    )

    seen = graph.channel().recent_threads(ACCESS, since=since)

    assert [(each.contact_id, list(each.page_messages)) for each in seen] == [
        (PERSON, ["m_page"]),
        ("9100000002", []),
    ]
    asked = fields_of(graph.requests[0])
    assert asked["updated_after_ms"] == str(int(since.timestamp() * 1000))
    assert "message," not in asked["fields"]
    assert seen[0].last_at == NOW.astimezone(UTC)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([{"thread_owner": {"app_id": "26"}}], "26"),
        ([{"thread_owner": {"app_id": 26}}], "26"),
        ([], None),
        ([{}], None),
    ],
)
def test_the_owner_of_a_conversation_is_told_where_there_is_one(graph, data, expected):
    graph.next.append(answer({"data": data}))

    assert graph.channel().thread_owner(ACCESS, PERSON) == expected
    assert fields_of(graph.requests[0])["recipient"] == PERSON


def test_a_question_that_fails_leaves_nothing_open(graph):
    graph.next.append(error(2, status=500))

    with pytest.raises(PageUnavailable):
        graph.channel().recent_threads(ACCESS, since=NOW)
