"""Erasing what is over its time, a batch at a time; how many is in the audit log, in the same transaction.

A room says which rows are over their time and what becomes of them. A sweep that ends in the middle has lost
nothing: what it had erased is written down, and the next one finds the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal, select
from sqlmodel import Session, SQLModel, col

from social_bot.organisation import audit
from social_bot.organisation.alerts import PROGRAM, AlertRow
from social_bot.organisation.directory import Organisation
from social_bot.organisation.retention import Kept

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """``is_over`` is asked of the rows at a moment; ``erase`` is given the ids and may say more for the log."""

    kept: Kept
    id: Any
    is_over: Callable[[Organisation, datetime], ColumnElement[bool]]
    erase: Callable[[Session, Sequence[Any], datetime], str | None]


def count(session: Session, sweep: Sweep, organisation: Organisation, *, now: datetime) -> int:
    """How many rows are over their time."""
    query = select(func.count(sweep.id)).where(sweep.is_over(organisation, now))
    return int(session.connection().execute(query).scalar_one())


def erase_some(
    session: Session, sweep: Sweep, organisation: Organisation, *, now: datetime, limit: int = BATCH
) -> int:
    """Erase the oldest that are over their time; how many. Rows that another process holds are left to it."""
    query = select(sweep.id).where(sweep.is_over(organisation, now)).order_by(sweep.id).limit(limit)
    table = sweep.id.class_
    ids = session.connection().execute(query.with_for_update(skip_locked=True, of=table)).scalars().all()
    if ids:
        more = sweep.erase(session, ids, now)
        detail = f"{len(ids)}{f' {more}' if more else ''}"
        audit.record(
            session,
            at=now,
            actor=PROGRAM,
            action=audit.ERASED,
            subject=f"kept:{sweep.kept.value}",
            detail=detail,
        )
    return len(ids)


def is_waited_for(kind: str, number: Any) -> ColumnElement[bool]:
    """Whether an alert for ``thread:7`` and its like is open: a person has still to look at it."""
    return exists().where(
        and_(
            col(AlertRow.subject) == literal(f"{kind}:") + cast(number, String),
            col(AlertRow.acknowledged_at).is_(None),
            col(AlertRow.settled_at).is_(None),
        )
    )


def delete_rows(table: type[SQLModel], identity: Any) -> Callable[[Session, Sequence[Any], datetime], None]:
    """An ``erase`` that leaves nothing."""

    def erase(session: Session, ids: Sequence[Any], now: datetime) -> None:
        del now
        session.connection().execute(table.__table__.delete().where(identity.in_(ids)))  # type: ignore[attr-defined]

    return erase
