"""The program on a database of its own, SQLite always and PostgreSQL where a server is given."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from social_bot.answering.replies import take_in_shipped
from social_bot.bootstrap import Bot, build
from social_bot.organisation import directory, operators, pages
from social_bot.organisation.roles import Role
from social_bot.settings import Settings
from social_bot.storage import migrate

PAGE = "100200300"
WRITER, APPROVER = "Kirjoittaja 1", "Hyväksyjä"
NOW = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)  # a Wednesday, 9.00 in Helsinki


@dataclass
class Clock:
    """Stands still until moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _databases() -> list[str]:
    return ["sqlite", *(["postgresql"] if os.environ.get("TEST_POSTGRES_URL") else [])]


@pytest.fixture(params=_databases())
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database; the PostgreSQL one is dropped at the end."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'social_bot.db'}"
        return
    address = make_url(os.environ["TEST_POSTGRES_URL"]).set(drivername="postgresql+psycopg")
    name = f"social_bot_test_{uuid.uuid4().hex}"
    server = create_engine(address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield address.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


@pytest.fixture
def new_bot(database_url: str, tmp_path: Path, models_cache: Path) -> Iterator[Bot]:
    """The program with its schema and shipped texts, and nothing else."""
    bot = build(_settings(database_url, tmp_path, models_cache))
    migrate.upgrade(bot.database)
    with bot.database.write() as session:
        take_in_shipped(session, bot.templates, now=NOW)
    yield bot
    bot.close()


@pytest.fixture
def bot(new_bot: Bot) -> Bot:
    """The program with a page, a writer, an approver and the organisation's hours and numbers."""
    with new_bot.database.write() as session:
        operators.add(session, WRITER, [Role.WRITER], now=NOW, by="test")
        operators.add(session, APPROVER, [Role.APPROVER, Role.WRITER], now=NOW, by="test")
        pages.add(
            session,
            PAGE,
            name="Neuvonta",
            token=SecretStr("page-token"),
            is_live=False,
            cipher=new_bot.database.cipher,
            now=NOW,
            by="test",
        )
        for key, value in (
            ("name", "Mallilan aikuissosiaalityö"),
            ("languages", "fi,sv"),
            ("hours", "ma-pe 9-15"),
            ("phone_main", "0XX XXX XXXX"),
            ("social_emergency", "0XX XXX XXX1"),
        ):
            directory.put(session, key, value, now=NOW, by="test", zone=new_bot.settings.zone)
    return new_bot


@pytest.fixture(scope="session")
def models_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all tests and their worker processes, so that the models are trained once."""
    return Path(os.environ.get("SOCIAL_BOT_CACHE_DIR") or tmp_path_factory.getbasetemp().parent / "models")


def _settings(database_url: str, tmp_path: Path, models_cache: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        cache_dir=models_cache,
        database_url=database_url,
        app_id="555000111",
        app_secret=SecretStr("test-app-secret"),
        verify_token=SecretStr("test-verify-token"),
    )
