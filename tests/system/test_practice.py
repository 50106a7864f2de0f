"""An installation of one's own rehearses: real processes, joined by the commands that ``practice`` prints."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

PAGE = "100200300"
RESIDENT = "6000000001"

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("demo")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(url: str, method: str = "GET", **more: Any) -> httpx.Response:
    return httpx.request(method, url, trust_env=False, timeout=10, **more)


def found(pattern: str, text: str) -> tuple[str, ...]:
    match = re.search(pattern, text)
    assert match, pattern
    return match.groups()


def run(environment: Mapping[str, str], *arguments: str, given: str | None = None) -> str:
    return subprocess.run(
        [sys.executable, "-m", "social_bot", *arguments],
        env=environment,
        input=given,
        text=True,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout


@contextmanager
def running(environment: Mapping[str, str], *arguments: str, output: Path, url: str) -> Iterator[None]:
    """A command that serves, answering at ``url`` before the block begins."""
    with output.open("wb") as file:
        command = [sys.executable, "-m", "social_bot", *arguments]
        process = subprocess.Popen(command, env=environment, stdout=file)
    try:
        wait_for(lambda: is_up(url), process)
        yield
    finally:
        process.terminate()
        assert process.wait(timeout=30) == 0


def wait_for(is_so, process=None) -> None:
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until
        assert process is None or process.poll() is None
        time.sleep(0.1)


def is_up(url: str) -> bool:
    try:
        return ask(url).status_code < 500
    except httpx.TransportError:
        return False


@pytest.fixture
def environment(tmp_path: Path, models_cache: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SOCIAL_BOT_")},
        "SOCIAL_BOT_DATA_DIR": str(tmp_path / "data"),
        "SOCIAL_BOT_CACHE_DIR": str(models_cache),
        "SOCIAL_BOT_APP_ID": "555000111",
        "SOCIAL_BOT_APP_SECRET": "any-word",
        "SOCIAL_BOT_VERIFY_TOKEN": "another-word",
        "SOCIAL_BOT_BASE_URL": "https://apu.example.fi",  # nothing of the rehearsal goes there
    }


def test_a_resident_of_the_practice_page_is_answered_by_ones_own_installation(environment, tmp_path):
    page_port, own_port = free_port(), free_port()
    page, own = f"http://127.0.0.1:{page_port}", f"http://127.0.0.1:{own_port}"
    said = tmp_path / "practice.txt"
    messages = f"{page}/control/pages/{PAGE}/residents/{RESIDENT}/messages"
    run(environment, "db", "upgrade")

    command = ("practice", "--port", str(page_port), "--to", own)
    with running(environment, *command, output=said, url=f"{page}/"):
        told = said.read_text(encoding="utf-8")
        (environment["SOCIAL_BOT_GRAPH_URL"],) = found(r"SOCIAL_BOT_GRAPH_URL=(\S+)", told)
        token, add = found(r"echo (\S+) \| social-bot (.+)", told)
        run(environment, *add.replace("'", "").split(), given=token)
        with running(
            environment, "serve", "--port", str(own_port), output=tmp_path / "serve.txt", url=f"{own}/healthz"
        ):
            run(environment, *found(r"social-bot (page subscribe \S+)", told)[0].split())
            ask(messages, "POST", json={"text": "Kuka auttaa velkojen kanssa?"}).raise_for_status()
            wait_for(lambda: len(ask(messages).json()) > 1)
        (thread,) = json.loads(run(environment, "inbox", "list", "--json"))

    assert thread["inbound"] == 1


def test_without_the_words_that_join_them_practice_says_which_are_missing(environment):
    del environment["SOCIAL_BOT_APP_SECRET"]

    command = [sys.executable, "-m", "social_bot", "practice"]
    done = subprocess.run(command, check=False, env=environment, text=True, stderr=subprocess.PIPE)

    assert done.returncode == 1
    assert "SOCIAL_BOT_APP_SECRET" in done.stderr
    assert "Traceback" not in done.stderr
