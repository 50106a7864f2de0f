"""``social-bot demo`` as a stranger starts it: three addresses, Ctrl-C, and the same data the next time."""

import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.timeout(180)]

LINKED = re.compile(r'<(?:link|script|img)[^>]*?(?:href|src)="([^"]+)"', re.DOTALL)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def _demo(folder: Path, port: int, models_cache: Path) -> Iterator[tuple["subprocess.Popen[str]", list[str]]]:
    """The running demo and the lines that it has printed, once it has told its addresses."""
    process = subprocess.Popen(
        [sys.executable, "-m", "social_bot", "demo", "--port", str(port)],
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "SOCIAL_BOT_DATA_DIR": str(folder / "data"),
            "SOCIAL_BOT_CACHE_DIR": str(models_cache),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: list[str] = []
    is_told = threading.Event()

    def read() -> None:
        for line in process.stdout or ():
            lines.append(line.strip())
            if "Ctrl-C" in line:
                is_told.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert is_told.wait(100), lines
        yield process, lines
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(30)
        reader.join()
        if process.stdout:
            process.stdout.close()


def test_the_demo_is_seen_stopped_and_carried_on(tmp_path: Path, models_cache: Path) -> None:
    port = _free_port()
    with _demo(tmp_path, port, models_cache) as (process, lines):
        addresses = [line.split()[0] for line in lines if line.startswith("http://")]
        with httpx.Client(follow_redirects=True, timeout=30) as browser:
            pages = [browser.get(address) for address in addresses]
            assert len(pages) == 3
            for page in pages:
                assert page.status_code == 200
                parts = {urljoin(str(page.url), path) for path in LINKED.findall(page.text)}
                assert {browser.get(part).status_code for part in parts} == {200}
    assert process.returncode == 0
    assert lines[-1].startswith("Stopped.")
    assert not [line for line in lines if "Traceback" in line]

    with _demo(tmp_path, port, models_cache) as (_, again):
        told = [line for line in again if line.startswith("http://")]
        assert [line.split()[0] for line in told] == addresses
    assert not [line for line in again if "residents have written" in line]
