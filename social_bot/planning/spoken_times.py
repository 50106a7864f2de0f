"""Days and times as Finns write them: "ke 25.11. klo 9.00", "25.11.2026 9:00", "ons 25.11 kl. 9"."""

import re
from datetime import date, datetime, time

from social_bot.errors import InvalidInput
from social_bot.organisation.times import WEEKDAYS

_LONG_WEEKDAYS = (
    ("maanantai", "måndag", "monday"),
    ("tiistai", "tisdag", "tuesday"),
    ("keskiviikko", "onsdag", "wednesday"),
    ("torstai", "torsdag", "thursday"),
    ("perjantai", "fredag", "friday"),
    ("lauantai", "lördag", "saturday"),
    ("sunnuntai", "söndag", "sunday"),
)
_NUMBERS = {name: number for number, names in enumerate(_LONG_WEEKDAYS) for name in names} | {
    name.lower(): number for names in WEEKDAYS.values() for number, name in enumerate(names)
}
_WEEKDAY = r"(?:(?P<weekday>[a-zåäö]+)\.?,?\s+)?"
_DAY = r"(?:(?P<iso>2\d{3}-\d{1,2}-\d{1,2})|(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.?(?:\s?(?P<year>2\d{3}|\d{2}))?)"
_TIME = r"(?:klo|kl\.?|at)?\s*(?P<hour>\d{1,2})(?:[.:](?P<minute>\d{2}))?(?::\d{2})?"
_BOTH = re.compile(rf"{_WEEKDAY}{_DAY}\s*(?:T|,|\s)\s*{_TIME}", re.IGNORECASE)
_DAY_ALONE = re.compile(_WEEKDAY + _DAY, re.IGNORECASE)


def parse_when(text: str, *, today: date) -> datetime:
    """The wall-clock time that is meant; a day without a year is the next one that comes.

    Raises ``InvalidInput`` for what is unclear, for no day of any calendar, and where the weekday is another.
    """
    match = _BOTH.fullmatch(_tidy(text))
    if match is None:
        raise InvalidInput(
            'The time "{text}" is not clear. Write it as "ke 25.11. klo 9.00" or "25.11.2026 9.00".',
            text=text,
        )
    try:
        at = time(int(match["hour"]), int(match["minute"] or 0))
    except ValueError as error:
        raise InvalidInput('No clock shows the time "{text}".', text=text) from error
    return datetime.combine(_day(match, text, today), at)


def parse_spoken_day(text: str, *, today: date) -> date:
    """The same for a day alone: "ke 25.11.", "25.11.2026", "2026-11-25"."""
    match = _DAY_ALONE.fullmatch(_tidy(text))
    if match is None:
        raise InvalidInput(
            'The day "{text}" is not clear. Write it as "ke 25.11." or "25.11.2026".', text=text
        )
    return _day(match, text, today)


def _tidy(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def _day(match: re.Match[str], text: str, today: date) -> date:
    weekday = _weekday(match["weekday"], text)
    day = _dated(match, text, today)
    if weekday is not None and day.weekday() != weekday:
        raise InvalidInput(
            "{day} is not the weekday that you wrote. Mend the day or the weekday.",
            day=f"{day.day}.{day.month}.{day.year}",
        )
    return day


def _dated(match: re.Match[str], text: str, today: date) -> date:
    try:
        if match["iso"]:
            return date(*(int(part) for part in match["iso"].split("-")))
        month, day = int(match["month"]), int(match["day"])
        if match["year"]:
            return date(int(match["year"]) % 2000 + 2000, month, day)
        return _next(month, day, today)
    except ValueError as error:
        raise InvalidInput('No calendar has the day "{text}".', text=text) from error


def _next(month: int, day: int, today: date) -> date:
    """The next such day; one of the last half year is meant as past, and is refused as past later on.

    29 February waits for its year.
    """
    for year in range(today.year - 1, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if (today - found).days < 180:
            return found
    raise ValueError(month, day)


def _weekday(word: str | None, text: str) -> int | None:
    if not word:
        return None
    lower = word.lower()
    candidates = (lower, lower.removesuffix("na"), lower.removesuffix("en"))
    for candidate in candidates:
        if candidate in _NUMBERS:
            return _NUMBERS[candidate]
    raise InvalidInput(
        'The time "{text}" is not clear. Write it as "ke 25.11. klo 9.00" or "25.11.2026 9.00".', text=text
    )
