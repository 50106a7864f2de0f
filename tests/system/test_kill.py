"""``kill -9`` at any moment of publishing, with real processes over real HTTP: never two posts."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import uvicorn

from social_bot.bootstrap import clock as real_clock
from social_bot.practice.call import PracticeConfig
from social_bot.practice.faults import Fault
from social_bot.practice.server import Practice

pytestmark = pytest.mark.xdist_group("kill")  # the set-up is made once

PAGE = "100200300"
HELSINKI = ZoneInfo("Europe/Helsinki")
FINAL = {"published", "unconfirmed", "failed"}


@dataclass
class Commands:
    environment: dict[str, str]

    def run(self, *arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "social_bot", *arguments],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@dataclass
class Installation(Commands):
    """A data folder, the commands on it, and the practice Page that they speak to."""

    practice: Practice

    def work(self, **settings: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "social_bot", "work"],
            env={**self.environment, **settings},
            stderr=subprocess.DEVNULL,
        )

    def add_post(self, text: str) -> int:
        at = datetime.now(HELSINKI).strftime("%Y-%m-%d %H:%M:%S")
        added = self.run(
            *("post", "add", "--page", PAGE, "--at", at, "--text", text, "--json"),
            *("--author", "Writer", "--approver", "Approver"),
        )
        return int(json.loads(added)["id"])

    def state(self, post_id: int) -> str:
        with sqlite3.connect(Path(self.environment["SOCIAL_BOT_DATA_DIR"]) / "social_bot.db") as database:
            return str(database.execute("SELECT state FROM post WHERE id = ?", [post_id]).fetchone()[0])

    def on_page(self, text: str) -> int:
        return sum(post.message == text for post in self.practice.posts(PAGE))


@pytest.fixture(scope="module")
def set_up_folder(tmp_path_factory: pytest.TempPathFactory, models_cache: Path) -> Path:
    """A data folder as the commands leave it, made once."""
    folder = tmp_path_factory.mktemp("set-up") / "data"
    commands = Commands(_environment(folder, models_cache, port=9))
    commands.run("db", "upgrade")
    commands.run("operator", "add", "Writer", "--role", "writer")
    commands.run("operator", "add", "Approver", "--role", "approver")
    commands.run("page", "add", "--id", PAGE, "--name", "Neuvonta", "--token-stdin", stdin="page-token")
    return folder


@pytest.fixture
def installation(tmp_path: Path, set_up_folder: Path, models_cache: Path) -> Iterator[Installation]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    practice = Practice(
        PracticeConfig(
            database=tmp_path / "practice.db", app_id="555000111", app_secret="secret", verify_token="verify"
        ),
        clock=real_clock,
    )
    practice.add_page(PAGE, "Neuvonta", "page-token")
    server = uvicorn.Server(uvicorn.Config(practice.app, host="127.0.0.1", port=port, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    shutil.copytree(set_up_folder, tmp_path / "data")
    environment = _environment(tmp_path / "data", models_cache, port=port)
    yield Installation(environment=environment, practice=practice)
    server.should_exit = True
    thread.join()


def _environment(folder: Path, models_cache: Path, *, port: int) -> dict[str, str]:
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("SOCIAL_BOT_")},
        "SOCIAL_BOT_DATA_DIR": str(folder),
        "SOCIAL_BOT_CACHE_DIR": str(models_cache),
        "SOCIAL_BOT_GRAPH_URL": f"http://127.0.0.1:{port}/graph",
        "SOCIAL_BOT_APP_ID": "555000111",
    }


def wait_for(installation: Installation, post_id: int, states: set[str], *, seconds: float) -> str:
    deadline = time.monotonic() + seconds
    while (state := installation.state(post_id)) not in states and time.monotonic() < deadline:
        time.sleep(0.1)
    return state


def wait_until_working(installation: Installation, worker: subprocess.Popen[bytes]) -> None:
    """A first post shows that the worker has begun its rounds."""
    post_id = installation.add_post(f"Alku {worker.pid}")
    assert wait_for(installation, post_id, {"published"}, seconds=30) == "published"


@pytest.mark.parametrize("seconds", [0.0, 0.4, 0.9, 1.6])
def test_a_worker_killed_before_while_and_after_sending_never_posts_twice(installation, seconds):
    worker = installation.work()
    wait_until_working(installation, worker)
    installation.practice.set_fault(PAGE, Fault(delay_seconds=1.0))
    post_id = installation.add_post("Viesti")
    time.sleep(seconds)
    worker.send_signal(signal.SIGKILL)
    worker.wait()

    second = installation.work()
    state = wait_for(installation, post_id, FINAL, seconds=35)
    second.terminate()
    second.wait(20)

    assert state in FINAL
    assert installation.on_page("Viesti") <= 1
    assert state != "published" or installation.on_page("Viesti") == 1


def test_an_unconfirmed_post_is_found_on_the_page_after_a_restart(installation):
    worker = installation.work()
    wait_until_working(installation, worker)
    installation.practice.set_fault(PAGE, Fault(lose_next=1))
    post_id = installation.add_post("Kadonnut vastaus")
    before = wait_for(installation, post_id, FINAL, seconds=10)
    worker.send_signal(signal.SIGKILL)
    worker.wait()

    second = installation.work()
    after = wait_for(installation, post_id, {"published"}, seconds=45)
    second.terminate()
    second.wait(20)

    assert (before, after) == ("unconfirmed", "published")
    assert installation.on_page("Kadonnut vastaus") == 1


def test_a_worker_that_kills_itself_after_its_intent_has_posted_nothing_and_nobody_else_does(installation):
    post_id = installation.add_post("Aikomus")

    first = installation.work(SOCIAL_BOT_FAULT_POINT="publishing.intent_written")
    code = first.wait(30)
    second = installation.work()
    state = wait_for(installation, post_id, FINAL, seconds=30)
    second.terminate()
    second.wait(20)

    assert (code, state) == (-signal.SIGKILL, "unconfirmed")
    assert installation.on_page("Aikomus") == 0
