"""Who is signed in, in which browser and until when; the browser holds a token, we its hash."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Column, delete
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.organisation import audit
from social_bot.organisation.operators import OperatorRow
from social_bot.storage.types import Word

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
UNFINISHED = timedelta(minutes=15)
"""How long somebody may take between the password and the second step."""

PROOF_LASTS = timedelta(minutes=15)
"""After the password was given, one may change what proves who one is for so long."""

_NOTED_EVERY = timedelta(minutes=5)


class Stage(StrEnum):
    """``second_step`` and ``set_up`` open nothing but the page that finishes them."""

    SECOND_STEP = "second_step"
    SET_UP = "set_up"
    COMPLETE = "complete"


class StaffSessionRow(SQLModel, table=True):
    """``challenge`` is the riddle that a passkey must solve next."""

    __tablename__ = "staff_session"
    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    operator: str = Field(max_length=120, foreign_key="operator.name", index=True)
    stage: Stage = Field(sa_column=Column(Word(Stage), nullable=False))
    browser: str = Field(max_length=80)
    language: str = Field(max_length=5)
    challenge: str | None = Field(default=None, max_length=120)
    created_at: datetime
    seen_at: datetime
    proved_at: datetime
    expires_at: datetime

    def is_open(self, now: datetime) -> bool:
        idle = IDLE if self.stage is Stage.COMPLETE else UNFINISHED
        return now < self.expires_at and now < self.seen_at + idle

    def is_proved(self, now: datetime) -> bool:
        return now < self.proved_at + PROOF_LASTS


def begin(
    session: Session, operator: str, *, stage: Stage, browser: str, language: str, now: datetime
) -> str:
    """A session with a token of its own, which is returned and kept nowhere."""
    session.connection().execute(delete(StaffSessionRow).where(col(StaffSessionRow.expires_at) <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSessionRow(
            token_hash=_hash(token),
            operator=operator,
            stage=stage,
            browser=browser[:80],
            language=language,
            created_at=now,
            seen_at=now,
            proved_at=now,
            expires_at=now + LONGEST,
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, *, now: datetime) -> tuple[StaffSessionRow, OperatorRow] | None:
    """The session of a browser and whose it is; None when it has ended or the person has left."""
    row = session.exec(select(StaffSessionRow).where(StaffSessionRow.token_hash == _hash(token))).first()
    if row is None or not row.is_open(now):
        return None
    operator = session.get_one(OperatorRow, row.operator)
    return (row, operator) if operator.is_active else None


def should_note(row: StaffSessionRow, *, now: datetime) -> bool:
    return row.seen_at + _NOTED_EVERY <= now


def note_seen(session: Session, session_id: int, *, now: datetime, language: str | None = None) -> None:
    """An act of the person; a language that was just chosen is the person's from now on."""
    row = session.get(StaffSessionRow, session_id)
    if row is None:
        return
    row.seen_at = now
    if language is not None:
        row.language = language
        operator = session.get_one(OperatorRow, row.operator)
        operator.language = language
        session.add(operator)
    session.add(row)


def renew(session: Session, session_id: int, *, stage: Stage, now: datetime) -> str:
    """The session goes on under a new token after more was proved or changed; the old token is nobody's."""
    old = session.get_one(StaffSessionRow, session_id)
    token = begin(session, old.operator, stage=stage, browser=old.browser, language=old.language, now=now)
    if old.stage is Stage.COMPLETE:
        new = session.exec(select(StaffSessionRow).where(StaffSessionRow.token_hash == _hash(token))).one()
        new.expires_at, new.proved_at = old.expires_at, old.proved_at
        session.add(new)
    session.delete(old)
    return token


def note_proof(session: Session, session_id: int, *, now: datetime) -> None:
    """The password was given again in this session."""
    row = session.get_one(StaffSessionRow, session_id)
    row.proved_at = now
    session.add(row)


def open_ones(session: Session, operator: str, *, now: datetime) -> Sequence[StaffSessionRow]:
    """Newest first; those that have ended by themselves are left out."""
    query = (
        select(StaffSessionRow)
        .where(StaffSessionRow.operator == operator, StaffSessionRow.stage == Stage.COMPLETE)
        .order_by(col(StaffSessionRow.id).desc())
    )
    return [row for row in session.exec(query) if row.is_open(now)]


def end(session: Session, operator: str, session_id: int, *, now: datetime, is_said: bool = True) -> None:
    """End one; somebody else's is left alone."""
    session.connection().execute(
        delete(StaffSessionRow).where(
            col(StaffSessionRow.id) == session_id, col(StaffSessionRow.operator) == operator
        )
    )
    if is_said:
        audit.record(session, at=now, actor=operator, action="session.end", subject=operator)


def end_all(
    session: Session, operator: str, *, now: datetime, by: str, but: int | None = None, is_said: bool = True
) -> None:
    """Sign somebody out everywhere, but for one session where it is named."""
    query = delete(StaffSessionRow).where(col(StaffSessionRow.operator) == operator)
    if but is not None:
        query = query.where(col(StaffSessionRow.id) != but)
    session.connection().execute(query)
    if is_said:
        audit.record(session, at=now, actor=by, action="session.end_all", subject=operator)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
