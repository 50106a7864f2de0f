"""Who did what and when: a chain of entries, each sealed by the hash of the one before.

Subjects are our own ids and keys; no message text, number or name of a resident is ever an argument here.
"""

import hashlib
import json
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, inspect
from sqlalchemy import select as sql_select
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.storage.locks import Lock, pass_alone

_AT_ONCE = 1000
ERASED, OLD_ENTRIES = "purge.erase", "kept:audit"
"""What the log says when its own beginning was erased, see sweeping.py."""


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


@dataclass(frozen=True, kw_only=True)
class Chain:
    """How the log stands. ``lacks_expected``: a hash that was kept elsewhere is in it no more.

    Entries that are cut off at the end leave a chain that holds; only a hash kept elsewhere shows it.
    """

    count: int
    head: str
    first_broken: int | None
    lacks_expected: bool

    @property
    def holds(self) -> bool:
        return self.first_broken is None and not self.lacks_expected


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which entries to look at; ``kind`` is the first word of an action, ``before_id`` goes on from a page."""

    actor: str | None = None
    kind: str | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    before_id: int | None = None


def record(
    session: Session, *, at: datetime, actor: str, action: str, subject: str, detail: str = ""
) -> None:
    """Append an entry in the caller's transaction: what is rolled back was never done."""
    pass_alone(session.connection(), Lock.AUDIT_CHAIN)
    session.flush()
    last = session.exec(select(AuditEntryRow.hash).order_by(col(AuditEntryRow.id).desc()).limit(1)).first()
    entry = AuditEntryRow(
        at=at, actor=actor, action=action, subject=subject, detail=detail, previous_hash=last or "", hash=""
    )
    entry.hash = _hash(entry)
    session.add(entry)
    session.flush()


def verify(session: Session, *, expected: str | None = None) -> Chain:
    """Walk the whole chain, a thousand entries at a time, up to the first that is broken.

    Its beginning may have been erased after its time, where an entry further on tells so.
    """
    begins = session.exec(
        select(AuditEntryRow.previous_hash).order_by(col(AuditEntryRow.id)).limit(1)
    ).first()
    previous = begins if begins and _tells_of_erasing(session, begins) else ""
    count, is_there = 0, expected in (None, previous or None)
    query = sql_select(*inspect(AuditEntryRow).columns).order_by(col(AuditEntryRow.id))
    with session.connection().execute(query.execution_options(yield_per=_AT_ONCE)) as entries:
        for entry in entries:
            if entry.previous_hash != previous or entry.hash != _hash(entry):
                return Chain(count=count, head=previous, first_broken=entry.id, lacks_expected=not is_there)
            count, previous = count + 1, entry.hash
            is_there = is_there or entry.hash == expected
    return Chain(count=count, head=previous, first_broken=None, lacks_expected=not is_there)


def forget_before(session: Session, last_id: int) -> str:
    """Erase the beginning of the log, up to this entry; the seal of the last one, which the log must go on naming.

    The caller records it at the end of ``detail``: ``verify`` takes a log that does not begin at the
    beginning only where one of its own entries says so.
    """
    seal = session.exec(select(AuditEntryRow.hash).where(AuditEntryRow.id == last_id)).one()
    session.connection().execute(delete(AuditEntryRow).where(col(AuditEntryRow.id) <= last_id))
    return seal


def first_broken(session: Session) -> int | None:
    """The id of the first entry whose hash or chain does not hold, or None when all hold."""
    return verify(session).first_broken


def every_entry(session: Session) -> Generator[AuditEntryRow, None, None]:
    """From the first on, never all in memory."""
    query = select(AuditEntryRow).order_by(col(AuditEntryRow.id))
    with closing(session.exec(query.execution_options(yield_per=_AT_ONCE))) as entries:
        for part in entries.partitions():
            yield from part
            for entry in part:
                session.expunge(entry)


def look(session: Session, by: Filter, *, limit: int) -> Sequence[AuditEntryRow]:
    """The newest entries first."""
    query = select(AuditEntryRow).order_by(col(AuditEntryRow.id).desc()).limit(limit)
    if by.actor is not None:
        query = query.where(AuditEntryRow.actor == by.actor)
    if by.kind is not None:
        query = query.where(
            col(AuditEntryRow.action).in_((by.kind,))
            | col(AuditEntryRow.action).startswith(f"{by.kind}.", autoescape=True)
        )
    if by.begins is not None:
        query = query.where(col(AuditEntryRow.at) >= by.begins)
    if by.ends is not None:
        query = query.where(col(AuditEntryRow.at) < by.ends)
    if by.before_id is not None:
        query = query.where(col(AuditEntryRow.id) < by.before_id)
    return session.exec(query).all()


def _tells_of_erasing(session: Session, seal: str) -> bool:
    told = select(AuditEntryRow.id).where(
        AuditEntryRow.action == ERASED,
        AuditEntryRow.subject == OLD_ENTRIES,
        col(AuditEntryRow.detail).endswith(f" {seal}", autoescape=True),
    )
    return session.exec(told.limit(1)).first() is not None


def _hash(entry: AuditEntryRow | Row[Any]) -> str:
    content = [
        entry.previous_hash,
        entry.at.isoformat(),
        entry.actor,
        entry.action,
        entry.subject,
        entry.detail,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
