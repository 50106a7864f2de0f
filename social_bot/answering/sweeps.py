"""What of conversations is over its time; nothing of one that waits for a person, or in which danger is open."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from social_bot.answering.misunderstandings import MisunderstandingRow
from social_bot.answering.store import (
    ON_ITS_WAY,
    CallbackRow,
    DeletionRequestRow,
    DeliveryRow,
    EventRow,
    MessageRow,
    SavedConversationRow,
    ThreadRow,
)
from social_bot.organisation.directory import Organisation
from social_bot.organisation.retention import PERIODS, Kept
from social_bot.organisation.sweeping import Sweep, delete_rows, is_waited_for

ERASED_CONTACT = b""
"""In place of who wrote."""


def rests() -> ColumnElement[bool]:
    """Of a thread: nobody is to do anything about it, and nothing is on its way out."""
    sending = aliased(MessageRow)
    return and_(
        ~col(ThreadRow.waits_for_person),
        col(ThreadRow.crisis).is_(None),
        ~is_waited_for("thread", ThreadRow.id),
        ~exists().where(col(sending.thread_id) == col(ThreadRow.id), col(sending.send_state).in_(ON_ITS_WAY)),
    )


def erase_texts(session: Session, message_ids: Sequence[int]) -> None:
    session.connection().execute(
        update(MessageRow)
        .where(col(MessageRow.id).in_(message_ids))
        .values(text_sealed=None, original_sealed=None, exact_sealed=None)
    )


def erase_contact(thread: ThreadRow, *, now: datetime) -> None:
    """Nothing leads from the thread to its person any more; who writes again begins a new one."""
    thread.contact_sealed, thread.contact_index = ERASED_CONTACT, secrets.token_hex(32)
    thread.forgotten_at = now


def _closed(kept: Kept, organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    """Of a thread: it was closed long enough ago."""
    closed_at = func.coalesce(ThreadRow.closed_at, ThreadRow.last_inbound_at, ThreadRow.created_at)
    return and_(~col(ThreadRow.is_open), closed_at <= now - PERIODS[kept].length(organisation))


def _texts(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    closed = select(col(ThreadRow.id)).where(_closed(Kept.MESSAGES, organisation, now), rests())
    return and_(col(MessageRow.text_sealed).is_not(None), col(MessageRow.thread_id).in_(closed))


def _open_texts(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    before = now - PERIODS[Kept.OPEN_MESSAGES].length(organisation)
    return and_(
        col(MessageRow.text_sealed).is_not(None),
        col(MessageRow.at) <= before,
        exists().where(col(ThreadRow.id) == col(MessageRow.thread_id), rests()),
    )


def _contacts(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    has_text = exists().where(
        col(MessageRow.thread_id) == col(ThreadRow.id), col(MessageRow.text_sealed).is_not(None)
    )
    return and_(
        col(ThreadRow.forgotten_at).is_(None),
        _closed(Kept.CONTACTS, organisation, now),
        rests(),
        ~has_text,
    )


def _numbers(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    before = now - PERIODS[Kept.CALLBACKS].length(organisation)
    return and_(col(CallbackRow.phone_sealed).is_not(None), col(CallbackRow.settled_at) <= before)


def _examples(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    before = now - PERIODS[Kept.EXAMPLES].length(organisation)
    return and_(col(MisunderstandingRow.reviewed_at).is_(None), col(MisunderstandingRow.written_at) < before)


def _links(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    del organisation
    return col(SavedConversationRow.expires_at) <= now


def _set_aside(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    return and_(
        col(EventRow.content_sealed).is_not(None),
        col(EventRow.is_done),
        col(EventRow.received_at) <= now - PERIODS[Kept.SET_ASIDE].length(organisation),
        ~is_waited_for("event", EventRow.id),
    )


def _events(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    return and_(
        col(EventRow.received_at) <= now - PERIODS[Kept.EVENTS].length(organisation),
        col(EventRow.is_done),
        col(EventRow.content_sealed).is_(None),
    )


def _bodies(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    return and_(
        col(DeliveryRow.body_sealed).is_not(None),
        col(DeliveryRow.is_parsed),  # one that no worker has looked at yet would be lost
        col(DeliveryRow.received_at) < now - PERIODS[Kept.BODIES].length(organisation),
    )


def _deletions(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    return and_(
        col(DeletionRequestRow.requested_at) <= now - PERIODS[Kept.DELETIONS].length(organisation),
        col(DeletionRequestRow.contact_index).is_(None),
    )


def _erase_texts(session: Session, ids: Sequence[Any], now: datetime) -> None:
    del now
    erase_texts(session, ids)


def _erase_contacts(session: Session, ids: Sequence[Any], now: datetime) -> None:
    for thread_id in ids:
        thread = session.get_one(ThreadRow, thread_id)
        erase_contact(thread, now=now)
        session.add(thread)
    session.flush()


def _erase_numbers(session: Session, ids: Sequence[Any], now: datetime) -> None:
    del now
    session.connection().execute(
        update(CallbackRow).where(col(CallbackRow.id).in_(ids)).values(phone_sealed=None)
    )


def _erase_contents(session: Session, ids: Sequence[Any], now: datetime) -> None:
    del now
    session.connection().execute(
        update(EventRow).where(col(EventRow.id).in_(ids)).values(content_sealed=None)
    )


def _erase_bodies(session: Session, ids: Sequence[Any], now: datetime) -> None:
    del now
    session.connection().execute(
        update(DeliveryRow).where(col(DeliveryRow.id).in_(ids)).values(body_sealed=None)
    )


def _delete_events(session: Session, ids: Sequence[Any], now: datetime) -> None:
    """With the lines of the deliveries in which they came."""
    last = select(func.max(EventRow.received_at)).where(col(EventRow.id).in_(ids)).scalar_subquery()
    session.connection().execute(
        delete(DeliveryRow).where(col(DeliveryRow.is_parsed), col(DeliveryRow.received_at) <= last)
    )
    delete_rows(EventRow, col(EventRow.id))(session, ids, now)


SWEEPS: Sequence[Sweep] = (
    Sweep(kept=Kept.MESSAGES, id=MessageRow.id, is_over=_texts, erase=_erase_texts),
    Sweep(kept=Kept.OPEN_MESSAGES, id=MessageRow.id, is_over=_open_texts, erase=_erase_texts),
    Sweep(kept=Kept.CONTACTS, id=ThreadRow.id, is_over=_contacts, erase=_erase_contacts),
    Sweep(kept=Kept.CALLBACKS, id=CallbackRow.id, is_over=_numbers, erase=_erase_numbers),
    Sweep(
        kept=Kept.EXAMPLES,
        id=MisunderstandingRow.id,
        is_over=_examples,
        erase=delete_rows(MisunderstandingRow, col(MisunderstandingRow.id)),
    ),
    Sweep(
        kept=Kept.LINKS,
        id=SavedConversationRow.token_hash,
        is_over=_links,
        erase=delete_rows(SavedConversationRow, col(SavedConversationRow.token_hash)),
    ),
    Sweep(kept=Kept.BODIES, id=DeliveryRow.id, is_over=_bodies, erase=_erase_bodies),
    Sweep(kept=Kept.SET_ASIDE, id=EventRow.id, is_over=_set_aside, erase=_erase_contents),
    Sweep(kept=Kept.EVENTS, id=EventRow.id, is_over=_events, erase=_delete_events),
    Sweep(
        kept=Kept.DELETIONS,
        id=DeletionRequestRow.code,
        is_over=_deletions,
        erase=delete_rows(DeletionRequestRow, col(DeletionRequestRow.code)),
    ),
)
