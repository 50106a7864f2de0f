"""Links with which somebody sets up their own sign-in: for one person, for one day, to be used once."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.errors import NotAllowed
from social_bot.organisation import audit, operators

LASTS = timedelta(hours=24)


class InvitationRow(SQLModel, table=True):
    __tablename__ = "invitation"
    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    operator: str = Field(max_length=120, foreign_key="operator.name", index=True)
    invited_by: str = Field(max_length=160)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    withdrawn_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.used_at is None and self.withdrawn_at is None and now < self.expires_at


def invite(session: Session, operator: str, *, now: datetime, by: str) -> str:
    """The token of a new link; a link made before for the same person works no more."""
    if not operators.get(session, operator).is_active:
        raise NotAllowed('"{name}" does not work here any more. Ask an administrator.', name=operator)
    _withdraw_open(session, operator, now=now)
    token = secrets.token_urlsafe(32)
    session.add(
        InvitationRow(
            token_hash=_hash(token), operator=operator, invited_by=by, created_at=now, expires_at=now + LASTS
        )
    )
    audit.record(session, at=now, actor=by, action="invitation.make", subject=operator)
    return token


def withdraw(session: Session, operator: str, *, now: datetime, by: str) -> None:
    if _withdraw_open(session, operator, now=now):
        audit.record(session, at=now, actor=by, action="invitation.withdraw", subject=operator)


def find(session: Session, token: str, *, now: datetime) -> InvitationRow:
    """The open invitation. Raises ``NotAllowed`` for one that is used, withdrawn, too old or none."""
    row = session.exec(select(InvitationRow).where(InvitationRow.token_hash == _hash(token))).first()
    if row is None or not row.is_open(now) or not operators.get(session, row.operator).is_active:
        raise NotAllowed(
            "This invitation works no more: it is used, withdrawn or older than a day."
            " Ask an administrator for a new one."
        )
    return row


def use(session: Session, token: str, *, now: datetime) -> str:
    """Whose it is; of two requests with one link, one gets through. Raises ``NotAllowed`` as ``find``."""
    row = find(session, token, now=now)
    used = session.connection().execute(
        update(InvitationRow)
        .where(col(InvitationRow.id) == row.id, col(InvitationRow.used_at).is_(None))
        .values(used_at=now)
    )
    if used.rowcount != 1:
        raise NotAllowed("This invitation has just been used.")
    audit.record(session, at=now, actor=row.operator, action="invitation.use", subject=row.operator)
    return row.operator


def open_ones(session: Session, *, now: datetime) -> Sequence[InvitationRow]:
    rows = session.exec(select(InvitationRow).where(col(InvitationRow.expires_at) > now)).all()
    return [row for row in rows if row.is_open(now)]


def _withdraw_open(session: Session, operator: str, *, now: datetime) -> int:
    result = session.connection().execute(
        update(InvitationRow)
        .where(
            col(InvitationRow.operator) == operator,
            col(InvitationRow.used_at).is_(None),
            col(InvitationRow.withdrawn_at).is_(None),
            col(InvitationRow.expires_at) > now,
        )
        .values(withdrawn_at=now)
    )
    return result.rowcount


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
