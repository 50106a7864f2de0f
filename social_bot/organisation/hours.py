"""Opening hours on the Finnish calendar: open now, open next, and promises counted in opening hours.

Holidays: https://www.finlex.fi (kirkkolaki, itsenäisyyspäivä, vappu) through the ``holidays`` package, with
Christmas Eve and Midsummer Eve, which it counts as public holidays of Finland.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from social_bot.errors import InvalidInput
from social_bot.organisation.public_holidays import is_holiday

_DAYS = {
    "fi": ("ma", "ti", "ke", "to", "pe", "la", "su"),
    "sv": ("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_DAY_NUMBERS = {name.lower(): number for names in _DAYS.values() for number, name in enumerate(names)}
_LOOK_AHEAD_DAYS = 60
_NIGHT_ENDS = time(8)  # "20-02" is a night, "15-9" a slip
_PART = re.compile(r"^(?P<days>[a-zåäö]+(?:\s*[-–]\s*[a-zåäö]+)?)\s+(?P<times>\d.*)$")
_CLOSED = frozenset({"kiinni", "stängt", "closed"})
_AND = re.compile(r"\s+(?:ja|och|and)\s+")
_TIMES = re.compile(r"^(\d{1,2})(?:[.:](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[.:](\d{2}))?$")


@dataclass(frozen=True, kw_only=True)
class Interval:
    """``closes`` not after ``opens``: the service closes the next day (``pe 20-02``)."""

    opens: time
    closes: time

    @property
    def ends_next_day(self) -> bool:
        return self.closes <= self.opens


@dataclass(frozen=True, kw_only=True)
class OpeningHours:
    """``week`` by weekday (0 is Monday); ``exceptions`` replace a day, an empty tuple closes it.

    An interval past midnight belongs to the day on which it begins. Moments are local: aware ones are
    counted in true time, also in the nights in which the clocks change; naive ones by the clock on the wall.
    """

    week: Mapping[int, tuple[Interval, ...]]
    exceptions: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)

    def on(self, day: date) -> tuple[Interval, ...]:
        if day in self.exceptions:
            return self.exceptions[day]
        return () if is_holiday(day) else self.week.get(day.weekday(), ())

    def is_open(self, at: datetime) -> bool:
        now = _true(at)
        return any(opens <= now < closes for opens, closes in self._spans(at, -1, 1))

    def next_opening(self, at: datetime) -> datetime | None:
        """The next moment after ``at`` at which the service, closed before, opens; None within 60 days."""
        now = _true(at)
        for opens, _ in self._spans(at, 0, _LOOK_AHEAD_DAYS):
            if opens > now:
                return _local(opens, at)
        return None

    def closed_since(self, at: datetime) -> datetime | None:
        """When the closed period that holds ``at`` began; None while open, or where 60 days do not tell."""
        now = _true(at)
        ended = None
        for opens, closes in self._spans(at, -_LOOK_AHEAD_DAYS, 1):
            if opens <= now < closes:
                return None
            ended = closes if closes <= now else ended
        return None if ended is None else _local(ended, at)

    def after(self, at: datetime, duration: timedelta) -> datetime | None:
        """The moment by which ``duration`` of opening time has passed since ``at``; None within 60 days."""
        now, left = _true(at), duration
        for opens, closes in self._spans(at, -1, _LOOK_AHEAD_DAYS):
            begins = max(opens, now)
            if closes <= begins:
                continue
            if closes - begins >= left:
                return _local(begins + left, at)
            left -= closes - begins
        return None

    def between(self, since: datetime, until: datetime) -> timedelta:
        """How much opening time lies between two moments of the same zone, 60 days at most."""
        begins, ends = _true(since), _true(until)
        days = min((until.date() - since.date()).days + 2, _LOOK_AHEAD_DAYS)
        passed = timedelta()
        for opens, closes in self._spans(since, -1, days):
            passed += max(min(closes, ends) - max(opens, begins), timedelta())
        return passed

    def _spans(self, at: datetime, first: int, last: int) -> Iterator[tuple[datetime, datetime]]:
        """When it opens and closes from day ``first`` to ``last`` of ``at``; what touches is one span."""
        current: tuple[datetime, datetime] | None = None
        for days in range(first, last):
            day = at.date() + timedelta(days=days)
            for interval in sorted(self.on(day), key=lambda part: part.opens):
                opens = _true(datetime.combine(day, interval.opens, tzinfo=at.tzinfo))
                ends = day + timedelta(days=interval.ends_next_day)
                closes = _true(datetime.combine(ends, interval.closes, tzinfo=at.tzinfo))
                if current is not None and opens <= current[1]:
                    current = current[0], max(current[1], closes)
                    continue
                if current is not None and current[0] < current[1]:
                    yield current
                current = opens, closes
        if current is not None and current[0] < current[1]:
            yield current


def _true(moment: datetime) -> datetime:
    """In UTC where it is aware: between two local moments Python counts by the clock on the wall."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC)


def _local(moment: datetime, at: datetime) -> datetime:
    return moment if at.tzinfo is None else moment.astimezone(at.tzinfo)


def parse_hours(text: str, *, exceptions: str = "") -> OpeningHours:
    """Read ``ma-to 9-11 ja 12-15, pe 9.00-14.00, la 20-02`` (also Swedish or English day names).

    Exceptions read ``24.12.2026 kiinni; 31.12.2026 9-12``. Two parts for one day add up.
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
        intervals = _intervals(match["times"], part)
        for weekday in _days(match["days"], part):
            week[weekday] = (*week.get(weekday, ()), *intervals)
    on_days: dict[date, tuple[Interval, ...]] = {}
    for part in _parts(exceptions):
        day, intervals = _exception(part)
        on_days[day] = (*on_days.get(day, ()), *intervals)
    return OpeningHours(week=week, exceptions=on_days)


def parse_day(weekday: int, text: str) -> tuple[Interval, ...]:
    """Read one day's hours, ``9-11 ja 12-15``; an empty text is a closed day. Raises ``InvalidInput``."""
    clean = re.sub(r"\b(?:klo|kl\.?)\s*", "", text.strip().lower())
    if not clean or clean in _CLOSED:
        return ()
    return _intervals(clean, f"{_DAYS['fi'][weekday]} {text.strip()}")


def write_hours(week: Mapping[int, tuple[Interval, ...]]) -> str:
    """``ma 9-11 ja 12-15, ti 9-15``: what ``parse_hours`` reads as the same week."""
    return ", ".join(f"{_DAYS['fi'][day]} {write_times(week[day])}" for day in sorted(week) if week[day])


def write_exceptions(exceptions: Mapping[date, tuple[Interval, ...]]) -> str:
    """``24.12.2026 kiinni; 31.12.2026 9-12``: what ``parse_hours`` reads as the same days."""
    return "; ".join(
        f"{day.day}.{day.month}.{day.year} {write_times(exceptions[day]) or 'kiinni'}"
        for day in sorted(exceptions)
    )


def write_times(intervals: Sequence[Interval], language: str = "fi") -> str:
    """``9-11 ja 12.30-15``, nothing for none; midnight at the end is 24."""
    return {"fi": " ja ", "sv": " och ", "en": " and "}[language].join(
        f"{_clock(part.opens, '.')}-{_clock(part.closes, '.') if part.closes > time(0) else '24'}"
        for part in intervals
    )


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


def _intervals(text: str, part: str) -> tuple[Interval, ...]:
    return tuple(_interval(times.strip(), part) for times in _AND.split(text))


def _interval(text: str, part: str) -> Interval:
    match = _TIMES.match(text)
    if match is None:
        raise InvalidInput(
            'In "{part}" the times are not clear. Write for example "ma-pe 9.00-15.30".', part=part
        )
    hour, minute, last_hour, last_minute = (int(group or 0) for group in match.groups())
    try:
        closes = time(0) if (last_hour, last_minute) == (24, 0) else time(last_hour, last_minute)
        interval = Interval(opens=time(hour, minute), closes=closes)
    except ValueError as error:
        raise InvalidInput('In "{part}" there is a time that no clock shows.', part=part) from error
    if interval.ends_next_day and (interval.closes > _NIGHT_ENDS or last_hour == hour):
        raise InvalidInput('In "{part}" the service closes before it opens.', part=part)
    return interval


def _exception(part: str) -> tuple[date, tuple[Interval, ...]]:
    match = re.match(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})\s+(.+)$", part)
    if match is None:
        raise InvalidInput(
            'Exceptions read like "24.12.2026 kiinni; 31.12.2026 9-12"; "{part}" does not.', part=part
        )
    try:
        day = date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError as error:
        raise InvalidInput('In "{part}" there is a day that no calendar shows.', part=part) from error
    is_closed = match[4].strip().lower() in _CLOSED
    return day, () if is_closed else _intervals(match[4], part)
