"""What staff must be told: raised once for a matter, open until a named person takes it or it has settled.

Danger is the exception: only a named person ends it.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from social_bot.errors import NotFound
from social_bot.organisation import audit, operators
from social_bot.organisation.operators import OperatorRow
from social_bot.organisation.roles import Role
from social_bot.storage.engine import insert_new
from social_bot.storage.types import Word

PROGRAM = "social_bot"
"""Who settles what has mended itself."""


class AlertKind(StrEnum):
    """Most urgent first."""

    CRISIS = "crisis"
    CALLBACK_LATE = "callback_late"
    THREAD_WAITS = "thread_waits"
    MESSAGE_UNCONFIRMED = "message_unconfirmed"
    MESSAGE_FAILED = "message_failed"
    TEXT_UNAVAILABLE = "text_unavailable"
    POST_FAILED = "post_failed"
    POST_UNCONFIRMED = "post_unconfirmed"
    POST_MISSED = "post_missed"
    POST_EXPIRED = "post_expired"
    APPROVAL_NEAR = "approval_near"
    SERIES_STANDS = "series_stands"
    EVALUATION_DUE = "evaluation_due"
    PAGE_DISCONNECTED = "page_disconnected"
    SUBSCRIPTION_LOST = "subscription_lost"
    PERMISSION_LOST = "permission_lost"
    ROUTING_LOST = "routing_lost"
    TOKEN_EXPIRING = "token_expiring"  # noqa: S105  (a kind of alert)
    PAGE_PAUSED = "page_paused"
    NUMBER_UNCHECKED = "number_unchecked"
    PURGE_NEAR = "purge_near"
    STOPPED = "stopped"
    TEST = "test"


class AlertRow(SQLModel, table=True):
    """``subject`` is our own id ("post:12", "thread:7", "page:100"), never anything a person wrote.

    ``rounds`` counts how often people were told, see notices.py; nothing is due where ``next_notice_at``
    is None.
    """

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("kind", "subject", "occasion"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: AlertKind = Field(sa_type=Word(AlertKind))
    subject: str = Field(max_length=80, index=True)
    occasion: str = Field(max_length=80)
    raised_at: datetime = Field(index=True)
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = Field(default=None, max_length=160)
    settled_at: datetime | None = None
    settled_by: str | None = Field(default=None, max_length=160)
    rounds: int = 0
    next_notice_at: datetime | None = Field(default=None, index=True)

    @property
    def is_open(self) -> bool:
        return self.acknowledged_at is None and self.settled_at is None


def raise_alert(
    session: Session, kind: AlertKind, subject: str, *, now: datetime, occasion: str = ""
) -> bool:
    """Raise it unless the same matter has been raised; True when it is new.

    ``occasion`` tells apart two happenings of one subject (the attempt's number, the message's id).
    """
    row = {
        "kind": kind,
        "subject": subject,
        "occasion": occasion,
        "raised_at": now,
        "rounds": 0,
        "next_notice_at": now,
    }
    return insert_new(session, AlertRow, [row]) == 1


def raise_while_it_lasts(session: Session, kind: AlertKind, subject: str, *, now: datetime) -> bool:
    """Raise it once for a trouble that goes on: also when taken, it is not raised again before it has settled."""
    lasting = select(AlertRow.id).where(
        AlertRow.kind == kind, AlertRow.subject == subject, col(AlertRow.settled_at).is_(None)
    )
    if session.exec(lasting).first() is not None:
        return False
    return raise_alert(session, kind, subject, now=now, occasion=now.isoformat())


def lasting(session: Session, kind: AlertKind) -> Sequence[AlertRow]:
    """What has been raised and has not settled, whether taken or not."""
    query = select(AlertRow).where(AlertRow.kind == kind, col(AlertRow.settled_at).is_(None))
    return session.exec(query).all()


def unacknowledged(session: Session, *, subject: str | None = None) -> Sequence[AlertRow]:
    """Open alerts, the most urgent kind first, then the oldest."""
    query = select(AlertRow).where(
        col(AlertRow.acknowledged_at).is_(None), col(AlertRow.settled_at).is_(None)
    )
    if subject is not None:
        query = query.where(AlertRow.subject == subject)
    urgency = list(AlertKind)
    rows = session.exec(query.order_by(col(AlertRow.raised_at), col(AlertRow.id))).all()
    return sorted(rows, key=lambda row: urgency.index(row.kind))


def everything(session: Session) -> Sequence[AlertRow]:
    return session.exec(select(AlertRow).order_by(col(AlertRow.id))).all()


def acknowledge(session: Session, alert_id: int, *, by: str, now: datetime) -> AlertRow:
    """A named person takes the matter: this alert and the older ones of its kind and subject.

    What was raised after it has not been seen, and is told at once.
    """
    alert = session.get(AlertRow, alert_id)
    if alert is None:
        raise NotFound("There is no alert {id}.", id=alert_id)
    for row in unacknowledged(session, subject=alert.subject):
        if row.kind is not alert.kind:
            continue
        if (row.id or 0) <= alert_id:
            _take(session, row, by=by, now=now)
        else:
            row.next_notice_at = now
            session.add(row)
    return alert


def take(session: Session, subject: str, *, by: str, now: datetime) -> int:
    """A writer, or somebody who may be on duty, takes what is open for a subject; how many alerts that were."""
    operator = session.get(OperatorRow, by)
    if operator is None or not operator.holds(Role.DUTY):
        operators.require(session, by, Role.WRITER, page_id=operators.ANY_PAGE)
    rows = unacknowledged(session, subject=subject)
    if not rows:
        raise NotFound(
            "No alert is open for {subject}. See them with: social-bot alert list", subject=subject
        )
    for row in rows:
        _take(session, row, by=by, now=now)
    return len(rows)


def settle(
    session: Session, subject: str, *, by: str, now: datetime, kinds: Sequence[AlertKind] | None = None
) -> None:
    """End every alert of a subject whose matter has been settled; danger stays until a person takes it."""
    query = _UNSETTLED if kinds is None else _UNSETTLED.where(col(AlertRow.kind).in_(kinds))
    for row in session.exec(query, params={"subject": subject}).all():
        row.settled_at, row.settled_by, row.next_notice_at = now, by, None
        session.add(row)


def _take(session: Session, row: AlertRow, *, by: str, now: datetime) -> None:
    row.acknowledged_at, row.acknowledged_by, row.next_notice_at = now, by, None
    session.add(row)
    audit.record(session, at=now, actor=by, action="alert.acknowledge", subject=row.subject, detail=row.kind)


_UNSETTLED = select(AlertRow).where(
    AlertRow.subject == bindparam("subject"),
    AlertRow.kind != AlertKind.CRISIS,
    col(AlertRow.settled_at).is_(None),
)
"""Asked after everything that goes out, so built once."""
