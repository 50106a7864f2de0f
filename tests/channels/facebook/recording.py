"""A Graph that answers as it should, or as it is told, and keeps what it was asked."""

import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl

import httpx
from pydantic import SecretStr

from social_bot.channels.facebook.graph import FacebookChannel
from social_bot.channels.ports import PageAccess

PAGE = "301000001"
POST = f"{PAGE}_5001"
PERSON = "9100000001"
APP = "777000111"
SECRET = "s3cr3t-of-the-app"
TOKEN = "EAAB-token-of-the-page"
ACCESS = PageAccess(page_id=PAGE, token=SecretStr(TOKEN))
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)

Answer = httpx.Response | Exception


def answer(body: object, *, status: int = 200, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body, headers=named)


def error(code: int, subcode: int | None = None, *, status: int = 400, **more: Any) -> httpx.Response:
    headers = more.pop("headers", {})
    body = {"message": "(#0) raw", "type": "OAuthException", "code": code, "fbtrace_id": "Trace", **more}
    if subcode:
        body["error_subcode"] = subcode
    return httpx.Response(status, json={"error": body}, headers=headers)


class RecordingGraph:
    """``next`` holds answers for the coming requests; without one the usual answer is given."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.next: deque[Answer] = deque()
        self.now = NOW

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        given = self.next.popleft() if self.next else _usual(request)
        if isinstance(given, Exception):
            raise given
        return given

    def channel(self, *, app_secret: str | None = SECRET, **options: Any) -> FacebookChannel:
        return FacebookChannel(
            app_id=options.pop("app_id", APP),
            app_secret=SecretStr(app_secret) if app_secret else None,
            clock=lambda: self.now,
            client=httpx.Client(transport=httpx.MockTransport(self)),
            **options,
        )

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def edges(self) -> list[str]:
        return [f"{request.method} {request.url.path.split('/', 2)[2]}" for request in self.requests]


def fields_of(request: httpx.Request) -> dict[str, str]:
    """Query and form or multipart fields together, without the file."""
    query = dict(request.url.params)
    if request.headers.get("content-type", "").startswith("multipart/"):
        return query | {
            str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True).decode()
            for part in parts_of(request)
            if part.get_filename() is None
        }
    return query | dict(parse_qsl(request.content.decode(), keep_blank_values=True))


def parts_of(request: httpx.Request) -> list[Any]:
    header = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
    message: Message = BytesParser().parsebytes(header + request.content)
    return list(message.walk())[1:]


def day(value: int, on: datetime) -> dict[str, object]:
    return {"value": value, "end_time": on.strftime("%Y-%m-%dT%H:%M:%S+0000")}


def _usual(request: httpx.Request) -> httpx.Response:
    *_, last = request.url.path.split("/")
    key = f"{request.method} {last}"
    if key not in _USUAL and request.method != "GET":
        return answer({"success": True})
    return answer(_USUAL[key](request) if key in _USUAL else _node(request))


def _node(_: httpx.Request) -> object:
    return {
        "id": POST,
        "followers_count": 812,
        "shares": {"count": 3},
        "comments": {"data": [], "summary": {"total_count": 4}},
        "reactions": {"data": [], "summary": {"total_count": 15}},
    }


def _insights(request: httpx.Request) -> object:
    names, period = json.loads(fields_of(request)["metric"]), fields_of(request)["period"]
    return {"data": [{"name": name, "period": period, "values": [day(7, NOW)]} for name in names]}


_USUAL: dict[str, Callable[[httpx.Request], object]] = {
    "POST feed": lambda _: {"id": POST},
    "POST photos": lambda request: {"id": f"60{len(request.content)}"},
    "GET published_posts": lambda _: {"data": []},
    "POST messages": lambda _: {"recipient_id": PERSON, "message_id": "m_sent"},
    "GET conversations": lambda _: {"data": []},
    "GET comments": lambda _: {"data": []},
    "POST comments": lambda _: {"id": "5001_9002"},
    "GET insights": _insights,
    "GET subscribed_apps": lambda _: {"data": []},
    "GET thread_owner": lambda _: {"data": []},
    "POST subscribed_apps": lambda _: {"success": True},
    "GET debug_token": lambda _: {"data": {"app_id": APP, "is_valid": True, "expires_at": 0, "scopes": []}},
}
