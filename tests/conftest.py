"""The program on a database of its own, SQLite always and PostgreSQL where a server is given."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, text
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


Shape = Callable[[Bot], object]
"""What is done to a program before a test begins."""


class Mould:
    """Databases with the schema and the shipped texts, made once and copied for each test.

    Each sequence of shapes that is asked for is made once, from the one before its last.
    """

    def __init__(self, folder: Path, models_cache: Path) -> None:
        self._folder = folder
        self._models_cache = models_cache
        self._made: dict[tuple[str, Sequence[Shape]], tuple[str, Path]] = {}

    def copy(self, kind: str, folder: Path, shapes: Sequence[Shape] = ()) -> str:
        """The address of a copy; what belongs to it lies in the data folder beside it."""
        mould, data = self._made.get((kind, shapes)) or self._make(kind, shapes)
        shutil.copytree(data, folder / "data", dirs_exist_ok=True)
        if kind == "sqlite":
            target = folder / "social_bot.db"
            if target.exists():
                raise RuntimeError("A test has one database: take bot or new_bot, not both.")
            return f"sqlite:///{shutil.copy(mould, target)}"
        name = f"social_bot_test_{uuid.uuid4().hex}"
        _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{mould}" {_cheapest_copy()}')
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
        for (kind, _), (name, _) in self._made.items():
            if kind == "postgresql":
                _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _make(self, kind: str, shapes: Sequence[Shape]) -> tuple[str, Path]:
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        if shapes:
            address = self.copy(kind, folder, shapes[:-1])
        elif kind == "sqlite":
            address = f"sqlite:///{folder / 'mould.db'}"
        else:
            name = f"social_bot_mould_{uuid.uuid4().hex}"
            _on_server(f'CREATE DATABASE "{name}"')
            address = _address(name)
        bot = build(_settings(address, folder, self._models_cache))
        if shapes:
            shapes[-1](bot)
        else:
            migrate.upgrade(bot.database)
            with bot.database.write() as session:
                take_in_shipped(session, bot.templates, now=NOW)
        if kind == "sqlite":
            with bot.database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        bot.close()
        self._made[kind, shapes] = made = str(make_url(address).database), folder / "data"
        return made


def _on_server(statement: str) -> None:
    with _server().connect() as connection:
        connection.execute(text(statement))


def _cheapest_copy() -> str:
    """Where PostgreSQL lets one choose (from 15 on), the way that takes half the time of the other."""
    with _server().connect() as connection:
        version = connection.dialect.server_version_info or (0,)
    return "STRATEGY FILE_COPY" if version >= (15,) else ""


@cache
def _server() -> Engine:
    """One connection for all copies of this process, as each test needs two statements."""
    return create_engine(_address("postgres"), isolation_level="AUTOCOMMIT", pool_pre_ping=True)


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
def shapes() -> Sequence[Shape]:
    """What ``bot`` has been through."""
    return (set_up,)


@pytest.fixture
def bot(
    database_kind: str, mould: Mould, shapes: Sequence[Shape], tmp_path: Path, models_cache: Path
) -> Iterator[Bot]:
    """The program, set up."""
    with _program(mould.copy(database_kind, tmp_path, shapes), tmp_path, models_cache) as bot:
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
