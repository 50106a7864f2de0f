"""Every request that we make is one that Meta's own client, generated from Graph v26.0, would make."""

import json
import re
from collections.abc import Callable

import httpx
import pytest
from facebook_business.adobjects.comment import Comment
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.unifiedthread import UnifiedThread
from facebook_business.api import FacebookAdsApi
from facebook_business.apiconfig import ads_api_config
from facebook_business.session import FacebookSession

from social_bot.channels.facebook.graph import FacebookChannel
from social_bot.channels.ports import OutgoingMessage, OutgoingPost, Picture, QuickReply, UrlButton
from tests.channels.facebook.recording import ACCESS, NOW, PAGE, PERSON, POST, RecordingGraph, fields_of

COMMENT = "5001_9001"

# Ours are understood by every call of Graph: projections, paging, the proof. The file part has no type.
EVERYWHERE = frozenset({"fields", "limit", "since", "until", "after", "appsecret_proof"})

METAS: dict[str, tuple[type, str]] = {
    f"POST {PAGE}/feed": (Page, "create_feed"),
    f"POST {PAGE}/photos": (Page, "create_photo"),
    f"GET {PAGE}/published_posts": (Page, "get_published_posts"),
    f"POST {PAGE}/messages": (Page, "create_message"),
    f"GET {PAGE}/conversations": (Page, "get_conversations"),
    f"GET {PAGE}": (Page, "api_get"),
    f"GET {PAGE}/insights": (Page, "get_insights"),
    f"GET {POST}": (PagePost, "api_get"),
    f"GET {POST}/insights": (PagePost, "get_insights"),
    f"GET {PAGE}/subscribed_apps": (Page, "get_subscribed_apps"),
    f"POST {PAGE}/subscribed_apps": (Page, "create_subscribed_app"),
    f"DELETE {PAGE}/subscribed_apps": (Page, "delete_subscribed_apps"),
    f"GET {PAGE}/thread_owner": (Page, "get_thread_owner"),
    f"GET {COMMENT}": (Comment, "api_get"),
    f"POST {COMMENT}": (Comment, "api_update"),
    f"DELETE {COMMENT}": (Comment, "api_delete"),
    f"GET {COMMENT}/comments": (Comment, "get_comments"),
    f"POST {COMMENT}/comments": (Comment, "create_comment"),
}


def all_requests() -> dict[str, list[httpx.Request]]:
    graph = RecordingGraph()
    channel: FacebookChannel = graph.channel()
    picture = Picture(file_name="a.jpg", media_type="image/jpeg", content=b"x", alt_text="Talo")
    channel.publish(ACCESS, OutgoingPost(text="Hei", link="https://example.org"))
    channel.publish(ACCESS, OutgoingPost(text="Hei", pictures=[picture, picture]))
    channel.recent_posts(ACCESS, since=NOW)
    replies = [QuickReply(title="Suomeksi", payload="FI")]
    buttons = [UrlButton(title="Avaa", url="https://example.org")]
    channel.send(ACCESS, PERSON, OutgoingMessage(text="Hei", reference="out:1", quick_replies=replies))
    channel.send(ACCESS, PERSON, OutgoingMessage(text="Hei", reference="out:2", buttons=buttons))
    channel.find_sent(ACCESS, PERSON, text="Hei", since=NOW)
    channel.reply(ACCESS, COMMENT, text="Hei")
    channel.reply_privately(ACCESS, COMMENT, OutgoingMessage(text="Hei", reference="c:1"))
    channel.hide(ACCESS, COMMENT)
    channel.delete(ACCESS, COMMENT)
    channel.read(ACCESS, COMMENT)
    channel.find_reply(ACCESS, COMMENT, text="Hei", since=NOW)
    channel.page_counters(ACCESS, since=NOW.replace(day=1), until=NOW)
    channel.post_counters(ACCESS, POST)
    channel.check(ACCESS)
    channel.subscribe(ACCESS)
    channel.unsubscribe(ACCESS)
    channel.recent_threads(ACCESS, since=NOW)
    channel.thread_owner(ACCESS, PERSON)
    found: dict[str, list[httpx.Request]] = {}
    for name, request in zip(graph.edges(), graph.requests, strict=True):
        found.setdefault(name, []).append(request)
    return found


REQUESTS = all_requests()


class Meta:
    """What Meta's client would ask, and which parameters it would take."""

    def __init__(self, node: type, method: str) -> None:
        api = FacebookAdsApi(FacebookSession(app_id="1", app_secret="s", access_token="t"))
        request = getattr(node("1", api=api), method)(pending=True)
        self.method: str = request._method
        self.endpoint: str = request._endpoint
        self.types: dict[str, str] = request._param_checker._type_check_info
        self._enums = request._param_checker._enum_data

    def takes(self, name: str, value: str) -> bool:
        return self._is(self.types[name], value)

    def _is(self, kind: str, value: str) -> bool:
        if inner := re.fullmatch(r"list<(.*)>", kind):
            items = json.loads(value)
            return isinstance(items, list) and all(self._is_item(inner[1], item) for item in items)
        if kind in self._enums:
            return value in self._enums[kind]
        return _CHECKS[kind](value)

    def _is_item(self, kind: str, item: object) -> bool:
        return bool(item) if kind == "Object" else self._is(kind, str(item))


_CHECKS: dict[str, Callable[[str], bool]] = {
    "string": bool,
    "bool": {"true", "false"}.__contains__,
    "unsigned int": str.isdecimal,
    "datetime": str.isdecimal,
    "Object": lambda text: isinstance(json.loads(text), dict),
}


def test_the_version_that_we_ask_for_is_the_one_of_meta_s_client():
    assert ads_api_config["API_VERSION"] == "v26.0"
    assert {request.url.path.split("/")[1] for requests in REQUESTS.values() for request in requests} == {
        "v26.0"
    }


def test_every_request_of_ours_is_held_against_meta_s():
    assert set(REQUESTS) == {*METAS, "GET debug_token"}  # which Meta's client does not know


@pytest.mark.parametrize("name", METAS)
def test_method_and_endpoint_are_meta_s(name):
    meta = Meta(*METAS[name])

    node, _, edge = name.split(" ")[1].partition("/")
    assert node in {PAGE, POST, COMMENT}
    assert (name.split(" ")[0], edge) == (meta.method, meta.endpoint)


@pytest.mark.parametrize("name", METAS)
def test_every_parameter_has_a_name_and_a_type_of_meta_s(name):
    meta = Meta(*METAS[name])

    for request in REQUESTS[name]:
        sent = {
            key: value for key, value in fields_of(request).items() if key not in EVERYWHERE - set(meta.types)
        }
        assert set(sent) <= set(meta.types)
        assert [key for key, value in sent.items() if not meta.takes(key, value)] == []


@pytest.mark.parametrize(
    ("call", "node"),
    [
        (f"GET {PAGE}/published_posts", PagePost),
        (f"GET {PAGE}/conversations", UnifiedThread),
        (f"GET {PAGE}", Page),
        (f"GET {POST}", PagePost),
        (f"GET {COMMENT}", Comment),
        (f"GET {COMMENT}/comments", Comment),
    ],
)
def test_every_field_that_we_read_is_one_of_meta_s(call, node):
    fields = [field for request in REQUESTS[call] for field in split(fields_of(request)["fields"])]

    for field in fields:
        [name] = re.findall(r"^\w+", field)
        assert name in vars(node.Field).values() or hasattr(node, f"get_{name}"), name


def split(fields: str) -> list[str]:
    return re.split(r",(?![^{]*})(?![^(]*\))", fields)


def test_every_insight_name_is_plain_text_in_one_list():
    asked = [json.loads(fields_of(request)["metric"]) for request in REQUESTS[f"GET {PAGE}/insights"]]

    assert asked
    assert all(isinstance(name, str) for names in asked for name in names)
