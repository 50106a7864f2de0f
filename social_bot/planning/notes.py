"""Notes between the writer and the approver of a post, and sending a post back with one.

A note is about a post and never about a resident: what looks like personal data is masked before it is kept.
Its text is kept sealed and stands in no log and no audit entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import alerts, audit, operators
from social_bot.organisation.personal_data import PersonalDataKind, kinds, mask
from social_bot.organisation.roles import Role
from social_bot.planning import store
from social_bot.planning.posts import PostState
from social_bot.storage.cipher import Cipher

LONGEST = 2000


class NoteRow(SQLModel, table=True):
    __tablename__ = "post_note"
    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    author: str = Field(max_length=160)
    at: datetime
    is_sent_back: bool = False
    text_sealed: bytes


@dataclass(frozen=True, kw_only=True)
class Note:
    author: str
    at: datetime
    is_sent_back: bool
    text: str


def list_notes(session: Session, post_id: int, *, cipher: Cipher) -> Sequence[Note]:
    """Oldest first."""
    rows = session.exec(select(NoteRow).where(NoteRow.post_id == post_id).order_by(col(NoteRow.id))).all()
    return [
        Note(author=row.author, at=row.at, is_sent_back=row.is_sent_back, text=cipher.open(row.text_sealed))
        for row in rows
    ]


def add_note(
    session: Session, post_id: int, text: str, *, by: str, cipher: Cipher, now: datetime
) -> Sequence[PersonalDataKind]:
    """Write a note; the kinds of personal data that were masked in it.

    Raises ``NotAllowed`` for who neither writes nor approves on the post's page, ``InvalidInput`` for a text
    that is empty or too long.
    """
    post = store.get_post(session, post_id)
    _require_writer_or_approver(session, by, page_id=post.page_id)
    return _write(session, post_id, text, by=by, is_sent_back=False, cipher=cipher, now=now)


def send_back(
    session: Session, post_id: int, text: str, *, by: str, cipher: Cipher, now: datetime
) -> Sequence[PersonalDataKind]:
    """An approver does not approve: the post is a draft again, with a note that says what to change."""
    post = store.get_post(session, post_id, for_update=True)
    operators.require(session, by, Role.APPROVER, page_id=post.page_id)
    if post.state is not PostState.AWAITING_APPROVAL:
        raise NotAllowed("Only a post that waits for approval can be sent back.")
    masked = _write(session, post_id, text, by=by, is_sent_back=True, cipher=cipher, now=now)
    post.become(PostState.DRAFT)
    session.add(post)
    alerts.settle(session, f"post:{post_id}", by=by, now=now)
    audit.record(session, at=now, actor=by, action="post.send_back", subject=f"post:{post_id}")
    return masked


def sent_back_to(session: Session, author: str) -> Sequence[int]:
    """The drafts of this author whose last note sent them back; the newest note first."""
    newest = (
        select(NoteRow.id)
        .where(col(NoteRow.post_id) == col(store.PostRow.id))
        .order_by(col(NoteRow.id).desc())
        .limit(1)
        .correlate(store.PostRow)
        .scalar_subquery()
    )
    rows = session.exec(
        select(store.PostRow.id)
        .join(NoteRow, col(NoteRow.id) == newest)
        .where(
            store.PostRow.state == PostState.DRAFT,
            store.PostRow.author == author,
            col(NoteRow.is_sent_back),
        )
        .order_by(col(NoteRow.id).desc())
    ).all()
    return [post_id for post_id in rows if post_id is not None]


def _write(
    session: Session,
    post_id: int,
    text: str,
    *,
    by: str,
    is_sent_back: bool,
    cipher: Cipher,
    now: datetime,
) -> Sequence[PersonalDataKind]:
    text = text.strip()
    if not text:
        raise InvalidInput("Write what should be changed or what you ask.")
    if len(text) > LONGEST:
        raise InvalidInput("The note is too long: at most {limit} characters.", limit=LONGEST)
    session.add(
        NoteRow(
            post_id=post_id, author=by, at=now, is_sent_back=is_sent_back, text_sealed=cipher.seal(mask(text))
        )
    )
    audit.record(session, at=now, actor=by, action="post.note", subject=f"post:{post_id}")
    return kinds(text)


def _require_writer_or_approver(session: Session, by: str, *, page_id: str) -> None:
    try:
        operators.require(session, by, Role.APPROVER, page_id=page_id)
    except NotAllowed:
        operators.require(session, by, Role.WRITER, page_id=page_id)
