"""Requests to be phoned: asked on our own page, promised in opening hours, settled by a worker."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import phonenumbers
from sqlmodel import Session

from social_bot.answering import store
from social_bot.answering.store import CallbackRow, CallbackState
from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import alerts, audit, operators
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.directory import Organisation
from social_bot.organisation.roles import Role
from social_bot.storage.cipher import Cipher

PROMISE = timedelta(hours=6)
"""Opening time within which we phone back: about one working day."""

TRIES = 2
WINDOWS = ("any", "morning", "midday", "afternoon")
_REGION = "FI"

_S = CallbackState
MOVES: Mapping[CallbackState, frozenset[CallbackState]] = {
    _S.REQUESTED: frozenset({_S.ASSIGNED, _S.DONE, _S.UNREACHABLE, _S.CANCELLED}),
    _S.ASSIGNED: frozenset({_S.REQUESTED, _S.DONE, _S.UNREACHABLE, _S.CANCELLED}),
    _S.DONE: frozenset(),
    _S.UNREACHABLE: frozenset(),
    _S.CANCELLED: frozenset(),
}


def parse_phone(text: str) -> str:
    """The number in international form (``+358 40 1234567``). Raises ``InvalidInput``, without the number."""
    try:
        number = phonenumbers.parse(text, _REGION)
    except phonenumbers.NumberParseException as error:
        raise InvalidInput("Write your phone number in digits, for example 040 123 4567.") from error
    if not phonenumbers.is_valid_number(number):
        raise InvalidInput("This does not look like a phone number. Check the digits.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def request(
    session: Session,
    *,
    phone: str,
    window: str,
    language: str,
    organisation: Organisation,
    cipher: Cipher,
    now: datetime,
) -> CallbackRow:
    """Take a request in; ``promised_by`` is None where the organisation has set no opening hours."""
    if window not in WINDOWS:
        raise InvalidInput("Choose when we may call you.")
    callback = CallbackRow(
        phone_sealed=cipher.seal(parse_phone(phone)),
        window=window,
        language=language,
        requested_at=now,
        promised_by=promise(organisation, now=now),
    )
    session.add(callback)
    session.flush()
    return callback


def promise(organisation: Organisation, *, now: datetime) -> datetime | None:
    """By when somebody who asks now is phoned; None where the organisation has set no opening hours."""
    local = now.astimezone(organisation.zone).replace(tzinfo=None)
    by = organisation.hours.after(local, PROMISE)
    return None if by is None else by.replace(tzinfo=organisation.zone).astimezone(now.tzinfo)


def record_reached(session: Session, callback_id: int, *, by: str, now: datetime) -> CallbackRow:
    """The person was phoned and answered."""
    return _move(session, callback_id, CallbackState.DONE, by=by, now=now)


def record_no_answer(session: Session, callback_id: int, *, by: str, now: datetime) -> CallbackRow:
    """The person was phoned and did not answer; the second time the request ends as unreachable."""
    callback = store.get_callback(session, callback_id)
    if callback.tries + 1 >= TRIES:
        return _move(session, callback_id, CallbackState.UNREACHABLE, by=by, now=now)
    callback.tries += 1
    session.add(callback)
    audit.record(session, at=now, actor=by, action="callback.no_answer", subject=f"callback:{callback_id}")
    return callback


def cancel(session: Session, callback_id: int, *, by: str, now: datetime) -> CallbackRow:
    return _move(session, callback_id, CallbackState.CANCELLED, by=by, now=now)


def assign(session: Session, callback_id: int, *, to: str, by: str, now: datetime) -> CallbackRow:
    operators.require(session, to, Role.WRITER)
    callback = _move(session, callback_id, CallbackState.ASSIGNED, by=by, now=now)
    callback.assigned_to = to
    return callback


def raise_late(session: Session, *, now: datetime) -> None:
    """Tell staff of every open request whose promise has passed."""
    for callback in store.list_callbacks(session, only_open=True):
        if callback.promised_by is not None and callback.promised_by < now:
            alerts.raise_alert(session, AlertKind.CALLBACK_LATE, f"callback:{callback.id}", now=now)


def _move(session: Session, callback_id: int, to: CallbackState, *, by: str, now: datetime) -> CallbackRow:
    callback = store.get_callback(session, callback_id)
    if to not in MOVES[callback.state]:
        raise NotAllowed("This callback request is {state} already.", state=callback.state.value)
    callback.state = to
    if not MOVES[to]:
        callback.tries += to in (CallbackState.DONE, CallbackState.UNREACHABLE)
        callback.settled_at = now
        alerts.settle(session, f"callback:{callback_id}", by=by, now=now)
    session.add(callback)
    audit.record(session, at=now, actor=by, action=f"callback.{to.value}", subject=f"callback:{callback_id}")
    return callback
