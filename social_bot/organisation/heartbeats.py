"""The workers' heartbeats: whether anything that is to happen would happen now."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col, func, select

SILENT_AFTER = timedelta(minutes=5)
_FORGOTTEN_AFTER = timedelta(days=1)


class HeartbeatRow(SQLModel, table=True):
    __tablename__ = "worker_heartbeat"
    name: str = Field(primary_key=True, max_length=120)
    beaten_at: datetime


def beat(session: Session, name: str, *, now: datetime) -> None:
    session.merge(HeartbeatRow(name=name, beaten_at=now))
    session.flush()  # before the old ones go: this one may have been among them
    forgotten = col(HeartbeatRow.beaten_at) < now - _FORGOTTEN_AFTER
    session.connection().execute(delete(HeartbeatRow).where(forgotten))


def everyone(session: Session) -> Mapping[str, datetime]:
    """When each worker of the last day was heard of."""
    return {row.name: row.beaten_at for row in session.exec(select(HeartbeatRow))}


def silent_since(session: Session, *, now: datetime) -> datetime | None:
    """When the last worker was heard of, where that is too long ago; None where none has ever worked."""
    last = session.exec(select(func.max(HeartbeatRow.beaten_at))).one()
    return last if last is not None and now - last > SILENT_AFTER else None
