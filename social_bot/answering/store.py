"""Rows and queries of the answering room. Texts, numbers and the platform's person ids are kept sealed."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import JSON, Column, Index, bindparam, case, exists, func, or_, text, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import BindParameter
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select
from sqlmodel.sql.expression import SelectOfScalar

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.outcomes import Lane
from social_bot.answering.threads import Owner, Thread
from social_bot.channels.ports import EventKind
from social_bot.errors import NotFound
from social_bot.storage.types import Word, no_items

_Row = TypeVar("_Row")
_KNOWN, _TEXT = text("forgotten_at IS NULL"), text("text_sealed IS NOT NULL")
"""What is still to be erased one day: small beside the history, and found without reading it."""


class DeliveryRow(SQLModel, table=True):
    """One webhook call as it came; ``body_sealed`` is erased as soon as its events are stored."""

    __tablename__ = "delivery"
    id: int | None = Field(default=None, primary_key=True)
    received_at: datetime = Field(index=True)
    body_sealed: bytes | None
    is_parsed: bool = Field(default=False, index=True)
    problem: str | None = None


class EventRow(SQLModel, table=True):
    """One event, once: ``key`` is the same whenever the platform delivers it again.

    ``content_sealed`` (the event as JSON) is erased once the event has been dealt with.
    """

    __tablename__ = "inbound_event"
    __table_args__ = (
        Index("ix_inbound_event_open", "is_done", "id"),
        Index("ix_inbound_event_received_at", "received_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, unique=True)
    kind: EventKind = Field(sa_type=Word(EventKind))
    page_id: str = Field(max_length=40)
    occurred_at: datetime | None = None
    received_at: datetime
    content_sealed: bytes | None
    is_done: bool = False
    lease_until: datetime | None = None
    attempts: int = 0
    note: str | None = None


class ThreadRow(SQLModel, table=True):
    """A conversation with one person on one page, under our own id.

    ``comment_id``: it began with our private message for that comment. ``moved_at``: a worker has written
    the matter into the client system; what had been said until then is erased soon after. ``forgotten_at``:
    since then nothing here leads to the person, see sweeps.py.
    """

    __tablename__ = "thread"
    __table_args__ = (
        UniqueConstraint("page_id", "contact_index"),
        Index("ix_thread_is_open", "is_open", "last_inbound_at"),
        Index("ix_thread_known", "closed_at", sqlite_where=_KNOWN, postgresql_where=_KNOWN),
    )
    id: int | None = Field(default=None, primary_key=True)
    page_id: str = Field(foreign_key="page.id", max_length=40)
    contact_index: str = Field(max_length=64)
    contact_sealed: bytes
    owner: Owner = Field(sa_type=Word(Owner), default=Owner.BOT)
    is_open: bool = True
    language: str | None = Field(default=None, max_length=5)
    is_disclosed: bool = False
    general_was_sent: bool = False
    personal_data_was_noted: bool = False
    phone_was_noted: bool = False
    waits_for_person: bool = Field(default=False, index=True)
    crisis: CrisisKind | None = Field(default=None, sa_type=Word(CrisisKind))
    topic: str | None = Field(default=None, max_length=60)
    last_inbound_at: datetime | None = Field(default=None, index=True)
    last_outbound_at: datetime | None = None
    held_since: datetime | None = None
    human_spoke_at: datetime | None = None
    created_at: datetime
    comment_id: int | None = None
    closed_at: datetime | None = None
    moved_at: datetime | None = None
    moved_by: str | None = Field(default=None, max_length=160)
    forgotten_at: datetime | None = None

    @property
    def state(self) -> Thread:
        return Thread(
            owner=self.owner,
            language=self.language,
            is_disclosed=self.is_disclosed,
            general_was_sent=self.general_was_sent,
            personal_data_was_noted=self.personal_data_was_noted,
            phone_was_noted=self.phone_was_noted,
            is_in_danger=self.crisis is not None,
            held_since=self.held_since,
            human_spoke_at=self.human_spoke_at,
            last_message_at=max(filter(None, (self.last_inbound_at, self.last_outbound_at)), default=None),
        )

    def take(self, state: Thread) -> None:
        self.owner, self.held_since, self.language = state.owner, state.held_since, state.language
        self.is_disclosed, self.general_was_sent = state.is_disclosed, state.general_was_sent
        self.personal_data_was_noted = state.personal_data_was_noted
        self.phone_was_noted = state.phone_was_noted


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class SendState(StrEnum):
    """Of an outbound message; ``DROPPED``: it must not go out any more, ``note`` says why."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    DROPPED = "dropped"


ON_ITS_WAY = (SendState.PENDING, SendState.SENDING, SendState.UNCONFIRMED)
"""Something is still to become of it."""


class MessageRow(SQLModel, table=True):
    """``text_sealed`` holds the masked text of an inbound message, the exact text of an outbound one.

    ``original_sealed`` is kept in the lane of danger alone, see originals.py. ``key`` names the text that
    answers; nothing is sent before ``not_before``. What a worker wrote (``by``) is masked like a resident's
    text; ``exact_sealed`` are their own words, until they have gone out.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("page_id", "mid_index"),
        Index("ix_message_queue", "send_state", "id"),
        Index("ix_message_thread", "thread_id", "id"),
        Index("ix_message_page_time", "page_id", "direction", "at"),
        Index("ix_message_with_text", "at", "thread_id", sqlite_where=_TEXT, postgresql_where=_TEXT),
    )
    id: int | None = Field(default=None, primary_key=True)
    thread_id: int = Field(foreign_key="thread.id")
    page_id: str = Field(max_length=40)
    direction: Direction = Field(sa_type=Word(Direction))
    at: datetime = Field(index=True)
    mid_index: str | None = Field(default=None, max_length=64)
    text_sealed: bytes | None = None
    lane: Lane | None = Field(default=None, sa_type=Word(Lane))
    topic: str | None = Field(default=None, max_length=60)
    language: str | None = Field(default=None, max_length=5)
    crisis: CrisisKind | None = Field(default=None, sa_type=Word(CrisisKind))
    personal_data: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    note: str | None = None
    original_sealed: bytes | None = None
    # outbound only
    is_automatic: bool = False
    by: str | None = Field(default=None, max_length=160)
    exact_sealed: bytes | None = None
    key: str | None = Field(default=None, max_length=60)
    answers_id: int | None = Field(default=None, foreign_key="message.id")
    versions: list[dict[str, object]] = Field(
        default_factory=no_items, sa_column=Column(JSON, nullable=False)
    )
    quick_replies: list[dict[str, str]] = Field(
        default_factory=no_items, sa_column=Column(JSON, nullable=False)
    )
    buttons: list[dict[str, str]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    window_until: datetime | None = None
    not_before: datetime | None = None
    send_state: SendState | None = Field(default=None, sa_type=Word(SendState))
    attempts: int = 0
    retry_at: datetime | None = None
    started_at: datetime | None = None
    looks: int = 0
    next_look_at: datetime | None = None


class CallbackState(StrEnum):
    REQUESTED = "requested"
    ASSIGNED = "assigned"
    DONE = "done"
    UNREACHABLE = "unreachable"
    CANCELLED = "cancelled"


class CallbackRow(SQLModel, table=True):
    """A request to be phoned: number, time, language, discretion, nothing else; no thread and no person.

    The call is made between ``call_from`` (None: as soon as may be) and ``promised_by``. ``phone_index``
    stands only while the request is open, so that one number never waits twice.
    """

    __tablename__ = "callback_request"
    id: int | None = Field(default=None, primary_key=True)
    phone_sealed: bytes | None
    phone_index: str | None = Field(default=None, max_length=64, index=True, unique=True)
    language: str = Field(max_length=5)
    is_discreet: bool = False
    state: CallbackState = Field(sa_type=Word(CallbackState), default=CallbackState.REQUESTED)
    requested_at: datetime = Field(index=True)
    call_from: datetime | None = None
    promised_by: datetime | None = None
    assigned_to: str | None = Field(default=None, max_length=160)
    tries: int = 0
    tried_at: datetime | None = None
    settled_at: datetime | None = None
    ending: str | None = Field(default=None, max_length=40)

    @property
    def is_lapsed(self) -> bool:
        """Whether it ended because nobody called in time."""
        return self.ending == NOT_REACHED_IN_TIME


NOT_REACHED_IN_TIME = "not reached in time"


class SavedConversationRow(SQLModel, table=True):
    """A link to one thread, for whoever holds its token; only the token's hash is kept."""

    __tablename__ = "saved_conversation"
    token_hash: str = Field(primary_key=True, max_length=64)
    thread_id: int = Field(foreign_key="thread.id")
    language: str = Field(max_length=5)
    expires_at: datetime = Field(index=True)


class DeletionRequestRow(SQLModel, table=True):
    """A request of deletion from the platform; ``contact_index`` until it has been carried out.

    ``code`` is what the person was given to ask with. The row tells nobody whether the person was known.
    """

    __tablename__ = "deletion_request"
    code: str = Field(primary_key=True, max_length=20)
    contact_index: str | None = Field(default=None, max_length=64)
    requested_at: datetime


# --- deliveries and events ---------------------------------------------------------------------


def list_unparsed(session: Session, *, limit: int = 200) -> Sequence[DeliveryRow]:
    return session.exec(
        select(DeliveryRow)
        .where(col(DeliveryRow.is_parsed).is_(False))
        .order_by(col(DeliveryRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def list_with_body(session: Session, *, received_before: datetime) -> Sequence[DeliveryRow]:
    return session.exec(
        select(DeliveryRow)
        .where(
            col(DeliveryRow.body_sealed).is_not(None),
            col(DeliveryRow.is_parsed),
            col(DeliveryRow.received_at) < received_before,
        )
        .with_for_update(skip_locked=True)
    ).all()


def claim_events(session: Session, *, now: datetime, until: datetime, limit: int) -> Sequence[EventRow]:
    """Take the oldest open events of each thread's order; another worker's are left alone."""
    due = (
        select(EventRow.id)
        .where(
            col(EventRow.is_done).is_(False),
            or_(col(EventRow.lease_until).is_(None), col(EventRow.lease_until) <= now),
        )
        .order_by(col(EventRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = session.connection().execute(
        update(EventRow)
        .where(col(EventRow.id).in_(due))
        .values(lease_until=until, attempts=EventRow.attempts + 1)
        .returning(col(EventRow.id))
    )
    return session.exec(
        select(EventRow)
        .where(col(EventRow.id).in_([row[0] for row in claimed]))
        .order_by(col(EventRow.occurred_at), col(EventRow.id))
    ).all()


# --- threads and messages ----------------------------------------------------------------------


def get_thread(session: Session, thread_id: int, *, for_update: bool = False) -> ThreadRow:
    thread = session.exec(_THREAD[for_update], params={"id": thread_id}).first()
    if thread is None:
        raise NotFound("There is no thread {id}.", id=thread_id)
    return thread


def find_thread(
    session: Session, page_id: str, contact_index: str, *, for_update: bool = False
) -> ThreadRow | None:
    of = {"page_id": page_id, "contact_index": contact_index}
    return session.exec(_THREAD_WITH[for_update], params=of).first()


def list_threads(session: Session, *, page_id: str | None = None, limit: int = 200) -> Sequence[ThreadRow]:
    """Danger first, then what waits for a person, then the newest."""
    query = select(ThreadRow).order_by(
        col(ThreadRow.crisis).is_(None),
        col(ThreadRow.waits_for_person).desc(),
        col(ThreadRow.last_inbound_at).desc(),
    )
    if page_id is not None:
        query = query.where(ThreadRow.page_id == page_id)
    return session.exec(query.limit(limit)).all()


def list_quiet_held(session: Session, *, quiet_since: datetime) -> Sequence[ThreadRow]:
    """Threads that a person or another app holds, without danger, in which nobody has written since."""
    moments = (ThreadRow.held_since, ThreadRow.last_inbound_at, ThreadRow.last_outbound_at)
    return session.exec(
        select(ThreadRow)
        .where(
            ThreadRow.owner != Owner.BOT,
            col(ThreadRow.crisis).is_(None),
            *(or_(col(moment).is_(None), col(moment) <= quiet_since) for moment in moments),
        )
        .with_for_update(skip_locked=True)
    ).all()


def list_messages(session: Session, thread_ids: Sequence[int]) -> Sequence[MessageRow]:
    return session.exec(
        select(MessageRow).where(col(MessageRow.thread_id).in_(thread_ids)).order_by(col(MessageRow.id))
    ).all()


def find_message(session: Session, page_id: str, mid_index: str) -> MessageRow | None:
    return session.exec(_MESSAGE_CALLED, params={"page_id": page_id, "mid_index": mid_index}).first()


def claim_outbound(session: Session, *, now: datetime) -> MessageRow | None:
    """The oldest message that may be sent now and is the first waiting one of its thread; danger goes first."""
    return session.exec(_NEXT_OUTBOUND, params={"now": now}).first()


def get_message(session: Session, message_id: int, *, for_update: bool = False) -> MessageRow | None:
    return session.exec(_MESSAGE[for_update], params={"id": message_id}).first()


def list_sending(session: Session, *, started_before: datetime) -> Sequence[MessageRow]:
    return session.exec(
        select(MessageRow)
        .where(MessageRow.send_state == SendState.SENDING, col(MessageRow.started_at) < started_before)
        .with_for_update(skip_locked=True)
    ).all()


def list_unclear(session: Session, thread_id: int) -> Sequence[MessageRow]:
    """Messages of a thread that may have gone out or not, and hold their text."""
    return session.exec(
        select(MessageRow).where(
            MessageRow.thread_id == thread_id,
            col(MessageRow.send_state).in_((SendState.SENDING, SendState.UNCONFIRMED)),
            col(MessageRow.text_sealed).is_not(None),
        )
    ).all()


def list_to_look_for(session: Session, *, now: datetime) -> Sequence[MessageRow]:
    return session.exec(
        select(MessageRow)
        .where(MessageRow.send_state == SendState.UNCONFIRMED, col(MessageRow.next_look_at) <= now)
        .order_by(col(MessageRow.id))
        .limit(10)
    ).all()


# What is asked several times for each message is built once: building costs more than asking.


def _once_and_locked(query: SelectOfScalar[_Row]) -> dict[bool, SelectOfScalar[_Row]]:
    """The query by whether the rows are locked for a change."""
    return {False: query, True: query.with_for_update()}


_THREAD = _once_and_locked(select(ThreadRow).where(ThreadRow.id == bindparam("id")))
_THREAD_WITH = _once_and_locked(
    select(ThreadRow).where(
        ThreadRow.page_id == bindparam("page_id"), ThreadRow.contact_index == bindparam("contact_index")
    )
)
_MESSAGE = _once_and_locked(select(MessageRow).where(MessageRow.id == bindparam("id")))
_MESSAGE_CALLED = select(MessageRow).where(
    MessageRow.page_id == bindparam("page_id"), MessageRow.mid_index == bindparam("mid_index")
)
_NOW: BindParameter[datetime] = bindparam("now")
_EARLIER = aliased(MessageRow)
_NEXT_OUTBOUND = (
    select(MessageRow)
    .where(
        MessageRow.send_state == SendState.PENDING,
        or_(col(MessageRow.retry_at).is_(None), col(MessageRow.retry_at) <= _NOW),
        or_(col(MessageRow.not_before).is_(None), col(MessageRow.not_before) <= _NOW),
        or_(
            col(MessageRow.lane) == Lane.CRISIS,
            ~exists().where(
                col(_EARLIER.thread_id) == col(MessageRow.thread_id),
                col(_EARLIER.id) < col(MessageRow.id),
                col(_EARLIER.send_state).in_((SendState.PENDING, SendState.SENDING)),
                or_(col(_EARLIER.not_before).is_(None), col(_EARLIER.not_before) <= _NOW),
            ),
        ),
    )
    .order_by(case((col(MessageRow.lane) == Lane.CRISIS, 0), else_=1), col(MessageRow.id))
    .limit(1)
    .with_for_update(skip_locked=True)
)


# --- callbacks ---------------------------------------------------------------------------------


def get_callback(session: Session, callback_id: int) -> CallbackRow:
    callback = session.exec(
        select(CallbackRow).where(CallbackRow.id == callback_id).with_for_update()
    ).first()
    if callback is None:
        raise NotFound("There is no callback request {id}.", id=callback_id)
    return callback


def get_open_callback(session: Session, phone_index: str) -> CallbackRow:
    return session.exec(
        select(CallbackRow).where(CallbackRow.phone_index == phone_index).with_for_update()
    ).one()


def list_callbacks(session: Session, *, only_open: bool = False) -> Sequence[CallbackRow]:
    """What was promised first, first; without a promise, by the time of asking."""
    query = select(CallbackRow).order_by(
        func.coalesce(CallbackRow.promised_by, CallbackRow.requested_at), col(CallbackRow.id)
    )
    if only_open:
        query = query.where(col(CallbackRow.settled_at).is_(None))
    return session.exec(query).all()


def count_callbacks_since(session: Session, moment: datetime) -> int:
    return session.exec(
        select(func.count()).select_from(CallbackRow).where(col(CallbackRow.requested_at) > moment)
    ).one()
