"""Requests to be phoned: asked on our own page, promised in opening hours, settled by a worker.

A number is kept no longer than it is of use. It is erased at once when the person was reached or the
request was cancelled; where nobody answered twice, it stays ``callback_retention_days`` so that it can be
shown that we tried, see sweeps.py. What is left then is when and how it went, for counting. An open request
keeps its number, and staff are told again and again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import phonenumbers
from sqlmodel import Session

from social_bot.answering import store
from social_bot.answering.store import CallbackRow, CallbackState
from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import alerts, audit, operators
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.directory import Organisation
from social_bot.organisation.hours import Interval
from social_bot.organisation.retention import WARN_BEFORE
from social_bot.organisation.roles import Role
from social_bot.storage.engine import Database, insert_new

PROMISE = timedelta(hours=6)
"""Opening time within which we phone back: about one working day."""

TRIES = 2
DAYS_OFFERED = 3
HOURLY_LIMIT = 120
"""New requests in an hour; more are no residents, and no staff could phone so many."""

_LOOK_AHEAD_DAYS = 21
_LONG = timedelta(hours=4)  # a longer stretch of opening hours is offered in two halves
_REGION = "FI"

_S = CallbackState
MOVES: Mapping[CallbackState, frozenset[CallbackState]] = {
    _S.REQUESTED: frozenset({_S.ASSIGNED, _S.DONE, _S.UNREACHABLE, _S.CANCELLED}),
    _S.ASSIGNED: frozenset({_S.ASSIGNED, _S.DONE, _S.UNREACHABLE, _S.CANCELLED}),
    _S.DONE: frozenset(),
    _S.UNREACHABLE: frozenset(),
    _S.CANCELLED: frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class Window:
    """A time in opening hours in which a person wants to be phoned; aware, in the organisation's zone."""

    begins: datetime
    ends: datetime

    @property
    def code(self) -> str:
        """As a form carries it: ``2026-11-25T12:00``."""
        return self.begins.strftime("%Y-%m-%dT%H:%M")


def offered_windows(organisation: Organisation, *, now: datetime) -> Sequence[Window]:
    """The times that may be chosen at ``now``: those not yet begun of the next days that are open."""
    local = now.astimezone(organisation.zone)
    offered: list[Window] = []
    days = 0
    for ahead in range(_LOOK_AHEAD_DAYS):
        windows = _windows_on(organisation, local.date() + timedelta(days=ahead))
        to_come = [window for window in windows if window.begins > local]
        offered += to_come
        days += bool(to_come)
        if days == DAYS_OFFERED:
            break
    return offered


def parse_phone(text: str) -> str:
    """The number in international form (``+358 40 1234567``). Raises ``InvalidInput``, without the number."""
    try:
        number = phonenumbers.parse(text, _REGION)
    except phonenumbers.NumberParseException as error:
        raise InvalidInput("Write your phone number in digits, for example 040 123 4567.") from error
    if not phonenumbers.is_valid_number(number):
        raise InvalidInput("This does not look like a phone number. Check the digits.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def may_take_more(session: Session, *, now: datetime) -> bool:
    """Whether fewer requests than a flood have come within the hour."""
    return store.count_callbacks_since(session, now - timedelta(hours=1)) < HOURLY_LIMIT


def request(
    session: Session,
    *,
    phone: str,
    language: str,
    organisation: Organisation,
    database: Database,
    now: datetime,
    window: Window | None = None,
    is_discreet: bool = False,
) -> CallbackRow:
    """Take a request in; without a ``window`` the call is made as soon as may be.

    A number waits once: asked again, the open request takes the new time and language, and stays discreet
    if it ever was. ``promised_by`` is None where nothing was chosen and no opening hours are set.
    """
    number = parse_phone(phone)
    index = database.index(number)
    wish = {
        "language": language,
        "call_from": window.begins if window else None,
        "promised_by": window.ends if window else promise(organisation, now=now),
    }
    new = {
        "phone_sealed": database.cipher.seal(number),
        "phone_index": index,
        "is_discreet": is_discreet,
        "state": CallbackState.REQUESTED,
        "requested_at": now,
        "tries": 0,
        **wish,
    }
    is_new = insert_new(session, CallbackRow, [new])
    callback = store.get_open_callback(session, index)
    if not is_new:
        for name, value in wish.items():
            setattr(callback, name, value)
        callback.is_discreet = callback.is_discreet or is_discreet
        session.add(callback)
    return callback


def promise(organisation: Organisation, *, now: datetime) -> datetime | None:
    """By when somebody who asks now is phoned; None where the organisation has set no opening hours."""
    by = organisation.hours.after(now.astimezone(organisation.zone), PROMISE)
    return None if by is None else by.astimezone(now.tzinfo)


def assign(session: Session, callback_id: int, *, to: str, by: str, now: datetime) -> CallbackRow:
    """Somebody takes the call on, or another takes it over."""
    operators.require(session, to, Role.WRITER, page_id=operators.ANY_PAGE)
    callback = _move(session, callback_id, CallbackState.ASSIGNED, by=by, now=now)
    callback.assigned_to = to
    return callback


def record_reached(session: Session, callback_id: int, *, by: str, now: datetime) -> CallbackRow:
    """The person was phoned and answered: the number has served and is erased."""
    callback = _move(session, callback_id, CallbackState.DONE, by=by, now=now)
    callback.tries, callback.tried_at = callback.tries + 1, now
    return callback


def record_no_answer(
    session: Session,
    callback_id: int,
    *,
    by: str,
    organisation: Organisation,
    now: datetime,
    seen_tries: int | None = None,
) -> CallbackRow:
    """The person was phoned and did not answer: a new promise, or after the second time the end.

    ``seen_tries`` is how many tries the caller knew of: a form that is sent twice counts once.
    """
    operators.require(session, by, Role.WRITER, page_id=operators.ANY_PAGE)
    callback = store.get_callback(session, callback_id)
    if seen_tries is not None and seen_tries != callback.tries:
        raise NotAllowed("This call has been noted already.")
    if callback.tries + 1 >= TRIES:
        callback = _move(session, callback_id, CallbackState.UNREACHABLE, by=by, now=now)
    elif not MOVES[callback.state]:
        raise _settled(callback)
    else:
        callback.call_from, callback.promised_by = None, promise(organisation, now=now)
        alerts.settle(session, f"callback:{callback_id}", by=by, now=now)
        audit.record(
            session, at=now, actor=by, action="callback.no_answer", subject=f"callback:{callback_id}"
        )
        session.add(callback)
    callback.tries, callback.tried_at = callback.tries + 1, now
    return callback


def cancel(session: Session, callback_id: int, *, by: str, now: datetime) -> CallbackRow:
    """No call is needed any more: the number is erased."""
    return _move(session, callback_id, CallbackState.CANCELLED, by=by, now=now)


def is_late(callback: CallbackRow, *, now: datetime) -> bool:
    return bool(MOVES[callback.state]) and callback.promised_by is not None and callback.promised_by < now


def raise_late(session: Session, *, now: datetime) -> None:
    """Tell staff of every open request whose promise has passed."""
    for callback in store.list_callbacks(session, only_open=True):
        if is_late(callback, now=now):
            alerts.raise_alert(
                session,
                AlertKind.CALLBACK_LATE,
                f"callback:{callback.id}",
                now=now,
                occasion=str(callback.tries or ""),
            )


def is_forgotten(callback: CallbackRow, organisation: Organisation, *, now: datetime) -> bool:
    """Whether nobody has done anything about it for so long that it is told of again."""
    return bool(MOVES[callback.state]) and now >= _over_at(callback, organisation) - WARN_BEFORE


def over_on(callback: CallbackRow, organisation: Organisation) -> date:
    """The day from which an open request is older than numbers are kept; it stays, for somebody waits."""
    return _over_at(callback, organisation).astimezone(organisation.zone).date()


def warn_of_forgotten(session: Session, organisation: Organisation, *, now: datetime) -> None:
    """Tell of requests that nobody takes up, a week before their number would be over its time."""
    for callback in store.list_callbacks(session, only_open=True):
        if is_forgotten(callback, organisation, now=now):
            alerts.raise_alert(
                session,
                AlertKind.CALLBACK_LATE,
                f"callback:{callback.id}",
                now=now,
                occasion=f"forgotten:{callback.tries}",
            )


def _over_at(callback: CallbackRow, organisation: Organisation) -> datetime:
    return _last_touched(callback) + timedelta(days=organisation.callback_retention_days)


def _last_touched(callback: CallbackRow) -> datetime:
    return max(filter(None, (callback.requested_at, callback.promised_by, callback.tried_at)))


def _move(session: Session, callback_id: int, to: CallbackState, *, by: str, now: datetime) -> CallbackRow:
    operators.require(session, by, Role.WRITER, page_id=operators.ANY_PAGE)
    callback = store.get_callback(session, callback_id)
    if to not in MOVES[callback.state]:
        raise _settled(callback)
    callback.state = to
    if not MOVES[to]:
        callback.settled_at, callback.phone_index = now, None
        if to is not CallbackState.UNREACHABLE:
            callback.phone_sealed = None
        alerts.settle(session, f"callback:{callback_id}", by=by, now=now)
    session.add(callback)
    audit.record(session, at=now, actor=by, action=f"callback.{to.value}", subject=f"callback:{callback_id}")
    return callback


def _settled(callback: CallbackRow) -> NotAllowed:
    return NotAllowed("This callback request is {state} already.", state=callback.state.value)


def _windows_on(organisation: Organisation, day: date) -> list[Window]:
    return [
        window for interval in organisation.hours.on(day) for window in _halves(organisation, day, interval)
    ]


def _halves(organisation: Organisation, day: date, interval: Interval) -> list[Window]:
    """One window, or two that meet at the full hour nearest to the middle."""
    begins = datetime.combine(day, interval.opens, tzinfo=organisation.zone)
    ends = datetime.combine(
        day + timedelta(days=interval.ends_next_day), interval.closes, tzinfo=organisation.zone
    )
    if ends - begins <= _LONG:
        return [Window(begins=begins, ends=ends)]
    middle = (begins + (ends - begins) / 2 + timedelta(minutes=30)).replace(minute=0)
    return [Window(begins=begins, ends=middle), Window(begins=middle, ends=ends)]
