"""Rows and queries of comments: what people wrote in public, and what we do about it.

Who wrote a comment is never kept. The platform's ids and the masked text are sealed, and erased when the
matter has ended; what is left tells only that there was a comment and what was done.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Column, Index, case, or_
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from social_bot.answering.comment_policy import Matter
from social_bot.answering.crisis import CrisisKind
from social_bot.answering.store import SendState
from social_bot.errors import NotFound
from social_bot.storage.types import Word, no_items

OPEN_STATES = (SendState.PENDING, SendState.SENDING, SendState.UNCONFIRMED)
NOT_DONE = (SendState.FAILED, SendState.DROPPED)


class Outcome(StrEnum):
    """How a comment's matter ended: by a person's choice, by an automatic answer, or by itself."""

    REPLY = "reply"
    HIDE = "hide"
    PRIVATE = "private"
    LEAVE = "leave"
    AUTOMATIC = "automatic"
    NOTHING = "nothing"
    ANSWERED_THERE = "answered_there"
    CHANGED = "changed"
    GONE = "gone"
    EXPIRED = "expired"


class About(StrEnum):
    """What it is at the platform; reviews and mentions stand where the page can neither hide nor write privately."""

    COMMENT = "comment"
    POST = "post"
    MENTION = "mention"
    RATING = "rating"

    @property
    def is_elsewhere(self) -> bool:
        return self in (About.MENTION, About.RATING)


class CommentRow(SQLModel, table=True):
    """A comment or a visitor's post (``is_post``), a review or a mention, under our own id.

    ``thread_sealed`` is the platform's id of what the page answers under. ``author_index`` only tells
    whether two comments are of one person. ``matter`` is None until its words have been read.
    """

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("page_id", "comment_index"),
        Index("ix_comment_page_time", "page_id", "seen_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    page_id: str = Field(foreign_key="page.id", max_length=40)
    comment_index: str = Field(max_length=64)
    thread_index: str = Field(max_length=64, index=True)
    post_index: str | None = Field(default=None, max_length=64, index=True)
    author_index: str | None = Field(default=None, max_length=64, index=True)
    comment_sealed: bytes | None = None
    thread_sealed: bytes | None = None
    text_sealed: bytes | None = None
    is_post: bool = False
    about: About = Field(sa_type=Word(About), default=About.COMMENT)
    is_hidden: bool = False
    is_removed: bool = False
    matter: Matter | None = Field(default=None, sa_type=Word(Matter))
    reason: str | None = None
    crisis: CrisisKind | None = Field(default=None, sa_type=Word(CrisisKind))
    topic: str | None = Field(default=None, max_length=60)
    languages: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    keys: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    personal_data: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    written_at: datetime
    seen_at: datetime
    waits_for_person: bool = Field(default=False, index=True)
    outcome: Outcome | None = Field(default=None, sa_type=Word(Outcome))
    settled_at: datetime | None = Field(default=None, index=True)
    settled_by: str | None = Field(default=None, max_length=160)

    @property
    def subject(self) -> str:
        """What alerts and the audit log call it."""
        return f"comment:{self.id}"

    def settle(self, outcome: Outcome, *, by: str, now: datetime) -> None:
        self.waits_for_person = False
        self.outcome, self.settled_by, self.settled_at = outcome, by, now

    def reopen(self) -> None:
        self.waits_for_person = True
        self.outcome = self.settled_by = self.settled_at = None

    def erase(self) -> None:
        """Nothing is left that was written, or that leads to who wrote it."""
        self.text_sealed = self.comment_sealed = self.thread_sealed = self.author_index = None


class DeedKind(StrEnum):
    REPLY = "reply"
    HIDE = "hide"
    SHOW = "show"
    PRIVATE = "private"
    DELETE = "delete"  # only ever of our own reply


class DeedRow(SQLModel, table=True):
    """One thing that the page does about a comment, written down before it is done.

    ``once_key``: of a kind there is one deed with the same key on a page, ever: one public reply in a
    thread, one private message for a comment. It is given back only when nothing can have gone out.
    A reply without a text is one that a colleague has written at the platform, or says that a worker has
    answered in their own words: that reply has a text and no ``versions``, and its key is of the words.
    """

    __tablename__ = "comment_deed"
    __table_args__ = (
        UniqueConstraint("page_id", "kind", "once_key"),
        Index("ix_comment_deed_queue", "send_state", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    page_id: str = Field(foreign_key="page.id", max_length=40)
    comment_id: int | None = Field(default=None, foreign_key="comment.id", index=True)
    kind: DeedKind = Field(sa_type=Word(DeedKind))
    once_key: str | None = Field(default=None, max_length=64)
    target_sealed: bytes | None = None
    text_sealed: bytes | None = None
    language: str | None = Field(default=None, max_length=5)
    versions: list[dict[str, object]] = Field(
        default_factory=no_items, sa_column=Column(JSON, nullable=False)
    )
    crisis: CrisisKind | None = Field(default=None, sa_type=Word(CrisisKind))
    is_post: bool = False
    is_automatic: bool = False
    by: str = Field(max_length=160)
    written_at: datetime
    window_until: datetime | None = None
    send_state: SendState = Field(sa_type=Word(SendState), default=SendState.PENDING)
    attempts: int = 0
    retry_at: datetime | None = None
    started_at: datetime | None = None
    looks: int = 0
    next_look_at: datetime | None = None
    done_at: datetime | None = None
    result_index: str | None = Field(default=None, max_length=64, index=True)
    result_sealed: bytes | None = None
    note: str | None = None


def get_comment(session: Session, comment_id: int, *, for_update: bool = False) -> CommentRow:
    query = select(CommentRow).where(CommentRow.id == comment_id)
    comment = session.exec(query.with_for_update() if for_update else query).first()
    if comment is None:
        raise NotFound("There is no comment {id}. See them with: social-bot comment list", id=comment_id)
    return comment


def find_comment(
    session: Session, page_id: str, index: str, *, for_update: bool = False
) -> CommentRow | None:
    query = select(CommentRow).where(CommentRow.page_id == page_id, CommentRow.comment_index == index)
    return session.exec(query.with_for_update() if for_update else query).first()


def list_under(session: Session, page_id: str, index: str) -> Sequence[CommentRow]:
    """What disappears with a comment or post: itself, its replies, its comments."""
    columns = (CommentRow.comment_index, CommentRow.thread_index, CommentRow.post_index)
    return session.exec(
        select(CommentRow)
        .where(CommentRow.page_id == page_id, or_(*(col(column) == index for column in columns)))
        .order_by(col(CommentRow.id))
        .with_for_update()
    ).all()


def list_of_person(session: Session, comment_id: int | None) -> Sequence[CommentRow]:
    """A comment, and others of which it is known that the same person wrote them."""
    first = session.get(CommentRow, comment_id) if comment_id is not None else None
    if first is None:
        return ()
    if first.author_index is None:
        return [first]
    return session.exec(
        select(CommentRow).where(CommentRow.author_index == first.author_index).order_by(col(CommentRow.id))
    ).all()


def has_danger(session: Session, page_id: str, thread_index: str) -> bool:
    """Whether danger has shown anywhere in a thread."""
    found = select(CommentRow.id).where(
        CommentRow.page_id == page_id,
        CommentRow.thread_index == thread_index,
        CommentRow.matter == Matter.DANGER,
    )
    return session.exec(found).first() is not None


def list_waiting(session: Session) -> Sequence[CommentRow]:
    """What waits for a person: danger first, then personal data, then the oldest."""
    rows = session.exec(select(CommentRow).where(CommentRow.waits_for_person).order_by(col(CommentRow.id)))
    urgency = list(Matter)
    return sorted(rows, key=lambda row: urgency.index(row.matter or Matter.UNCLEAR))


def list_settled(session: Session, *, limit: int) -> Sequence[CommentRow]:
    """What somebody, or an automatic answer, has dealt with, the newest first."""
    shown = [outcome for outcome in Outcome if outcome is not Outcome.NOTHING]
    return session.exec(
        select(CommentRow)
        .where(col(CommentRow.outcome).in_(shown))
        .order_by(col(CommentRow.settled_at).desc(), col(CommentRow.id).desc())
        .limit(limit)
    ).all()


def list_to_erase(
    session: Session, *, settled_before: datetime, seen_before: datetime
) -> Sequence[CommentRow]:
    return session.exec(
        select(CommentRow)
        .where(
            or_(col(CommentRow.text_sealed).is_not(None), col(CommentRow.comment_sealed).is_not(None)),
            ~col(CommentRow.waits_for_person),
            or_(col(CommentRow.settled_at) < settled_before, col(CommentRow.seen_at) < seen_before),
        )
        .with_for_update(skip_locked=True)
    ).all()


def has_written_to(session: Session, author_index: str, crisis: CrisisKind, *, since: datetime) -> bool:
    """Whether this person has had the text for this danger, for any of their comments."""
    found = (
        select(DeedRow.id)
        .join(CommentRow, col(CommentRow.id) == col(DeedRow.comment_id))
        .where(
            CommentRow.author_index == author_index,
            DeedRow.kind == DeedKind.PRIVATE,
            DeedRow.crisis == crisis,
            col(DeedRow.written_at) > since,
            col(DeedRow.send_state).not_in(NOT_DONE),
        )
    )
    return session.exec(found).first() is not None


def get_deed(session: Session, deed_id: int, *, for_update: bool = False) -> DeedRow | None:
    query = select(DeedRow).where(DeedRow.id == deed_id)
    return session.exec(query.with_for_update() if for_update else query).first()


def find_once(
    session: Session, page_id: str, kind: DeedKind, once_key: str, *, for_update: bool = False
) -> DeedRow | None:
    query = select(DeedRow).where(
        DeedRow.page_id == page_id, DeedRow.kind == kind, DeedRow.once_key == once_key
    )
    return session.exec(query.with_for_update() if for_update else query).first()


def list_being_sent(session: Session, page_id: str, thread_index: str) -> Sequence[DeedRow]:
    """Replies in a thread of which the platform may tell before it answers our call."""
    return session.exec(
        select(DeedRow)
        .join(CommentRow, col(CommentRow.id) == col(DeedRow.comment_id))
        .where(
            DeedRow.page_id == page_id,
            DeedRow.kind == DeedKind.REPLY,
            CommentRow.thread_index == thread_index,
            col(DeedRow.send_state).in_((SendState.SENDING, SendState.UNCONFIRMED)),
        )
        .with_for_update(of=DeedRow)
    ).all()


def find_result(session: Session, page_id: str, index: str) -> DeedRow | None:
    """Our own reply, by the id that the platform gave it."""
    return session.exec(
        select(DeedRow).where(DeedRow.page_id == page_id, DeedRow.result_index == index).with_for_update()
    ).first()


def list_private_without_id(session: Session, page_id: str) -> Sequence[DeedRow]:
    """Private messages that are, or may be, in a conversation under an id that we do not know."""
    return session.exec(
        select(DeedRow).where(
            DeedRow.page_id == page_id,
            DeedRow.kind == DeedKind.PRIVATE,
            col(DeedRow.send_state).in_((SendState.SENDING, SendState.UNCONFIRMED, SendState.SENT)),
            col(DeedRow.result_index).is_(None),
            col(DeedRow.text_sealed).is_not(None),
        )
    ).all()


def list_deeds(session: Session, comment_ids: Sequence[int]) -> Sequence[DeedRow]:
    return session.exec(
        select(DeedRow).where(col(DeedRow.comment_id).in_(comment_ids)).order_by(col(DeedRow.id))
    ).all()


def list_deeds_to_erase(session: Session) -> Sequence[DeedRow]:
    """Deeds that are over and still lead to a comment of which nothing is kept."""
    return session.exec(
        select(DeedRow)
        .join(CommentRow, col(CommentRow.id) == col(DeedRow.comment_id))
        .where(
            or_(col(DeedRow.target_sealed).is_not(None), col(DeedRow.result_sealed).is_not(None)),
            col(DeedRow.send_state).not_in(OPEN_STATES),
            col(CommentRow.comment_sealed).is_(None),
        )
        .with_for_update(of=DeedRow, skip_locked=True)
    ).all()


def claim_deed(session: Session, *, now: datetime) -> DeedRow | None:
    """The oldest deed that may be done now; what danger asks goes first."""
    return session.exec(
        select(DeedRow)
        .where(
            DeedRow.send_state == SendState.PENDING,
            or_(col(DeedRow.retry_at).is_(None), col(DeedRow.retry_at) <= now),
        )
        .order_by(case((col(DeedRow.crisis).is_not(None), 0), else_=1), col(DeedRow.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()


def list_begun(session: Session, *, started_before: datetime) -> Sequence[DeedRow]:
    return session.exec(
        select(DeedRow)
        .where(DeedRow.send_state == SendState.SENDING, col(DeedRow.started_at) < started_before)
        .with_for_update(skip_locked=True)
    ).all()


def list_to_look_for(session: Session, *, now: datetime) -> Sequence[DeedRow]:
    return session.exec(
        select(DeedRow)
        .where(DeedRow.send_state == SendState.UNCONFIRMED, col(DeedRow.next_look_at) <= now)
        .order_by(col(DeedRow.id))
        .limit(10)
    ).all()
