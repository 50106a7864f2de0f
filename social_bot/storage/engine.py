"""The database: SQLite by default, PostgreSQL by address; one way to read and one way to write."""

import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Field, Session, SQLModel

from social_bot.storage.cipher import Cipher, blind_index

_INDEX_KEY = "blind-index"
_PATIENCE_OF_POSTGRESQL = {
    "tcp_keepalives_idle": 10,  # seconds
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 25_000,  # milliseconds
    "idle_in_transaction_session_timeout": 60_000,
}


class SecretRow(SQLModel, table=True):
    """A secret of the database's own, drawn once and kept sealed."""

    __tablename__ = "secret"
    name: str = Field(primary_key=True, max_length=40)
    sealed: bytes


class Database:
    """Sessions on one engine, and the cipher for what is kept sealed in it.

    ``read()`` sees one consistent state; ``write()`` commits at the end or rolls back on an exception, and
    on SQLite takes the write lock at once, so that two writers wait for each other instead of failing.
    """

    def __init__(self, engine: Engine, cipher: Cipher) -> None:
        self.engine = engine
        self.cipher = cipher

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session:
            if not self.is_postgresql:
                session.connection().exec_driver_sql("BEGIN")
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            if not self.is_postgresql:
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            yield session

    @property
    def is_postgresql(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    def index(self, value: str) -> str:
        """The blind index under which a sealed value is found."""
        return blind_index(value, self._index_key)

    @cached_property
    def _index_key(self) -> bytes:
        with self.read() as session:
            row = session.get_one(SecretRow, _INDEX_KEY)
            return bytes.fromhex(self.cipher.open(row.sealed))

    def draw_index_key(self) -> None:
        """Once for a new database, before anything is found by a blind index."""
        sealed = self.cipher.seal(secrets.token_hex(32))
        with self.write() as session:
            insert_new(session, SecretRow, [{"name": _INDEX_KEY, "sealed": sealed}])

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str, cipher: Cipher) -> Database:
    """Connect; the schema is ``migrate.upgrade``'s business."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        if address.database and address.database != ":memory:":
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            address,
            connect_args={"check_same_thread": False, "timeout": 15},
            pool_size=40,
            pool_use_lifo=True,  # each connection that was ever used keeps a cache: the fewest are kept in use
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        engine = create_engine(
            address.set(drivername="postgresql+psycopg"),
            pool_size=20,
            max_overflow=20,
            pool_pre_ping=True,
            connect_args={
                "application_name": f"social_bot {os.getpid()}",
                "connect_timeout": 10,
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "tcp_user_timeout": 25_000,
            },
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare_postgresql)
    return Database(engine, cipher)


def insert_new(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, object]]) -> int:
    """Insert the rows that break no unique key, leave the others; how many were new."""
    if not rows:
        return 0
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    )  # the same statement for any number of rows: compiled once
    return session.connection().execute(statement, [dict(row) for row in rows]).rowcount


def _prepare_postgresql(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    """A machine that is cut off holds its row locks, and its lead, no longer than half a minute."""
    del record
    cursor = connection.cursor()
    for name, value in _PATIENCE_OF_POSTGRESQL.items():
        cursor.execute(f"SET {name} = {value}")
    cursor.close()
    connection.commit()


def _prepare_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    del record
    if isinstance(connection, sqlite3.Connection):  # pragma: no branch
        connection.isolation_level = None  # SQLAlchemy and we say BEGIN ourselves
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA busy_timeout = 15000")
    cursor.close()
