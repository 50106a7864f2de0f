"""Wall-clock times in a named zone as instants, and the days of a recurring event.

A plan says "9.00" and means the clock on the wall, in winter and in summer. The one hour that spring skips
is refused; the one that autumn repeats must be chosen.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from social_bot.errors import InvalidInput
from social_bot.organisation.times import day_in_words
from social_bot.organisation.times import in_words as local_in_words

__all__ = ["day_in_words", "in_words", "occurrences", "parse_day", "parse_local", "parse_time", "to_utc"]

HORIZON = timedelta(days=10 * 365)
"""No rule is followed further than this after its first day."""

MOST_TIMES = 1000

_DAY = r"(?:(?P<iso>2\d{3}-\d{1,2}-\d{1,2})|(?P<fi>\d{1,2}\.\d{1,2}\.2\d{3}))"
_TIME = r"(?:klo |kl\. ?)?(?P<hour>\d{1,2})[.:](?P<minute>\d{2})(?::(?P<second>\d{2}))?"
_WEEKDAYS = {
    "monday": "MO",
    "tuesday": "TU",
    "wednesday": "WE",
    "thursday": "TH",
    "friday": "FR",
    "saturday": "SA",
    "sunday": "SU",
}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_ENGLISH = {
    **dict.fromkeys(("joka", "varje"), "every"),
    **dict.fromkeys(("päivä", "dag"), "day"),
    **dict.fromkeys(("arkipäivä", "vardag"), "weekday"),
    **dict.fromkeys(("maanantai", "måndag", "måndagen"), "monday"),
    **dict.fromkeys(("tiistai", "tisdag", "tisdagen"), "tuesday"),
    **dict.fromkeys(("keskiviikko", "onsdag", "onsdagen"), "wednesday"),
    **dict.fromkeys(("torstai", "torsdag", "torsdagen"), "thursday"),
    **dict.fromkeys(("perjantai", "fredag", "fredagen"), "friday"),
    **dict.fromkeys(("lauantai", "lördag", "lördagen"), "saturday"),
    **dict.fromkeys(("sunnuntai", "söndag", "söndagen"), "sunday"),
    **dict.fromkeys(("ensimmäinen", "första"), "first"),
    **dict.fromkeys(("toinen", "varannan", "andra"), "second"),
    **dict.fromkeys(("kolmas", "tredje"), "third"),
    **dict.fromkeys(("neljäs", "fjärde"), "fourth"),
    **dict.fromkeys(("viimeinen", "sista"), "last"),
}
_SPOKEN = re.compile(
    rf"(?:every )?(?:(?P<span>day|weekday)|(?P<alternate>second )?(?P<each>{'|'.join(_WEEKDAYS)})"
    rf"|(?P<ordinal>{'|'.join(_ORDINALS)}) (?P<weekday>{'|'.join(_WEEKDAYS)}) of the month)"
)
_RFC_5545 = re.compile(
    r"FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)"
    r"(;(INTERVAL=[1-9]\d{0,2}|WKST=[A-Z]{2}|BY(?!HOUR|MINUTE|SECOND)[A-Z]+=[-+,A-Z\d]+))*"
)
_FORMS = (
    '"monday", "second monday", "first wednesday of the month", "last friday of the month", "day", "weekday" '
    'or "FREQ=…"'
)


class DoubledTime(InvalidInput):
    """A wall-clock time that the autumn change brings twice; somebody must choose."""


def to_utc(local: datetime, zone: ZoneInfo, *, fold: int | None = None) -> datetime:
    """The instant of a naive wall-clock time; ``fold`` picks the first (0) or second (1) of a doubled hour.

    Raises ``InvalidInput`` for a time that the spring change skips, ``DoubledTime`` for a doubled one without
    ``fold``.
    """
    if local.tzinfo is not None:
        raise InvalidInput("The time {time} has a zone of its own. Give the time on the wall.", time=local)
    first, second = (local.replace(tzinfo=zone, fold=each).astimezone(UTC) for each in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) != local:
        raise InvalidInput(
            "The time {time} does not exist: the clock is moved forward that night. Choose {next} or another time.",
            time=_shown(local),
            next=_shown(first.astimezone(zone)),
        )
    if first != second and fold is None:
        raise DoubledTime(
            "The time {time} comes twice, because the clock is moved back that night. "
            "Choose the first or the second one, or another time.",
            time=_shown(local),
        )
    return second if fold else first


def parse_local(text: str) -> datetime:
    """Read ``2026-12-01 09:00[:30]``, ``1.12.2026 9.00`` or ``1.12.2026 klo 9.00`` as a naive local time."""
    match = re.fullmatch(rf"{_DAY}[ T]{_TIME}", text.strip())
    if match is None:
        raise InvalidInput(
            'The time "{text}" is not clear. Write "2026-12-01 09:00" or "1.12.2026 klo 9.00".', text=text
        )
    return datetime.combine(_day(match, text), _time(match, text))


def parse_day(text: str) -> date:
    """Read ``2026-12-01`` or ``1.12.2026``."""
    match = re.fullmatch(_DAY, text.strip())
    if match is None:
        raise InvalidInput('The day "{text}" is not clear. Write "2026-12-01" or "1.12.2026".', text=text)
    return _day(match, text)


def parse_time(text: str) -> time:
    """Read ``9.00``, ``09:00`` or ``klo 9.00``."""
    match = re.fullmatch(_TIME, text.strip())
    if match is None:
        raise InvalidInput('The time of day "{text}" is not clear. Write "9.00" or "09:00".', text=text)
    return _time(match, text)


def in_words(moment: datetime, zone: ZoneInfo, language: str, *, now: datetime | None = None) -> str:
    """``ke 25.11. klo 9.00`` of an instant; the year is added when it is not that of ``now``."""
    year = now.astimezone(zone).year if now else None
    return local_in_words(moment.astimezone(zone), language, year=year)


def occurrences(
    rule: str, *, first_on: date, until: date | None = None, times: int | None = None
) -> tuple[date, ...]:
    """The days of a rule on or after ``first_on``, ended by ``until`` (included) or a number of ``times``.

    ``rule`` is "monday", "second monday", "first wednesday of the month", "last friday of the month", "day" or
    "weekday", each with or without "every" before it; the same in Finnish or Swedish ("joka toinen maanantai",
    "första onsdagen i månaden"); or an RFC 5545 rule without times of day and end.
    """
    if until is None and times is None:
        raise InvalidInput('"{rule}" needs an end: a number of times or a last day.', rule=rule)
    if times is not None and not 1 <= times <= MOST_TIMES:
        raise InvalidInput(
            '"{rule}" may be repeated 1 to {most} times, not {times}.',
            rule=rule,
            most=MOST_TIMES,
            times=times,
        )
    last_on = min(until or date.max, first_on + HORIZON)
    days = tuple(islice(_days(rule.strip(), first_on, last_on), times or MOST_TIMES))
    if not days:
        raise InvalidInput(
            '"{rule}" has no day between {first} and {last}. Change the rule or the days.',
            rule=rule,
            first=first_on,
            last=last_on,
        )
    return days


def _days(rule: str, first_on: date, last_on: date) -> Iterator[date]:
    """Every second weekday counts from the first one that comes, not from the week of ``first_on``."""
    spoken = _SPOKEN.fullmatch(_in_english(rule))
    written = _as_rfc_5545(spoken) if spoken else rule
    step = 2 if spoken and spoken["alternate"] else 1
    if not _RFC_5545.fullmatch(written):
        raise _no_rule(rule)
    try:
        moments = iter(rrulestr(written, dtstart=datetime.combine(first_on, time())))
        days = (moment.date() for moment in islice(moments, 0, None, step))
        yield from takewhile(lambda day: day <= last_on, days)
    except (ValueError, IndexError) as error:  # dateutil: IndexError for the 99th Monday of a month
        raise _no_rule(rule) from error


def _no_rule(rule: str) -> InvalidInput:
    return InvalidInput('"{rule}" is no rule that can be followed. Write {forms}.', rule=rule, forms=_FORMS)


def _in_english(rule: str) -> str:
    text = rule.lower().replace(" i månaden", " of the month")
    if text.startswith("kuukauden "):
        text = text.removeprefix("kuukauden ") + " of the month"
    return " ".join(_ENGLISH.get(word, word) for word in text.split(" "))


def _as_rfc_5545(spoken: re.Match[str]) -> str:
    if spoken["span"]:
        return "FREQ=DAILY" if spoken["span"] == "day" else "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    if spoken["each"]:
        return f"FREQ=WEEKLY;BYDAY={_WEEKDAYS[spoken['each']]}"
    return f"FREQ=MONTHLY;BYDAY={_ORDINALS[spoken['ordinal']]}{_WEEKDAYS[spoken['weekday']]}"


def _day(match: re.Match[str], text: str) -> date:
    numbers = [int(part) for part in re.split(r"[-.]", match["iso"] or match["fi"])]
    try:
        return date(*(numbers if match["iso"] else reversed(numbers)))
    except ValueError as error:
        raise InvalidInput('No calendar has the day "{text}".', text=text) from error


def _time(match: re.Match[str], text: str) -> time:
    try:
        return time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
    except ValueError as error:
        raise InvalidInput('No clock shows the time "{text}".', text=text) from error


def _shown(local: datetime) -> str:
    return local.strftime("%d.%m.%Y %H.%M")
