"""Doing a thing alone, across processes and machines: PostgreSQL's advisory locks, each with a number of our own.

SQLite needs none of them: whoever writes there holds the one write lock.
"""

from enum import IntEnum

from sqlalchemy import Connection, text


class Lock(IntEnum):
    SENDING = 7_020_512  # senders share it, whoever changes what may be sent has it alone
    AUDIT_CHAIN = 7_020_511
    HOUSEKEEPING = 7_020_530  # held by one process as long as it lives, see leadership.py
    SCHEMA = 7_020_531
    SHIPPED_TEXTS = 7_020_532


def pass_alone(connection: Connection, lock: Lock) -> None:
    """Wait until nobody else is past here; ends with the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock.value})


def pass_with_others(connection: Connection, lock: Lock) -> None:
    """Wait only for who passes alone; ends with the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": lock.value})
