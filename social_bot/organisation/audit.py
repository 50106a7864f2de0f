"""Who did what and when: a chain of entries, each sealed by the hash of the one before.

Subjects are our own ids and keys; no message text, number or name of a resident is ever an argument here.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Field, Session, SQLModel, col, select

_CHAIN_LOCK = 7_020_511  # any number of our own: one appender at a time on PostgreSQL


class AuditEntryRow(SQLModel, table=True):
    __tablename__ = "audit_entry"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    actor: str = Field(max_length=160)
    action: str = Field(max_length=60)
    subject: str = Field(max_length=200)
    detail: str = ""
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64, unique=True)


def record(
    session: Session, *, at: datetime, actor: str, action: str, subject: str, detail: str = ""
) -> None:
    """Append an entry in the caller's transaction: what is rolled back was never done."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    session.flush()
    last = session.exec(select(AuditEntryRow.hash).order_by(col(AuditEntryRow.id).desc()).limit(1)).first()
    entry = AuditEntryRow(
        at=at, actor=actor, action=action, subject=subject, detail=detail, previous_hash=last or "", hash=""
    )
    entry.hash = _hash(entry)
    session.add(entry)
    session.flush()


def first_broken(session: Session) -> int | None:
    """The id of the first entry whose hash or chain does not hold, or None when all hold."""
    previous = ""
    for entry in _entries(session):
        if entry.previous_hash != previous or entry.hash != _hash(entry):
            return entry.id
        previous = entry.hash
    return None


def _entries(session: Session) -> Sequence[AuditEntryRow]:
    return session.exec(select(AuditEntryRow).order_by(col(AuditEntryRow.id))).all()


def _hash(entry: AuditEntryRow) -> str:
    content = [
        entry.previous_hash,
        entry.at.isoformat(),
        entry.actor,
        entry.action,
        entry.subject,
        entry.detail,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
