"""What the benches stand on: an installation of their own, its processes, and a table of what was found."""

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from social_bot.bootstrap import Bot, build
from social_bot.cli.organisation import prepare_database
from social_bot.organisation import directory, operators, pages
from social_bot.organisation.roles import Role
from social_bot.settings import Settings

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
PORT, PRACTICE_PORT = 8400, 8401
PAGE, TOKEN = "100200300", "bench-page-token"
APP_ID, APP_SECRET, VERIFY_TOKEN = "555000111", "bench-app-secret", "bench-verify-token"
WRITER, APPROVER = "Kirjoittaja", "Hyväksyjä"
ENVIRONMENT = {
    "SOCIAL_BOT_APP_ID": APP_ID,
    "SOCIAL_BOT_APP_SECRET": APP_SECRET,
    "SOCIAL_BOT_VERIFY_TOKEN": VERIFY_TOKEN,
    "SOCIAL_BOT_GRAPH_URL": f"http://{HOST}:{PRACTICE_PORT}/graph",
    "SOCIAL_BOT_BASE_URL": f"http://{HOST}:{PORT}",
}
_PATIENCE = 120  # seconds: the first start trains the models
_WIDTHS = (64, 22, 26, 16)


def kinds() -> list[str]:
    """The databases that this run may use."""
    return ["SQLite", *(["PostgreSQL"] if os.environ.get("TEST_POSTGRES_URL") else [])]


@dataclass(frozen=True)
class Installation:
    bot: Bot
    environment: Mapping[str, str]


@contextmanager
def installation(kind: str) -> Iterator[Installation]:
    """A furnished installation in a folder of its own; everything is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as address:
        cache = os.environ.get("SOCIAL_BOT_CACHE_DIR") or str(
            Path(tempfile.gettempdir()) / "social-bot-bench"
        )
        own = {
            **ENVIRONMENT,
            "SOCIAL_BOT_DATA_DIR": folder,
            "SOCIAL_BOT_CACHE_DIR": cache,
            "SOCIAL_BOT_DATABASE_URL": address,
        }
        os.environ.update(own)
        bot = build(Settings())
        prepare_database(bot)
        _furnish(bot)
        try:
            yield Installation(bot, {**os.environ, **own})
        finally:
            bot.close()


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "SQLite":
        yield f"sqlite:///{folder / 'social_bot.db'}"
        return
    server = make_url(os.environ["TEST_POSTGRES_URL"]).set(drivername="postgresql+psycopg")
    name = f"social_bot_bench_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


def _furnish(bot: Bot) -> None:
    now = bot.now()
    with bot.database.write() as session:
        operators.add(session, WRITER, [Role.WRITER], now=now, by="bench")
        operators.add(session, APPROVER, [Role.APPROVER], now=now, by="bench")
        pages.add(
            session,
            PAGE,
            name="Neuvonta",
            token=SecretStr(TOKEN),
            is_live=False,
            cipher=bot.database.cipher,
            now=now,
            by="bench",
        )
        for key, value in (
            ("name", "Mallilan aikuissosiaalityö"),
            ("languages", "fi,sv"),
            ("hours", "ma-pe 9-15"),
            ("phone_main", "0XX XXX XXXX"),
            ("social_emergency", "0XX XXX XXX1"),
        ):
            directory.put(session, key, value, now=now, by="bench", zone=bot.settings.zone)


@contextmanager
def running(
    *command: str, environment: Mapping[str, str], url: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """``python`` with these arguments, answering at ``url`` before the block begins; ended after it."""
    process = subprocess.Popen(
        [sys.executable, *command], env=environment, cwd=ROOT, stderr=subprocess.DEVNULL
    )
    try:
        if url is not None:
            wait_for(url, process)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def serve(place: Installation, *options: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """``social-bot serve`` as a process of its own."""
    return running(
        *("-m", "social_bot", "serve", "--port", str(PORT), *options),
        environment=place.environment,
        url=f"http://{HOST}:{PORT}/healthz",
    )


def practice_page(place: Installation, *options: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A practice Page with 0 ms delay as a process of its own."""
    folder = place.environment["SOCIAL_BOT_DATA_DIR"]
    return running(
        *("-m", "tests.bench.outside", folder, *options),
        environment=place.environment,
        url=f"http://{HOST}:{PRACTICE_PORT}/control/pages/{PAGE}/fault",
    )


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(url, timeout=2, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"{url} does not answer")


def sent_messages(place: Installation, *options: str, count: int, connections: int = 16) -> dict[str, float]:
    """Run the loader as a process of its own; what it found."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", str(count), str(connections), *options],
        cwd=ROOT,
        env=place.environment,
        check=True,
        stdout=subprocess.PIPE,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def wait_until_answered(place: Installation, count: int, *, patience: float) -> None:
    """Until so many messages have come and nothing waits to be sent."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with place.bot.database.read() as session:
            come, waiting = (session.connection().execute(text(query)).scalar_one() for query in _STANDING)
        if come >= count and not waiting:
            return
        time.sleep(0.2)
    raise RuntimeError(f"after {patience:.0f} s {come} of {count} have come and {waiting} wait")


_STANDING = (
    "SELECT count(*) FROM message WHERE direction = 'inbound'",
    "SELECT count(*) FROM message WHERE send_state IN ('pending', 'sending') AND not_before IS NULL",
)


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def head(title: str) -> None:
    print(f"\n{title}")
    line("measured", "figure", "within the same run", "goal")


def line(measured: str, figure: str, ratio: str = "", goal: str = "") -> None:
    cells = (measured, figure, ratio, goal)
    print(
        "  ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip(), flush=True
    )
