"""Who is on duty: weekly periods in the organisation's time, in levels, with people and their addresses."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.errors import InvalidInput, NotFound
from social_bot.organisation import audit
from social_bot.organisation.directory import Organisation
from social_bot.organisation.operators import OperatorRow
from social_bot.organisation.times import WEEKDAYS
from social_bot.storage.cipher import Cipher

LEVELS = range(1, 6)
_DAY = timedelta(days=1)
_DAY_NUMBERS = {name.lower(): number for names in WEEKDAYS.values() for number, name in enumerate(names)}
_PART = re.compile(r"^([a-zåäö]+)(?:\s*[-–]\s*([a-zåäö]+))?\s+(\S+)\s*[-–]\s*(\S+)$")
_CLOCK = re.compile(r"^(\d{1,2})(?:[.:](\d{2}))?$")


class DutyRow(SQLModel, table=True):
    """``addresses_sealed`` holds the addresses as a JSON list; they are secrets."""

    __tablename__ = "duty_period"
    id: int | None = Field(default=None, primary_key=True)
    level: int
    hours: str = Field(max_length=200)
    people: list[str] = Field(sa_column=Column(JSON, nullable=False))
    addresses_sealed: bytes
    created_at: datetime

    def covers(self, local: datetime) -> bool:
        return any(span.covers(local) for span in parse_duty_hours(self.hours))


@dataclass(frozen=True, kw_only=True)
class Span:
    """From a time of a weekday (0 is Monday) for a duration of wall-clock time, past midnight where it is."""

    weekday: int
    begins: timedelta
    ends: timedelta

    def covers(self, local: datetime) -> bool:
        """``local`` is a time of the organisation; public holidays are days like others."""
        passed = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
        today, yesterday = local.weekday(), (local.weekday() - 1) % 7
        return (self.weekday == today and self.begins <= passed < self.ends) or (
            self.weekday == yesterday and passed + _DAY < self.ends
        )


def parse_duty_hours(text: str) -> Sequence[Span]:
    """Read ``ma-pe 8-16, la-su 0-24, pe 16-8``; a time that ends before it begins ends the next day."""
    parts = [part.strip() for part in re.split(r"[;,]", text) if part.strip()]
    if not parts:
        raise _unclear(text)
    return [span for part in parts for span in _spans(part)]


def add(
    session: Session,
    hours: str,
    *,
    level: int,
    people: Sequence[str],
    addresses: Sequence[SecretStr],
    accepts: Callable[[SecretStr], bool],
    cipher: Cipher,
    now: datetime,
    by: str,
) -> DutyRow:
    """Add a period. ``accepts`` says whether an address can be written to; the sentence never repeats one."""
    parse_duty_hours(hours)
    if level not in LEVELS:
        raise InvalidInput(
            "The level of a duty period is a number from {first} to {last}.", first=LEVELS[0], last=LEVELS[-1]
        )
    if not people:
        raise InvalidInput("A duty period needs at least one person.")
    for name in people:
        if session.get(OperatorRow, name) is None:
            raise NotFound(
                'There is no operator called "{name}". See them with: social-bot operator list', name=name
            )
    for number, address in enumerate(addresses, start=1):
        if not accepts(address):
            raise InvalidInput(
                "Address {number} is none that can be written to. docs/alerts.md shows what addresses look like.",
                number=number,
            )
    sealed = cipher.seal(json.dumps([address.get_secret_value() for address in addresses]))
    row = DutyRow(level=level, hours=hours, people=list(people), addresses_sealed=sealed, created_at=now)
    session.add(row)
    session.flush()
    audit.record(session, at=now, actor=by, action="duty.add", subject=f"duty:{row.id}", detail=hours)
    return row


def remove(session: Session, duty_id: int, *, by: str, now: datetime) -> None:
    row = session.get(DutyRow, duty_id)
    if row is None:
        raise NotFound("There is no duty period {id}. See them with: social-bot duty list", id=duty_id)
    session.delete(row)
    audit.record(session, at=now, actor=by, action="duty.remove", subject=f"duty:{duty_id}", detail=row.hours)


def everything(session: Session) -> Sequence[DutyRow]:
    return session.exec(select(DutyRow).order_by(col(DutyRow.level), col(DutyRow.id))).all()


def addresses_of(row: DutyRow, cipher: Cipher) -> Sequence[SecretStr]:
    return [SecretStr(address) for address in json.loads(cipher.open(row.addresses_sealed))]


def has_address(session: Session, cipher: Cipher) -> bool:
    """Whether anybody on any duty has an address at which they are told."""
    return any(addresses_of(row, cipher) for row in everything(session))


def is_somebody_on_duty(session: Session, organisation: Organisation, *, now: datetime) -> bool:
    """Whether somebody reads now: by the duty periods, and by the opening hours where there are none."""
    local = now.astimezone(organisation.zone)
    periods = everything(session)
    if not periods:
        return organisation.hours.is_open(local)
    return any(period.covers(local) for period in periods)


def _spans(part: str) -> Sequence[Span]:
    match = _PART.match(part.lower())
    first, last = (
        (_DAY_NUMBERS.get(match[1]), _DAY_NUMBERS.get(match[2] or match[1])) if match else (None, None)
    )
    begins, ends = (_clock(match[3]), _clock(match[4])) if match else (None, None)
    if first is None or last is None or begins is None or ends is None:
        raise _unclear(part)
    ends = ends if ends > begins else ends + _DAY
    days = [(first + number) % 7 for number in range((last - first) % 7 + 1)]
    return [Span(weekday=day, begins=begins, ends=ends) for day in days]


def _clock(text: str) -> timedelta | None:
    match = _CLOCK.match(text)
    if match is None or int(match[2] or 0) > 59:
        return None
    time = timedelta(hours=int(match[1]), minutes=int(match[2] or 0))
    return time if time <= _DAY else None


def _unclear(part: str) -> InvalidInput:
    return InvalidInput('Duty hours read like "ma-pe 8-16, la-su 0-24"; "{part}" does not.', part=part)
