"""The program on a database of its own, SQLite always and PostgreSQL where a server is given."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
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
from tests.leaks import _watched, nothing_leaks  # noqa: F401  (fixtures of every test)

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


def databases() -> list[str]:
    """Those that this run may use."""
    return ["sqlite", *(["postgresql"] if os.environ.get("TEST_POSTGRES_URL") else [])]


class Mould:
    """A database with the schema and the shipped texts, made once and copied for each test."""

    def __init__(self, folder: Path, models_cache: Path) -> None:
        self._folder = folder
        self._models_cache = models_cache
        self._names: dict[str, str] = {}

    def copy(self, kind: str, folder: Path) -> str:
        """The address of a copy; its key lies in the data folder beside it."""
        mould = self._names.get(kind) or self._make(kind)
        data = folder / "data"
        data.mkdir(exist_ok=True)
        shutil.copy(self._folder / kind / "data" / "secret.key", data)
        if kind == "sqlite":
            return f"sqlite:///{shutil.copy(mould, folder / 'social_bot.db')}"
        name = f"social_bot_test_{uuid.uuid4().hex}"
        _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{mould}"')
        return _address(name)

    def has(self, kind: str) -> bool:
        return kind in databases()

    @contextmanager
    def empty(self, kind: str, path: Path) -> Iterator[str]:
        """The address of a database without any table."""
        if kind == "sqlite":
            yield f"sqlite:///{path}"
            return
        name = f"social_bot_test_{uuid.uuid4().hex}"
        _on_server(f'CREATE DATABASE "{name}"')
        yield _address(name)
        _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')

    def drop(self) -> None:
        if "postgresql" in self._names:
            _on_server(f'DROP DATABASE "{self._names["postgresql"]}" WITH (FORCE)')

    def _make(self, kind: str) -> str:
        folder = self._folder / kind
        folder.mkdir()
        name = str(folder / "mould.db") if kind == "sqlite" else f"social_bot_mould_{uuid.uuid4().hex}"
        if kind == "postgresql":
            _on_server(f'CREATE DATABASE "{name}"')
        bot = build(
            _settings(f"sqlite:///{name}" if kind == "sqlite" else _address(name), folder, self._models_cache)
        )
        migrate.upgrade(bot.database)
        with bot.database.write() as session:
            take_in_shipped(session, bot.templates, now=NOW)
        if kind == "sqlite":
            with bot.database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        bot.close()
        self._names[kind] = name
        return name


def _on_server(statement: str) -> None:
    server = create_engine(_address("postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(statement))
    server.dispose()


def _address(database: str) -> str:
    server = make_url(os.environ["TEST_POSTGRES_URL"]).set(drivername="postgresql+psycopg", database=database)
    return server.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def mould(tmp_path_factory: pytest.TempPathFactory, models_cache: Path) -> Iterator[Mould]:
    mould = Mould(tmp_path_factory.mktemp("mould"), models_cache)
    yield mould
    mould.drop()


@pytest.fixture(params=databases())
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, mould: Mould, tmp_path: Path) -> Iterator[str]:
    """A database with the schema and the shipped texts; the PostgreSQL one is dropped at the end."""
    address = mould.copy(database_kind, tmp_path)
    yield address
    if database_kind == "postgresql":
        _on_server(f'DROP DATABASE "{make_url(address).database}" WITH (FORCE)')


@pytest.fixture
def new_bot(database_url: str, tmp_path: Path, models_cache: Path) -> Iterator[Bot]:
    """The program with its schema and shipped texts, and nothing else."""
    bot = build(_settings(database_url, tmp_path, models_cache))
    yield bot
    bot.close()


@pytest.fixture
def bot(new_bot: Bot) -> Bot:
    set_up(new_bot)
    return new_bot


def set_up(new_bot: Bot) -> None:
    """A page, a writer, an approver and the organisation's hours and numbers."""
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
