"""Bringing a database's schema up to date, on SQLite and PostgreSQL alike."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from social_bot.errors import NotReady
from social_bot.storage.engine import Database

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(database: Database, *, to: str = "head") -> None:
    with database.engine.begin() as connection:
        command.upgrade(_config(connection), to)
    database.draw_index_key()


def downgrade(database: Database, *, to: str = "base") -> None:
    with database.engine.begin() as connection:
        command.downgrade(_config(connection), to)


def is_current(database: Database) -> bool:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def require_current(database: Database) -> None:
    """Raises ``NotReady`` when the schema is older or newer than this program."""
    if not is_current(database):
        raise NotReady("The database is not up to date. Run: social-bot db upgrade")


def _config(connection: object = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
