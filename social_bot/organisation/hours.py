"""Opening hours on the Finnish calendar: open now, open next, and promises counted in opening hours.

Times are naive local wall-clock times of the organisation; the caller converts.
Holidays: https://www.finlex.fi (kirkkolaki, itsenäisyyspäivä, vappu) through the ``holidays`` package, with
Christmas Eve and Midsummer Eve, which it counts as public holidays of Finland.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

from social_bot.errors import InvalidInput

_DAYS = {
    "fi": ("ma", "ti", "ke", "to", "pe", "la", "su"),
    "sv": ("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_DAY_NUMBERS = {name.lower(): number for names in _DAYS.values() for number, name in enumerate(names)}
_LOOK_AHEAD_DAYS = 60
_PART = re.compile(r"^(?P<days>[a-zåäö]+(?:\s*[-–]\s*[a-zåäö]+)?)\s+(?P<times>[\d.:\s,–-]+)$")
_TIMES = re.compile(r"^(\d{1,2})(?:[.:](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[.:](\d{2}))?$")


@dataclass(frozen=True, kw_only=True)
class Interval:
    opens: time
    closes: time


@dataclass(frozen=True, kw_only=True)
class OpeningHours:
    """``week`` by weekday (0 is Monday); ``exceptions`` replace a day, an empty tuple closes it."""

    week: Mapping[int, tuple[Interval, ...]]
    exceptions: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)

    def on(self, day: date) -> tuple[Interval, ...]:
        if day in self.exceptions:
            return self.exceptions[day]
        return () if is_holiday(day) else self.week.get(day.weekday(), ())

    def is_open(self, at: datetime) -> bool:
        return any(interval.opens <= at.time() < interval.closes for interval in self.on(at.date()))

    def next_opening(self, at: datetime) -> datetime | None:
        """The next moment at which the service opens after ``at``; None when nothing opens in 60 days."""
        for days in range(_LOOK_AHEAD_DAYS):
            day = at.date() + timedelta(days=days)
            for interval in self.on(day):
                opens = datetime.combine(day, interval.opens)
                if opens > at:
                    return opens
        return None

    def after(self, at: datetime, duration: timedelta) -> datetime | None:
        """The moment by which ``duration`` of opening time has passed since ``at``."""
        left = duration
        for days in range(_LOOK_AHEAD_DAYS):
            day = at.date() + timedelta(days=days)
            for interval in self.on(day):
                opens = max(datetime.combine(day, interval.opens), at)
                closes = datetime.combine(day, interval.closes)
                if closes <= opens:
                    continue
                if closes - opens >= left:
                    return opens + left
                left -= closes - opens
        return None


@lru_cache(maxsize=1)
def _finland() -> holidays.HolidayBase:
    return holidays.country_holidays("FI", language="fi")


def is_holiday(day: date) -> bool:
    """Whether the day is a Finnish public holiday, Christmas Eve or Midsummer Eve."""
    return day in _finland()


def parse_hours(text: str, *, exceptions: str = "") -> OpeningHours:
    """Read ``ma-to 9-15, pe 9.00-14.00`` (also Swedish or English day names; ``;`` parts two intervals).

    Exceptions read ``24.12.2026 kiinni; 31.12.2026 9-12``.
    """
    week: dict[int, tuple[Interval, ...]] = {}
    for part in _parts(text):
        match = _PART.match(part.lower())
        if match is None:
            raise InvalidInput(
                'Opening hours read like "ma-to 9-15, pe 9-14"; "{part}" does not. Days: {days}.',
                part=part,
                days=", ".join(_DAYS["fi"]),
            )
        interval = _interval(match["times"].strip(), part)
        for day in _days(match["days"], part):
            week[day] = (*week.get(day, ()), interval)
    return OpeningHours(week=week, exceptions=dict(_exception(part) for part in _parts(exceptions)))


def in_words(hours: OpeningHours, language: str) -> str:
    """``ma–to klo 9–15, pe klo 9–14`` and the like; days with equal hours in a row are joined."""
    names = _DAYS[language]
    runs: list[tuple[int, int, tuple[Interval, ...]]] = []
    for day in range(7):
        intervals = hours.week.get(day, ())
        if not intervals:
            continue
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == intervals:
            runs[-1] = (runs[-1][0], day, intervals)
        else:
            runs.append((day, day, intervals))
    return ", ".join(
        f"{names[first] if first == last else f'{names[first]}–{names[last]}'} {times_in_words(intervals, language)}"
        for first, last, intervals in runs
    )


def times_in_words(intervals: Sequence[Interval], language: str) -> str:
    """``klo 9–15`` / ``kl. 9–15`` / ``9–15``; minutes only where there are any."""
    prefix = {"fi": "klo ", "sv": "kl. ", "en": ""}[language]
    separator = ":" if language == "en" else "."
    ranges = [f"{_clock(part.opens, separator)}–{_clock(part.closes, separator)}" for part in intervals]
    return prefix + {"fi": " ja ", "sv": " och ", "en": " and "}[language].join(ranges)


def _clock(moment: time, separator: str) -> str:
    return str(moment.hour) if moment.minute == 0 else f"{moment.hour}{separator}{moment.minute:02}"


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;,]", text) if part.strip()]


def _days(text: str, part: str) -> range:
    names = [name.strip() for name in re.split(r"[-–]", text)]
    numbers = [_DAY_NUMBERS.get(name[:4].rstrip(".")) for name in names]
    if len(numbers) not in (1, 2) or None in numbers:
        raise InvalidInput('In "{part}" the days are not known. Write for example "ma-pe 9-15".', part=part)
    first, last = numbers[0], numbers[-1]
    if first is None or last is None or first > last:
        raise InvalidInput('In "{part}" the days run backwards. Write for example "ma-pe 9-15".', part=part)
    return range(first, last + 1)


def _interval(text: str, part: str) -> Interval:
    match = _TIMES.match(text)
    if match is None:
        raise InvalidInput(
            'In "{part}" the times are not clear. Write for example "ma-pe 9.00-15.30".', part=part
        )
    hour, minute, last_hour, last_minute = (int(group or 0) for group in match.groups())
    try:
        interval = Interval(opens=time(hour, minute), closes=time(last_hour, last_minute))
    except ValueError as error:
        raise InvalidInput('In "{part}" there is a time that no clock shows.', part=part) from error
    if interval.closes <= interval.opens:
        raise InvalidInput('In "{part}" the service closes before it opens.', part=part)
    return interval


def _exception(part: str) -> tuple[date, tuple[Interval, ...]]:
    match = re.match(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})\s+(.+)$", part)
    if match is None:
        raise InvalidInput(
            'Exceptions read like "24.12.2026 kiinni; 31.12.2026 9-12"; "{part}" does not.', part=part
        )
    day = date(int(match[3]), int(match[2]), int(match[1]))
    is_closed = match[4].strip().lower() in {"kiinni", "stängt", "closed"}
    return day, () if is_closed else (_interval(match[4].strip(), part),)
