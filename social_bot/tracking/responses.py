"""How long people waited for a worker: from the first message that no machine settled to the worker's answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from social_bot.organisation.hours import OpeningHours
from social_bot.organisation.public_holidays import is_holiday


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One message of a thread.

    ``needs_person``: written by a resident, and no automatic text settled it. ``is_person``: a worker's answer.
    """

    thread_id: int
    at: datetime
    needs_person: bool = False
    is_person: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    thread_id: int
    began_at: datetime
    answered_at: datetime | None


def find_waits(said: Iterable[Said]) -> Sequence[Wait]:
    """The waits of threads whose messages come thread by thread, each in order."""
    waits: list[Wait] = []
    thread, began = 0, None
    for one in said:
        if one.thread_id != thread:
            if began is not None:
                waits.append(Wait(thread_id=thread, began_at=began, answered_at=None))
            thread, began = one.thread_id, None
        if one.is_person and began is not None:
            waits.append(Wait(thread_id=thread, began_at=began, answered_at=one.at))
            began = None
        elif one.needs_person and began is None:
            began = one.at
    if began is not None:
        waits.append(Wait(thread_id=thread, began_at=began, answered_at=None))
    return waits


def open_minutes(hours: OpeningHours, began: datetime, ended: datetime) -> int:
    """Whole minutes of opening time between two local moments; by the clock where no hours are set."""
    passed = hours.between(began, ended) if hours.week or hours.exceptions else ended - began
    return int(passed.total_seconds() // 60)


def next_working_day(day: date) -> date:
    """The first day after it that is no Saturday, Sunday or Finnish holiday."""
    following = day + timedelta(days=1)
    while following.weekday() > 4 or is_holiday(following):
        following += timedelta(days=1)
    return following
