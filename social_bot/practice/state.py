"""What the practice Page remembers: its rows, and the one SQLite file that holds them."""

import logging
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, BigInteger, Connection, Engine, ForeignKey, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import TypeDecorator

_LOG = logging.getLogger(__name__)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as whole milliseconds since 1970: SQLite has no time zones."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        del dialect
        return None if value is None else round(value.timestamp() * 1000)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012  (read by SQLAlchemy)


class NumberRow(Base):
    """Hands out numbers: the ids of posts, photos and comments are made of them."""

    __tablename__ = "number"
    id: Mapped[int] = mapped_column(primary_key=True)


class PageRow(Base):
    __tablename__ = "page"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    app_id: Mapped[str]  # the default app: the one that may speak while nobody owns the thread
    followers: Mapped[int] = mapped_column(default=250)
    created_at: Mapped[datetime]
    subscribed_fields: Mapped[list[Any]] = mapped_column(default=list)
    messenger_profile: Mapped[dict[str, Any]] = mapped_column(default=dict)
    fault: Mapped[dict[str, Any]] = mapped_column(default=dict)
    token_expires_at: Mapped[datetime | None]


class PostRow(Base):
    """``author_id`` is the Page's id or a resident's. ``readable_at`` is later than ``created_at`` under read lag."""

    __tablename__ = "post"
    id: Mapped[str] = mapped_column(primary_key=True)
    page_id: Mapped[str] = mapped_column(ForeignKey("page.id"), index=True)
    author_id: Mapped[str]
    app_id: Mapped[str | None]
    message: Mapped[str | None]
    link: Mapped[str | None]
    status_type: Mapped[str]
    is_published: Mapped[bool]
    is_hidden: Mapped[bool] = mapped_column(default=False)
    is_pinned: Mapped[bool] = mapped_column(default=False)
    scheduled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    readable_at: Mapped[datetime]
    shares: Mapped[int] = mapped_column(default=0)


class PhotoRow(Base):
    """``content`` is None for a photo given by address: the practice Page never fetches anything."""

    __tablename__ = "photo"
    id: Mapped[str] = mapped_column(primary_key=True)
    page_id: Mapped[str] = mapped_column(ForeignKey("page.id"), index=True)
    post_id: Mapped[str | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    content: Mapped[bytes | None]
    media_type: Mapped[str | None]
    source_url: Mapped[str | None]
    caption: Mapped[str | None]
    alt_text: Mapped[str | None]
    created_at: Mapped[datetime]
    readable_at: Mapped[datetime]


class CommentRow(Base):
    __tablename__ = "comment"
    id: Mapped[str] = mapped_column(primary_key=True)
    page_id: Mapped[str] = mapped_column(ForeignKey("page.id"))
    post_id: Mapped[str] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[str]
    author_name: Mapped[str]
    message: Mapped[str]
    attachment_url: Mapped[str | None]
    is_hidden: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    readable_at: Mapped[datetime]
    private_reply_mid: Mapped[str | None]


class ReactionRow(Base):
    """One person's one reaction to a post or comment (``object_id``)."""

    __tablename__ = "reaction"
    object_id: Mapped[str] = mapped_column(primary_key=True)
    author_id: Mapped[str] = mapped_column(primary_key=True)
    author_name: Mapped[str]
    kind: Mapped[str]
    created_at: Mapped[datetime]


class ResidentRow(Base):
    """A person: ``psid`` in Messenger, ``author_id`` in comments; Meta never lets the two be joined."""

    __tablename__ = "resident"
    page_id: Mapped[str] = mapped_column(ForeignKey("page.id"), primary_key=True)
    psid: Mapped[str] = mapped_column(primary_key=True)
    author_id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    has_blocked_page: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class ThreadRow(Base):
    """``owner_app_id`` None means idle: only the Page's default app, ours, may speak."""

    __tablename__ = "thread"
    id: Mapped[str] = mapped_column(primary_key=True)
    page_id: Mapped[str] = mapped_column(ForeignKey("page.id"), index=True)
    psid: Mapped[str] = mapped_column(index=True)
    owner_app_id: Mapped[str | None]
    owned_until: Mapped[datetime | None]
    last_inbound_at: Mapped[datetime | None]
    typing_until: Mapped[datetime | None]
    updated_at: Mapped[datetime]

    def is_held_by_another_than(self, app_id: str) -> bool:
        return self.owner_app_id is not None and self.owner_app_id != app_id


class MessageRow(Base):
    """``content`` is what was sent beside the text: quick replies, buttons, an attachment, a pressed payload."""

    __tablename__ = "message"
    number: Mapped[int] = mapped_column(primary_key=True)
    mid: Mapped[str] = mapped_column(unique=True)
    thread_id: Mapped[str] = mapped_column(ForeignKey("thread.id"), index=True)
    is_from_page: Mapped[bool]
    app_id: Mapped[str | None]
    text: Mapped[str | None]
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class OutboxRow(Base):
    """One webhook event on its way: ``item`` belongs into the entry's list ``section``."""

    __tablename__ = "outbox"
    number: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[str] = mapped_column(ForeignKey("page.id"))
    section: Mapped[str]
    item: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Store:
    """The database file; every transaction takes the write lock first, so that none fails half-way.

    A file of another version of the program is set aside as ``….old`` and a new one begun: a rehearsal may
    be played again, it needs no migrations.
    """

    def __init__(self, database: Path) -> None:
        database.parent.mkdir(parents=True, exist_ok=True)
        if database.exists() and _schema_of(database) != _SCHEMA:
            _LOG.warning(
                "The practice Page's data is of another version; it is kept as %s.old", database.name
            )
            _set_aside(database)
        self._engine: Engine = create_engine(f"sqlite:///{database}", connect_args={"timeout": 30})
        event.listen(self._engine, "connect", _prepare_connection)
        event.listen(self._engine, "begin", _begin)
        with self._engine.begin() as connection:
            Base.metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {_SCHEMA}")

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Committed at the end, rolled back on any error."""
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        self._engine.dispose()


def new_number(session: Session) -> str:
    """A new id as long as Meta's, never given twice."""
    row = NumberRow()
    session.add(row)
    session.flush()
    return str(122_100_000_000_000 + row.id * 7919)


def _schema_number() -> int:
    """Another number for every change of a table; as ``user_version`` takes it, 31 bits."""
    tables = "".join(str(CreateTable(table)) for table in Base.metadata.sorted_tables)
    return zlib.crc32(tables.encode()) >> 1


_SCHEMA = _schema_number()


def _schema_of(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _set_aside(database: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        part = database.with_name(database.name + suffix)
        if part.exists():
            part.replace(database.with_name(f"{database.name}.old{suffix}"))


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _prepare_connection(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    del entry
    connection.isolation_level = None  # SQLAlchemy's own BEGIN, see its page on SQLite
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
