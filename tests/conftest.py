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

from social_bot.answering import recognition
from social_bot.answering.phrases import fingerprint
from social_bot.answering.recognition import Models
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
    """A database with the schema and the shipped texts, made once and copied for each test.

    A second one, made from the first, is set up: see ``set_up``.
    """

    def __init__(self, folder: Path, models_cache: Path) -> None:
        self._folder = folder
        self._models_cache = models_cache
        self._names: dict[tuple[str, bool], str] = {}

    def copy(self, kind: str, folder: Path, *, is_set_up: bool = False) -> str:
        """The address of a copy; its key lies in the data folder beside it."""
        mould = self._names.get((kind, is_set_up)) or self._make(kind, is_set_up=is_set_up)
        data = folder / "data"
        data.mkdir(exist_ok=True)
        shutil.copy(self._folder / kind / "data" / "secret.key", data)
        if kind == "sqlite":
            target = folder / "social_bot.db"
            if target.exists():
                raise RuntimeError("A test has one database: take bot or new_bot, not both.")
            return f"sqlite:///{shutil.copy(mould, target)}"
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
        for (kind, _), name in self._names.items():
            if kind == "postgresql":
                _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _make(self, kind: str, *, is_set_up: bool) -> str:
        folder = self._folder / (f"{kind}-set-up" if is_set_up else kind)
        folder.mkdir()
        if is_set_up:
            address = self.copy(kind, folder)
        elif kind == "sqlite":
            address = f"sqlite:///{folder / 'mould.db'}"
        else:
            name = f"social_bot_mould_{uuid.uuid4().hex}"
            _on_server(f'CREATE DATABASE "{name}"')
            address = _address(name)
        bot = build(_settings(address, folder, self._models_cache))
        if is_set_up:
            set_up(bot)
        else:
            migrate.upgrade(bot.database)
            with bot.database.write() as session:
                take_in_shipped(session, bot.templates, now=NOW)
        if kind == "sqlite":
            with bot.database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        bot.close()
        self._names[kind, is_set_up] = name = str(make_url(address).database)
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
def new_bot(database_kind: str, mould: Mould, tmp_path: Path, models_cache: Path) -> Iterator[Bot]:
    """The program with its schema and shipped texts, and nothing else."""
    with _program(mould.copy(database_kind, tmp_path), tmp_path, models_cache) as bot:
        yield bot


@pytest.fixture
def bot(database_kind: str, mould: Mould, tmp_path: Path, models_cache: Path) -> Iterator[Bot]:
    """The program, set up."""
    with _program(mould.copy(database_kind, tmp_path, is_set_up=True), tmp_path, models_cache) as bot:
        yield bot


@contextmanager
def _program(address: str, folder: Path, models_cache: Path) -> Iterator[Bot]:
    """The program on a database of its own; the one on PostgreSQL is dropped at the end."""
    bot = build(_settings(address, folder, models_cache))
    yield bot
    bot.close()
    if bot.database.is_postgresql:
        _on_server(f'DROP DATABASE "{make_url(address).database}" WITH (FORCE)')


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


@pytest.fixture(scope="session", autouse=True)
def _models_are_put_together_once() -> Iterator[None]:
    """All programs of one process share the models of the same phrases, as threads of one program do."""
    load = recognition.load_models
    loaded: dict[tuple[Path, str], Models] = {}

    def load_once(templates: Path, *, cache: Path) -> Models:
        key = cache, fingerprint(templates)
        if key not in loaded:
            loaded[key] = load(templates, cache=cache)
        return loaded[key]

    recognition.load_models = load_once
    yield
    recognition.load_models = load


def _settings(database_url: str, tmp_path: Path, models_cache: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        cache_dir=models_cache,
        database_url=database_url,
        app_id="555000111",
        app_secret=SecretStr("test-app-secret"),
        verify_token=SecretStr("test-verify-token"),
    )
