"""Tokens with which another program of the organisation reads figures: the program holds a token, we its hash.

A token reads, and nothing else. Without named pages it reads every page and what belongs to none of them;
with named pages, those alone.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hmac import compare_digest

from sqlalchemy import JSON, Column, update
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.errors import InvalidInput, NotFound
from social_bot.organisation import audit, operators, pages
from social_bot.organisation.roles import Role

PREFIX = "sb1_"
"""So that a token which has got among other things is known for what it is."""

LONGEST_NAME = 80
LASTS_DAYS = (90, 180, 365)
LONGEST_DAYS = 365


class ApiTokenRow(SQLModel, table=True):
    """``page_ids`` empty: every page, and the organisation. ``last_used_on`` is a day, and no more is kept."""

    __tablename__ = "api_token"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    token_hash: str = Field(max_length=64, unique=True)
    page_ids: list[str] = Field(sa_column=Column(JSON, nullable=False))
    created_by: str = Field(max_length=160)
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None = None
    revoked_by: str | None = Field(default=None, max_length=160)
    revoked_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at

    @property
    def reads_everything(self) -> bool:
        return not self.page_ids

    def reads(self, page_id: str) -> bool:
        return self.reads_everything or page_id in self.page_ids


def make(
    session: Session, name: str, *, page_ids: Sequence[str] = (), days: int, now: datetime, by: str
) -> tuple[ApiTokenRow, str]:
    """By an administrator; the token is returned and kept nowhere."""
    operators.require(session, by, Role.ADMINISTRATOR)
    return add(session, name, page_ids=page_ids, days=days, now=now, by=by)


def add(
    session: Session, name: str, *, page_ids: Sequence[str] = (), days: int, now: datetime, by: str
) -> tuple[ApiTokenRow, str]:
    """As ``make``, for the command line, where nobody is signed in."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput(
            "Write what the token is for, for example the program's name, at most {count} characters.",
            count=LONGEST_NAME,
        )
    if any(row.name.casefold() == name.casefold() and row.is_open(now) for row in everyone(session)):
        raise InvalidInput("A token of this name is in use already. Revoke it first, or write another name.")
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput("A token holds for 1 to {most} days.", most=LONGEST_DAYS)
    for page_id in page_ids:
        pages.get(session, page_id)
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiTokenRow(
        name=name,
        token_hash=_hash(token),
        page_ids=sorted(set(page_ids)),
        created_by=by,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    detail = f"{name}; {','.join(row.page_ids) or 'all'}; {row.expires_at.date()}"
    audit.record(session, at=now, actor=by, action="token.make", subject=f"token:{row.id}", detail=detail)
    return row, token


def revoke(session: Session, token_id: int, *, now: datetime, by: str) -> ApiTokenRow:
    """By an administrator: the token reads nothing from this moment on."""
    operators.require(session, by, Role.ADMINISTRATOR)
    return withdraw(session, token_id, now=now, by=by)


def withdraw(session: Session, token_id: int, *, now: datetime, by: str) -> ApiTokenRow:
    """As ``revoke``, for the command line."""
    row = session.get(ApiTokenRow, token_id)
    if row is None:
        raise NotFound("There is no token {id}. See them with: social-bot token list", id=token_id)
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = now, by
        session.add(row)
        audit.record(
            session, at=now, actor=by, action="token.revoke", subject=f"token:{row.id}", detail=row.name
        )
    return row


def everyone(session: Session) -> Sequence[ApiTokenRow]:
    """The newest first, also those that hold no more."""
    return session.exec(select(ApiTokenRow).order_by(col(ApiTokenRow.id).desc())).all()


def find(session: Session, token: str, *, now: datetime) -> ApiTokenRow | None:
    """The open token; None for one that is unknown, revoked or too old."""
    wanted = _hash(token)
    row = session.exec(select(ApiTokenRow).where(ApiTokenRow.token_hash == wanted)).first()
    if row is None or not compare_digest(row.token_hash, wanted) or not row.is_open(now):
        return None
    return row


def note_use(session: Session, token_id: int, *, on: date) -> None:
    """Once a day is enough to see which tokens nobody needs."""
    session.connection().execute(
        update(ApiTokenRow).where(col(ApiTokenRow.id) == token_id).values(last_used_on=on)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
