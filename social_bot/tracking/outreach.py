"""Outreach visits and what they add up to: counts of people, never people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Protocol

from social_bot.tracking.intervals import Interval, poisson_interval, share_interval

LONGEST_MINUTES = 12 * 60
MOST_WORKERS = 50
MOST_PEOPLE = 5000
LONGEST_NOTE = 500
LONGEST_PLACE = 120


class Channel(StrEnum):
    """Where people are met."""

    MALL = "mall"
    LIBRARY = "library"
    PARISH = "parish"
    HEALTH_CENTRE = "health_centre"
    KELA = "kela"
    FOOD_AID = "food_aid"
    STREET = "street"
    EVENT = "event"
    PHONE = "phone"
    PAGE = "page"
    OTHER = "other"


class PartnerKind(StrEnum):
    KELA = "kela"
    PARISH = "parish"
    HEALTH = "health"
    LIBRARY = "library"
    MUNICIPALITY = "municipality"
    ASSOCIATION = "association"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One time that workers were there. A count of None was not counted, which is not zero.

    ``contacts`` are people who were talked with, ``declined`` people who were asked and did not want to.
    """

    place: str
    channel: Channel
    held_on: date
    minutes: int
    workers: int
    contacts: int
    declined: int | None = None
    led_to_clienthood: int | None = None
    guided_on: int | None = None
    out_of_area: int | None = None
    starts_at: time | None = None
    trial_id: int | None = None
    campaign_id: int | None = None
    partner_ids: Sequence[int] = field(default=())
    note: str = ""


class Counted(Protocol):
    """What can be added up: a visit, or its row."""

    @property
    def minutes(self) -> int: ...
    @property
    def workers(self) -> int: ...
    @property
    def contacts(self) -> int: ...
    @property
    def declined(self) -> int | None: ...
    @property
    def led_to_clienthood(self) -> int | None: ...
    @property
    def guided_on(self) -> int | None: ...
    @property
    def out_of_area(self) -> int | None: ...


@dataclass(frozen=True, kw_only=True)
class Part:
    """``count`` of ``of``, over the visits where both were counted."""

    count: int
    of: int


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Several visits added up; a part of None was counted at none of them.

    ``minutes_each`` where every visit was as long as the others. ``led_on`` is what the work brought: people
    who became clients, and those who managed with advice alone.
    """

    times: int = 0
    minutes: int = 0
    worker_minutes: int = 0
    minutes_each: int | None = None
    contacts: int = 0
    declined: Part | None = None
    led_to_clienthood: Part | None = None
    guided_on: Part | None = None
    out_of_area: Part | None = None
    led_on: Part | None = None

    @property
    def worker_hours(self) -> float:
        return self.worker_minutes / 60


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A figure with the interval in which the truth lies, in nineteen cases out of twenty."""

    value: float
    interval: Interval


def add_up(visits: Iterable[Counted]) -> Totals:
    rows = list(visits)
    lengths = {row.minutes for row in rows}
    return Totals(
        times=len(rows),
        minutes=sum(row.minutes for row in rows),
        worker_minutes=sum(row.minutes * row.workers for row in rows),
        minutes_each=lengths.pop() if len(lengths) == 1 else None,
        contacts=sum(row.contacts for row in rows),
        declined=_part((row.declined, row.contacts + (row.declined or 0)) for row in rows),
        led_to_clienthood=_part((row.led_to_clienthood, row.contacts) for row in rows),
        guided_on=_part((row.guided_on, row.contacts) for row in rows),
        out_of_area=_part((row.out_of_area, row.contacts) for row in rows),
        led_on=_part((_both(row.led_to_clienthood, row.guided_on), row.contacts) for row in rows),
    )


def rate(count: int, hours: float) -> Measured | None:
    """Per hour; None where no hours are known."""
    if hours <= 0:
        return None
    return Measured(value=count / hours, interval=poisson_interval(count).times(1 / hours))


def share(part: Part | None) -> Measured | None:
    """None where nothing was counted, or of nobody."""
    if part is None or part.of == 0:
        return None
    return Measured(value=part.count / part.of, interval=share_interval(part.count, part.of))


def totals_record(totals: Totals) -> dict[str, object]:
    """Plain values, as they are kept with an evaluation and given to scripts."""
    parts = ("declined", "led_to_clienthood", "guided_on", "out_of_area", "led_on")
    return {
        "times": totals.times,
        "minutes": totals.minutes,
        "worker_minutes": totals.worker_minutes,
        "minutes_each": totals.minutes_each,
        "contacts": totals.contacts,
        **{name: _plain(getattr(totals, name)) for name in parts},
    }


def read_totals(record: Mapping[str, object]) -> Totals:
    """The opposite of ``totals_record``."""
    values = {
        name: Part(count=value["count"], of=value["of"]) if isinstance(value, Mapping) else value
        for name, value in record.items()
    }
    return Totals(**values)  # type: ignore[arg-type]


def _plain(part: Part | None) -> dict[str, int] | None:
    return None if part is None else {"count": part.count, "of": part.of}


def _both(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _part(pairs: Iterable[tuple[int | None, int]]) -> Part | None:
    known = [(count, of) for count, of in pairs if count is not None]
    if not known:
        return None
    return Part(count=sum(count for count, _ in known), of=sum(of for _, of in known))
