"""One process at a time keeps house, whichever machine it runs on.

On PostgreSQL that is the one that holds an advisory lock on a connection of its own: when the process ends,
or its machine is cut off, the server lets go of the lock and the next one who asks takes over. SQLite is one
machine, whose writers wait for each other: every process may keep house there.
"""

import logging
import threading

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from social_bot.storage.engine import Database
from social_bot.storage.locks import Lock

SILENT_SECONDS = 60
"""A leader that asks no more is dropped by the server after this; the worker asks every ten seconds."""

log = logging.getLogger(__name__)


class Leadership:
    """Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    def is_ours(self) -> bool:
        """Whether this process keeps house now; asks the server, and steps up where nobody does."""
        if not self._database.is_postgresql:
            return True
        with self._lock:
            return self._still_holds() or self._takes()

    def resign(self) -> None:
        """Let the next one take over at once."""
        with self._lock:
            if self._connection is not None:
                self._drop(self._connection)

    def _still_holds(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            log.warning("the housekeeping is given up: its connection is gone")
            self._drop(self._connection)
            return False
        return True

    def _takes(self) -> bool:
        connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            has_it = connection.scalar(
                text("SELECT pg_try_advisory_lock(:key)"), {"key": Lock.HOUSEKEEPING.value}
            )
            if has_it:  # a process that stands still, on a machine that lives, must not lead for ever
                connection.execute(text(f"SET idle_session_timeout = '{SILENT_SECONDS}s'"))
        except SQLAlchemyError:
            self._drop(connection)
            raise
        if not has_it:
            connection.close()
            return False
        self._connection = connection
        log.info("this process keeps house now")
        return True

    def _drop(self, connection: Connection) -> None:
        """Closed for good, not given back to the pool: the lock goes with the connection."""
        self._connection = None
        connection.invalidate()
        connection.close()
