"""A practice Page served over real HTTP, an app that takes its webhooks, and Meta's own client."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import uvicorn

from social_bot.practice.call import PracticeConfig
from social_bot.practice.server import Practice

PAGE_ID = "100200300"
TOKEN = "EAApage"
APP_ID = "555000111"
SECRET = "test-app-secret"
PSID = "7000000001"


@dataclass
class Clock:
    """Stands still until moved."""

    now: datetime = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@dataclass
class Receiver:
    """An app behind a webhook address: keeps each delivery, refuses the first ``refuse_first``."""

    url: str = ""
    verify_token: str = "verify"
    refuse_first: int = 0
    deliveries: list[tuple[bytes, str]] = field(default_factory=list)

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body, _ in self.deliveries]

    def items(self, section: str = "messaging") -> list[dict[str, Any]]:
        return [item for body in self.bodies() for entry in body["entry"] for item in entry.get(section, [])]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = dict(parse_qsl(urlsplit(self.path).query))
            is_known = asked["hub.verify_token"] == receiver.verify_token
            self.send_response(200 if is_known else 403)
            self.end_headers()
            self.wfile.write(asked["hub.challenge"].encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if receiver.refuse_first:
                receiver.refuse_first -= 1
                status = 500
            else:
                receiver.deliveries.append((body, self.headers["X-Hub-Signature-256"]))
                status = 200
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/webhook"
    yield receiver
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def make_practice(tmp_path, clock) -> Callable[..., Practice]:
    def make(*, webhook_url: str | None = None) -> Practice:
        config = PracticeConfig(
            database=tmp_path / "practice.db",
            app_id=APP_ID,
            app_secret=SECRET,
            verify_token="verify",
            webhook_url=webhook_url,
        )
        practice = Practice(config, clock=clock)
        practice.add_page(PAGE_ID, "Mallilan aikuissosiaalityö", TOKEN)
        return practice

    return make


@pytest.fixture
def practice(make_practice, receiver) -> Iterator[Practice]:
    practice: Practice = make_practice(webhook_url=receiver.url)
    practice.start()
    yield practice
    practice.stop()


@pytest.fixture
def base(practice) -> Iterator[str]:
    """The address of Graph, as a client is given it."""
    with served(practice.app) as address:
        yield f"{address}/graph"


@pytest.fixture
def graph(base) -> Iterator[httpx.Client]:
    """A client that speaks as the product does: the token in a header."""
    with httpx.Client(
        base_url=f"{base}/v26.0", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5, trust_env=False
    ) as client:
        yield client


@contextmanager
def served(app: Any) -> Iterator[str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()
