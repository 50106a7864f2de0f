"""What facebook-sdk does wrong, and that it does not reach the wire. Numbers: the five traps to watch."""

import hashlib
import hmac
import json
import logging

import httpx
import pytest
from pydantic import SecretStr

from social_bot.channels.facebook.graph import FacebookChannel
from social_bot.channels.facebook.protocol import Call
from social_bot.channels.facebook.transport import GraphFailure, HttpxSession, MetaGraph
from social_bot.channels.ports import OutgoingMessage, OutgoingPost, PageAccess, Picture, QuickReply
from social_bot.errors import ConnectionLost, NotReady, OutcomeUnknown, PageUnavailable
from tests.channels.facebook.recording import (
    ACCESS,
    APP,
    NOW,
    PAGE,
    PERSON,
    POST,
    SECRET,
    TOKEN,
    RecordingGraph,
    answer,
    error,
    fields_of,
    parts_of,
)

TEXT = OutgoingPost(text="Neuvonta on auki")
PICTURE = Picture(file_name="kuva.jpg", media_type="image/jpeg", content=b"\xff\xd8jpeg", alt_text="Talo")
ANSWER = OutgoingMessage(
    text="Kummalla kielellä?",
    reference="out:1",
    quick_replies=[QuickReply(title="Suomeksi", payload="LANG_FI")],
)


@pytest.fixture
def graph():
    return RecordingGraph()


def everything(channel: FacebookChannel) -> None:
    channel.publish(ACCESS, OutgoingPost(text="Hei", pictures=[PICTURE]))
    channel.recent_posts(ACCESS, since=NOW)
    channel.send(ACCESS, PERSON, ANSWER)
    channel.find_sent(ACCESS, PERSON, text="Hei", since=NOW)
    channel.page_counters(ACCESS, since=NOW.replace(day=1), until=NOW)
    channel.post_counters(ACCESS, POST)
    channel.check(ACCESS)
    channel.subscribe(ACCESS)


def proof(token: str) -> str:
    return hmac.new(SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()


# 1: the token


def test_the_token_is_in_the_authorization_header_and_nowhere_else(graph, caplog):
    caplog.set_level(logging.DEBUG)

    everything(graph.channel())

    for request in graph.requests:
        sent = fields_of(request)
        asked_about = sent.pop("input_token", None)
        assert "access_token" not in str(request.url) + request.content.decode(errors="replace")
        assert TOKEN not in "".join(sent.values())
        assert (asked_about == TOKEN) == request.url.path.endswith("/debug_token")
        if not asked_about:
            assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in caplog.text


def test_no_secret_is_logged_or_told_when_calls_fail(graph, caplog):
    caplog.set_level(logging.DEBUG)
    graph.next += [error(190, 460), httpx.ReadTimeout("slow"), error(100)]
    channel = graph.channel()

    told = [channel.check(ACCESS).problem or ""]
    for failing in (channel.subscribe, channel.subscribe):
        with pytest.raises(Exception, match="Facebook") as caught:
            failing(ACCESS)
        told.append(f"{caught.value}{caught.value!r}{caught.value.__cause__!r}")

    shown = caplog.text + "".join(told)
    assert "graph call failed" in shown
    assert not [secret for secret in (TOKEN, SECRET, proof(TOKEN), "raw") if secret in shown]


@pytest.mark.parametrize("token", ["", "EAAB\ufeff", "EAAB\n"])
def test_a_token_that_cannot_be_one_is_never_sent(graph, token):
    page = PageAccess(page_id=PAGE, token=SecretStr(token))

    with pytest.raises(ConnectionLost):
        graph.channel().publish(page, TEXT)

    assert not graph.requests


def test_the_proof_of_the_secret_is_in_the_query_of_reads_and_the_form_of_writes(graph):
    channel = graph.channel()

    channel.recent_posts(ACCESS, since=NOW)
    channel.publish(ACCESS, TEXT)

    read, write = graph.requests
    assert read.url.params["appsecret_proof"] == proof(TOKEN)
    assert "appsecret_proof" not in write.url.params
    assert fields_of(write)["appsecret_proof"] == proof(TOKEN)


def test_the_app_asks_about_a_token_in_its_own_name_and_without_proof(graph):
    graph.channel().check(ACCESS)

    asked = graph.requests[0]
    assert asked.headers["authorization"] == f"Bearer {APP}|{SECRET}"
    assert "appsecret_proof" not in asked.url.params


def test_without_an_app_secret_there_is_no_proof(graph):
    everything(graph.channel(app_secret=None))

    assert not [request for request in graph.requests if "appsecret_proof" in fields_of(request)]
    assert {request.headers["authorization"] for request in graph.requests} == {f"Bearer {TOKEN}"}


# 2: the status


@pytest.mark.parametrize(
    "broken",
    [
        answer({"data": []}, status=503),
        answer({"id": POST}, status=502),
        httpx.Response(500, html="<h1>Sorry</h1>"),
        httpx.Response(200, html="<h1>Sorry</h1>"),
        httpx.Response(304),
        httpx.Response(302, json={"id": POST}, headers={"location": "https://elsewhere.example/"}),
        httpx.Response(200, content=b"", headers={"content-type": "application/json"}),
        httpx.Response(200, content=b"\xff\xfe", headers={"content-type": "application/json"}),
        answer(False),
        answer([]),
        answer({}),
        answer({"error": None}),
        error(2, status=500),
        error(1, status=200, is_transient=True),
    ],
    ids=lambda response: f"{response.status_code} {response.content[:20]!r}",
)
def test_an_answer_that_is_none_leaves_a_write_unknown_and_a_read_undone(broken, graph):
    channel = graph.channel()

    graph.next.append(broken)
    with pytest.raises(OutcomeUnknown):
        channel.publish(ACCESS, TEXT)

    graph.next.append(broken)
    with pytest.raises(PageUnavailable) as caught:
        channel.recent_posts(ACCESS, since=NOW)
    assert not caught.value.throttled


def test_an_error_under_status_200_is_an_error(graph):
    graph.next.append(error(190, status=200))

    with pytest.raises(ConnectionLost):
        graph.channel().publish(ACCESS, TEXT)


@pytest.mark.parametrize("headers", [{"content-type": "text/javascript; charset=UTF-8"}, {}])
def test_json_is_read_whatever_it_is_called(graph, headers):
    graph.next.append(httpx.Response(200, content=json.dumps({"id": POST}).encode(), headers=headers))

    assert graph.channel().publish(ACCESS, TEXT) == POST


# 3: the version


@pytest.mark.parametrize("version", ["v26.0", "v27.0"])
def test_the_version_that_is_set_reaches_the_wire(graph, version):
    everything(graph.channel(version=version))

    assert {request.url.path.split("/")[1] for request in graph.requests} == {version}


def test_calls_go_to_meta_unless_told_otherwise(graph):
    graph.channel().publish(ACCESS, TEXT)

    assert str(graph.requests[0].url) == f"https://graph.facebook.com/v26.0/{PAGE}/feed"


def test_a_practice_page_on_this_machine_may_live_under_a_path(graph):
    graph.channel(base_url="http://127.0.0.1:8000/practice/graph/").publish(ACCESS, TEXT)

    assert str(graph.requests[0].url) == f"http://127.0.0.1:8000/practice/graph/v26.0/{PAGE}/feed"


@pytest.mark.parametrize(
    "url",
    [
        "https://graph.facebook.com.example.org",
        "http://graph.facebook.com",
        "https://user@graph.facebook.com",
        "https://graph.facebook.com:444",
        "http://192.168.1.7:8000",
        "ftp://localhost",
        "graph.facebook.com",
        "",
    ],
)
def test_tokens_are_sent_nowhere_else(graph, url):
    with pytest.raises(NotReady, match="SOCIAL_BOT_GRAPH_URL"):
        graph.channel(base_url=url)


def test_an_id_cannot_lead_to_another_address(graph):
    graph.channel().post_counters(ACCESS, "../1?fields=access_token#")

    assert {request.url.raw_path.split(b"?")[0] for request in graph.requests} == {
        b"/v26.0/..%2F1%3Ffields%3Daccess_token%23",
        b"/v26.0/..%2F1%3Ffields%3Daccess_token%23/insights",
    }


# 4: parameters


def test_nested_values_are_json(graph):
    channel = graph.channel()

    channel.publish(ACCESS, OutgoingPost(text="Hei", pictures=[PICTURE]))
    channel.send(ACCESS, PERSON, ANSWER)
    channel.post_counters(ACCESS, POST)

    _, post, message, _, insights = map(fields_of, graph.requests)
    assert json.loads(post["attached_media"])[0].keys() == {"media_fbid"}
    assert json.loads(message["recipient"]) == {"id": PERSON}
    assert json.loads(message["message"])["quick_replies"][0]["payload"] == "LANG_FI"
    assert "post_clicks" in json.loads(insights["metric"])


def test_what_is_not_given_is_not_sent(graph):
    graph.channel(app_secret=None).publish(ACCESS, TEXT)

    assert fields_of(graph.requests[0]) == {"message": "Neuvonta on auki"}


def test_a_picture_travels_with_its_name_type_and_alt_text(graph):
    graph.channel(app_secret=None).publish(ACCESS, OutgoingPost(text="Hei", pictures=[PICTURE]))

    upload = graph.requests[0]
    [source] = [part for part in parts_of(upload) if part.get_filename()]
    assert source.get_param("name", header="content-disposition") == "source"
    assert source.get_filename() == "kuva.jpg"
    assert source.get_content_type() == "image/jpeg"
    assert source.get_payload(decode=True) == b"\xff\xd8jpeg"
    assert fields_of(upload) == {"published": "false", "alt_text_custom": "Talo"}


# 5: time-outs and lost connections


@pytest.mark.parametrize(
    "lost",
    [
        httpx.ReadTimeout("slow"),
        httpx.WriteTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.CloseError("reset"),
        httpx.RemoteProtocolError("Server disconnected without sending a response."),
        httpx.DecodingError("bad gzip"),
        httpx.TooManyRedirects("round and round"),
    ],
    ids=lambda lost: type(lost).__name__,
)
def test_a_write_whose_answer_is_lost_may_have_happened(graph, lost):
    graph.next += [lost, lost]
    channel = graph.channel()

    with pytest.raises(OutcomeUnknown):
        channel.publish(ACCESS, TEXT)
    with pytest.raises(PageUnavailable):
        channel.find_sent(ACCESS, PERSON, text="Hei", since=NOW)


@pytest.mark.parametrize(
    "unsent",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.PoolTimeout("full"),
        httpx.ProxyError("no"),
        httpx.LocalProtocolError("illegal"),
        httpx.UnsupportedProtocol("what"),
    ],
    ids=lambda unsent: type(unsent).__name__,
)
def test_a_write_that_never_left_has_not_happened(graph, unsent):
    graph.next.append(unsent)

    with pytest.raises(PageUnavailable) as caught:
        graph.channel().publish(ACCESS, TEXT)

    assert not caught.value.throttled


def test_the_sdk_does_not_switch_the_time_outs_off():
    asked = []

    def graph(request: httpx.Request) -> httpx.Response:
        asked.append(request.extensions["timeout"])
        return answer({"id": POST})

    channel = FacebookChannel(app_id=APP, app_secret=None, clock=lambda: NOW)
    channel._client._transport = httpx.MockTransport(graph)
    channel.publish(ACCESS, TEXT)
    channel.close()

    assert asked == [{"connect": 5, "read": 60, "write": 60, "pool": 5}]


# the SDK's own ways


def session(graph: RecordingGraph) -> HttpxSession:
    return HttpxSession(
        client=httpx.Client(transport=httpx.MockTransport(graph)),
        base_url="https://graph.facebook.com",
        app_secret=None,
        observe=lambda _: None,
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda meta: meta.get_objects(["1", "2"]),
        lambda meta: meta.search("place", q="x"),
        lambda meta: meta.delete_request("1", "2"),
    ],
)
def test_calls_that_graph_has_dropped_are_not_made(graph, call):
    with pytest.raises(NotImplementedError):
        call(MetaGraph(SecretStr(TOKEN), version="v26.0", session=session(graph)))

    assert not graph.requests


def test_deleting_carries_its_proof_in_the_query(graph):
    signed = HttpxSession(
        client=httpx.Client(transport=httpx.MockTransport(graph)),
        base_url="https://graph.facebook.com",
        app_secret=SecretStr(SECRET),
        observe=lambda _: None,
    )
    graph.next.append(answer({"success": True}))

    MetaGraph(SecretStr(TOKEN), version="v26.0", session=signed).delete_object(POST)

    [request] = graph.requests
    assert request.method == "DELETE"
    assert request.url.params["appsecret_proof"] == proof(TOKEN)


def test_a_call_s_own_parameters_stay_as_they_are(graph):
    call = Call(method="POST", node=PAGE, edge="feed", params={"message": "Hei"})

    MetaGraph(SecretStr(TOKEN), version="v26.0", session=session(graph)).perform(call)

    assert call.params == {"message": "Hei"}


def test_a_list_without_data_is_no_empty_list(graph):
    call = Call(method="GET", node=PAGE, edge="published_posts")
    graph.next.append(answer({"paging": {}}))

    with pytest.raises(GraphFailure):
        list(MetaGraph(SecretStr(TOKEN), version="v26.0", session=session(graph)).rows(call))
