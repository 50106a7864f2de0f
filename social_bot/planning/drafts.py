"""What somebody is writing, kept while they write: nothing is lost when the session or the power ends.

A draft belongs to its writer alone. It is sealed, for who writes may type what the checks then take away.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel, col, delete, select

from social_bot.organisation import operators
from social_bot.organisation.operators import ANY_PAGE
from social_bot.organisation.roles import Role
from social_bot.storage.cipher import Cipher

KEPT_FOR = timedelta(days=60)
MOST = 50
"""Drafts of one writer; the oldest give way."""

Form = Mapping[str, str]


class DraftRow(SQLModel, table=True):
    """``key`` is drawn when the form is shown; ``post_id`` is the post that is being changed, if any."""

    __tablename__ = "post_draft"
    key: str = Field(primary_key=True, max_length=64)
    operator: str = Field(max_length=160, index=True)
    post_id: int | None = Field(default=None, foreign_key="post.id")
    form_sealed: bytes
    started_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class Draft:
    key: str
    post_id: int | None
    form: Form
    updated_at: datetime


def keep(
    session: Session,
    key: str,
    form: Form,
    *,
    post_id: int | None,
    by: str,
    cipher: Cipher,
    now: datetime,
) -> bool:
    """Write the form as it is now; False for a key that is somebody else's."""
    operators.require(session, by, Role.WRITER, page_id=ANY_PAGE)
    row = session.get(DraftRow, key)
    if row is not None and row.operator != by:
        return False
    sealed = cipher.seal(json.dumps(dict(form), ensure_ascii=False))
    if row is None:
        _make_room(session, by, now)
        row = DraftRow(
            key=key, operator=by, post_id=post_id, form_sealed=sealed, started_at=now, updated_at=now
        )
    row.form_sealed, row.post_id, row.updated_at = sealed, post_id, now
    session.add(row)
    session.flush()
    return True


def find(session: Session, key: str, *, by: str, cipher: Cipher) -> Draft | None:
    """None for a draft that is not there or is somebody else's."""
    row = session.get(DraftRow, key)
    return _opened(row, cipher) if row is not None and row.operator == by else None


def find_of_post(session: Session, post_id: int, *, by: str, cipher: Cipher) -> Draft | None:
    row = session.exec(
        select(DraftRow)
        .where(DraftRow.post_id == post_id, DraftRow.operator == by)
        .order_by(col(DraftRow.updated_at).desc())
        .limit(1)
    ).first()
    return None if row is None else _opened(row, cipher)


def list_drafts(session: Session, *, by: str, cipher: Cipher) -> Sequence[Draft]:
    """The newest first."""
    rows = session.exec(
        select(DraftRow).where(DraftRow.operator == by).order_by(col(DraftRow.updated_at).desc()).limit(MOST)
    ).all()
    return [_opened(row, cipher) for row in rows]


def discard(session: Session, key: str, *, by: str) -> None:
    row = session.get(DraftRow, key)
    if row is not None and row.operator == by:
        session.delete(row)
        session.flush()


def discard_of_post(session: Session, post_id: int, *, by: str) -> None:
    session.connection().execute(
        delete(DraftRow).where(col(DraftRow.post_id) == post_id, col(DraftRow.operator) == by)
    )


def _make_room(session: Session, by: str, now: datetime) -> None:
    rows = session.exec(
        select(DraftRow).where(DraftRow.operator == by).order_by(col(DraftRow.updated_at).desc())
    ).all()
    for number, row in enumerate(rows):
        if number >= MOST - 1 or now - row.updated_at > KEPT_FOR:
            session.delete(row)


def _opened(row: DraftRow, cipher: Cipher) -> Draft:
    form: dict[str, str] = json.loads(cipher.open(row.form_sealed))
    return Draft(key=row.key, post_id=row.post_id, form=form, updated_at=row.updated_at)
