"""Two web processes behind one address and two workers on one PostgreSQL: real processes, over real HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path

import httpx
import pytest
import uvicorn
from cryptography.fernet import Fernet
from sqlalchemy import create_engine, text

from social_bot.answering.replies import approve_texts
from social_bot.bootstrap import Bot, build
from social_bot.bootstrap import clock as real_clock
from social_bot.planning.composing import add_post, approve_post
from social_bot.planning.posts import PostContent
from social_bot.practice.call import PracticeConfig
from social_bot.practice.server import Practice
from social_bot.settings import Settings
from social_bot.storage.locks import Lock
from tests.conftest import APPROVER, PAGE, WRITER, databases, set_up

RESIDENTS = [f"70000000{number:02}" for number in range(24)]
POSTS = [f"Viesti {number}" for number in range(10)]

pytestmark = [
    pytest.mark.skipif("postgresql" not in databases(), reason="TEST_POSTGRES_URL is not set"),
    pytest.mark.timeout(240),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Town:
    """The processes by name, the practice Page they speak to, and the database they share."""

    environment: dict[str, str]
    practice: Practice
    database_url: str
    ports: dict[str, int]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def run(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "social_bot", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    @contextmanager
    def program(self) -> Iterator[Bot]:
        """The same program in this process, to set it up."""
        bot = build(
            Settings(
                data_dir=Path(self.environment["SOCIAL_BOT_DATA_DIR"]),
                database_url=self.environment["SOCIAL_BOT_DATABASE_URL"],
                secret_keys=self.environment["SOCIAL_BOT_SECRET_KEYS"],
            )
        )
        yield bot
        bot.close()

    def start(self, name: str) -> None:
        what = ["serve", "--no-work", "--public-only"] if name.startswith("web") else ["work"]
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "social_bot", *what, "--port", str(self.ports[name])],
            env=self.environment,
            stderr=subprocess.DEVNULL,
        )

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> dict[str, int]:
        """End everything as systemd or a container engine does; the exit codes."""
        for process in self.processes.values():
            process.terminate()
        codes = {name: process.wait(60) for name, process in self.processes.items()}
        self.processes.clear()
        return codes

    def is_up(self, name: str) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.ports[name]}/healthz", timeout=1).is_success
        except httpx.TransportError:
            return False

    def write(self, resident: str, words: str = "mistä löydän päihdepalvelut") -> None:
        self.practice.write_as_resident(PAGE, resident, text=words)

    def answers(self, resident: str) -> list[str]:
        said = self.practice.conversation(PAGE, resident)
        return [message.text or "" for message in said if message.is_from_page]

    def asked(self, statement: str) -> list[tuple[object, ...]]:
        engine = create_engine(self.database_url)
        with engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(text(statement))]
        engine.dispose()
        return rows

    def leaders(self) -> list[str]:
        """The processes that keep house: who holds the lock in this database."""
        leading = (
            "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) "
            f"WHERE locktype = 'advisory' AND objid = {Lock.HOUSEKEEPING.value} AND granted AND datname = current_database()"
        )
        names = {process.pid: name for name, process in self.processes.items()}
        pids = [int(str(row[0]).removeprefix("social_bot ")) for row in self.asked(leading)]
        return [names.get(pid, "somebody else") for pid in pids]


@pytest.fixture
def balancer() -> Iterator[tuple[int, list[int]]]:
    """One address before several ports: each request to the next that answers, as a reverse proxy does."""
    ports: list[int] = []
    turn = cycle(range(1000))

    class Forward(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            for _ in ports:
                port = ports[next(turn) % len(ports)]
                try:
                    answer = httpx.post(
                        f"http://127.0.0.1:{port}{self.path}", content=body, headers=dict(self.headers)
                    )
                except httpx.TransportError:
                    continue
                self.send_response(answer.status_code)
                self.end_headers()
                self.wfile.write(answer.content)
                return
            self.send_response(502)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Forward)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, ports
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def town(tmp_path: Path, models_cache: Path, mould, balancer) -> Iterator[Town]:
    address, behind = balancer
    port = free_port()
    practice = Practice(
        PracticeConfig(
            database=tmp_path / "practice.db",
            app_id="555000111",
            app_secret="secret",
            verify_token="verify",
            webhook_url=f"http://127.0.0.1:{address}/webhooks/facebook",
        ),
        clock=real_clock,
    )
    practice.add_page(PAGE, "Neuvonta", "page-token")
    server = uvicorn.Server(uvicorn.Config(practice.app, host="127.0.0.1", port=port, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    with mould.empty("postgresql", tmp_path) as database_url:
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("SOCIAL_BOT_")},
            "SOCIAL_BOT_DATA_DIR": str(tmp_path / "data"),
            "SOCIAL_BOT_CACHE_DIR": str(models_cache),
            "SOCIAL_BOT_DATABASE_URL": database_url,
            "SOCIAL_BOT_SECRET_KEYS": Fernet.generate_key().decode(),
            "SOCIAL_BOT_GRAPH_URL": f"http://127.0.0.1:{port}/graph",
            "SOCIAL_BOT_APP_ID": "555000111",
            "SOCIAL_BOT_APP_SECRET": "secret",
            "SOCIAL_BOT_VERIFY_TOKEN": "verify",
        }
        ports = {name: free_port() for name in ("web-1", "web-2", "work-1", "work-2")}
        behind += [ports["web-1"], ports["web-2"]]
        made = Town(environment=environment, practice=practice, database_url=database_url, ports=ports)
        yield made
        made.stop()
        server.should_exit = True
        thread.join()


def wait_until(is_so: Callable[[], bool], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.2)


def prepare(town: Town) -> None:
    """What is done on the first day; both hosts upgrade at the same moment."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: town.run("db", "upgrade"), range(2)))
    httpx.post(
        f"{town.environment['SOCIAL_BOT_GRAPH_URL']}/v26.0/{PAGE}/subscribed_apps",
        headers={"Authorization": "Bearer page-token"},
        data={"subscribed_fields": json.dumps(["messages"])},
    ).raise_for_status()
    with town.program() as bot:
        set_up(bot)
        with bot.database.write() as session:
            approve_texts(session, None, by=APPROVER, now=bot.now())


def plan_posts(town: Town, texts: Sequence[str]) -> None:
    with town.program() as bot, bot.database.write() as session:
        for words in texts:
            content = PostContent(
                page_id=PAGE, kind="outreach_event", texts={"fi": words}, publish_at=bot.now()
            )
            post = add_post(session, content, zone=bot.settings.zone, author=WRITER, now=bot.now())
            by_hash = post.content.content_hash
            approve_post(session, post.id or 0, content_hash=by_hash, by=APPROVER, now=bot.now())


def test_two_webs_and_two_workers_do_the_work_once_and_outlive_a_death(town):
    prepare(town)
    for name in town.ports:
        town.start(name)
    wait_until(lambda: all(town.is_up(name) for name in town.ports))
    wait_until(lambda: len(town.leaders()) == 1)

    plan_posts(town, POSTS)
    for resident in RESIDENTS[:12]:
        town.write(resident)
    wait_until(lambda: all(town.answers(resident) for resident in RESIDENTS[:12]))
    (leader,) = town.leaders()
    town.kill(leader)
    town.kill("web-1")
    for resident in RESIDENTS[12:]:
        town.write(resident)

    wait_until(lambda: all(town.answers(resident) for resident in RESIDENTS))
    wait_until(lambda: town.leaders() == [*({"work-1", "work-2"} - {leader})])
    wait_until(lambda: len(town.practice.posts(PAGE)) >= len(POSTS))
    open_states = "('pending', 'sending', 'unconfirmed')"  # what was being sent at the death is looked up
    wait_until(lambda: town.asked(f"SELECT id FROM message WHERE send_state IN {open_states}") == [])
    codes = town.stop()

    answers = [town.answers(resident) for resident in RESIDENTS]
    assert answers == [answers[0]] * len(RESIDENTS)
    assert set(Counter(answers[0]).values()) == {1}
    assert Counter(post.message for post in town.practice.posts(PAGE)) == Counter(POSTS)
    assert set(codes.values()) == {0}
    assert town.leaders() == []
