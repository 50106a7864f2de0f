"""Bringing a database's schema up to date, on SQLite and PostgreSQL alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from social_bot.errors import NotReady
from social_bot.storage.engine import Database
from social_bot.storage.locks import Lock, pass_alone

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(database: Database, *, to: str = "head") -> None:
    """Whole or not at all; of several who upgrade at the same time one does it, and the others find it done."""
    with _alone(database) as connection:
        command.upgrade(_config(connection), to)
    database.draw_index_key()


def downgrade(database: Database, *, to: str = "base") -> None:
    with _alone(database) as connection:
        command.downgrade(_config(connection), to)


def is_current(database: Database) -> bool:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def require_current(database: Database) -> None:
    """Raises ``NotReady`` when the schema is older or newer than this program."""
    if not is_current(database):
        raise NotReady("The database is not up to date. Run: social-bot db upgrade")


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """A transaction in which nobody else changes the schema."""
    with database.engine.connect() as connection:
        if database.is_postgresql:
            pass_alone(connection, Lock.SCHEMA)
            yield connection
            connection.commit()
            return
        # SQLite alters a table by making it anew: what refers to it is checked at the end, not on the way.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise NotReady(
                    "The database refers to rows that are not there, in the table {table}.", table=broken[0]
                )
            connection.commit()
        finally:
            connection.rollback()
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")


def _config(connection: object = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
