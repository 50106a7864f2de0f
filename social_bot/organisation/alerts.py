"""What staff must be told: raised once for a matter, open until somebody acknowledges it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from social_bot.errors import NotFound
from social_bot.organisation import audit
from social_bot.storage.types import Word


class AlertKind(StrEnum):
    """Most urgent first."""

    CRISIS = "crisis"
    CALLBACK_LATE = "callback_late"
    MESSAGE_UNCONFIRMED = "message_unconfirmed"
    MESSAGE_FAILED = "message_failed"
    TEXT_UNAVAILABLE = "text_unavailable"
    POST_FAILED = "post_failed"
    POST_UNCONFIRMED = "post_unconfirmed"
    POST_MISSED = "post_missed"
    PAGE_PAUSED = "page_paused"
    PAGE_DISCONNECTED = "page_disconnected"


class AlertRow(SQLModel, table=True):
    """``subject`` is our own id ("post:12", "thread:7", "page:100"), never anything a person wrote."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("kind", "subject", "occasion"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: AlertKind = Field(sa_type=Word(AlertKind))
    subject: str = Field(max_length=80, index=True)
    occasion: str = Field(max_length=80)
    raised_at: datetime = Field(index=True)
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = Field(default=None, max_length=160)


def raise_alert(
    session: Session, kind: AlertKind, subject: str, *, now: datetime, occasion: str = ""
) -> bool:
    """Raise it unless the same matter has been raised; True when it is new.

    ``occasion`` tells apart two happenings of one subject (the attempt's number, the message's id).
    """
    known = select(AlertRow.id).where(
        AlertRow.kind == kind, AlertRow.subject == subject, AlertRow.occasion == occasion
    )
    if session.exec(known).first() is not None:
        return False
    session.add(AlertRow(kind=kind, subject=subject, occasion=occasion, raised_at=now))
    session.flush()
    return True


def unacknowledged(session: Session) -> Sequence[AlertRow]:
    """Open alerts, the most urgent kind first, then the oldest."""
    rows = session.exec(
        select(AlertRow).where(col(AlertRow.acknowledged_at).is_(None)).order_by(col(AlertRow.raised_at))
    ).all()
    urgency = list(AlertKind)
    return sorted(rows, key=lambda row: urgency.index(row.kind))


def acknowledge(session: Session, alert_id: int, *, by: str, now: datetime) -> AlertRow:
    alert = session.get(AlertRow, alert_id)
    if alert is None:
        raise NotFound("There is no alert {id}.", id=alert_id)
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = now, by
        session.add(alert)
        audit.record(
            session, at=now, actor=by, action="alert.acknowledge", subject=alert.subject, detail=alert.kind
        )
    return alert


def settle(session: Session, subject: str, *, by: str, now: datetime) -> None:
    """Acknowledge every open alert of a subject whose matter has been settled."""
    for alert in session.exec(
        select(AlertRow).where(AlertRow.subject == subject, col(AlertRow.acknowledged_at).is_(None))
    ).all():
        alert.acknowledged_at, alert.acknowledged_by = now, by
        session.add(alert)
