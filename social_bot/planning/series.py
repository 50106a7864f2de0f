"""A recurring series of posts: on which days, and what each of them says.

A series says "every Wednesday at 9.00" and means the clock on the wall. It has an end, days that it skips,
and a choice of what happens on public holidays.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from zoneinfo import ZoneInfo

from social_bot.errors import InvalidInput
from social_bot.organisation.public_holidays import is_holiday
from social_bot.organisation.times import day_in_words
from social_bot.planning.calendar import occurrences, to_utc

LONGEST = timedelta(days=366)
AHEAD = timedelta(weeks=8)
"""So far ahead the posts of a series are written: they wait for approval, and people see them coming."""

_SATURDAY = 5
_PLACE = re.compile(r"\{\{?([^{}]*)\}\}?")
_NAMES = {
    **dict.fromkeys(("päivä", "dag", "day"), "day"),
    **dict.fromkeys(("paikka", "plats", "place"), "place"),
    **dict.fromkeys(("aika", "tid", "time", "hours"), "time"),
}
"""The words in braces, in the language of whoever writes."""

_SHORT_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(2\d{3})?|(2\d{3})-(\d{1,2})-(\d{1,2})")


class HolidayRule(StrEnum):
    """What happens to a day of the series that is a public holiday or an eve."""

    SKIP = "skip"
    BEFORE = "before"
    AFTER = "after"
    KEEP = "keep"


class Often(StrEnum):
    """How often, told with a weekday where one belongs to it."""

    EVERY = "every"
    SECOND = "second"
    FIRST_OF_MONTH = "first_of_month"
    SECOND_OF_MONTH = "second_of_month"
    THIRD_OF_MONTH = "third_of_month"
    FOURTH_OF_MONTH = "fourth_of_month"
    LAST_OF_MONTH = "last_of_month"
    WEEKDAYS = "weekdays"
    DAYS = "days"


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """``weekday``: 0 is Monday; it counts for nothing where the series goes on every day or weekday."""

    often: Often
    weekday: int = 0

    @property
    def text(self) -> str:
        """As ``calendar.occurrences`` reads it."""
        day = WEEKDAYS[self.weekday]
        match self.often:
            case Often.EVERY:
                return day
            case Often.SECOND:
                return f"second {day}"
            case Often.WEEKDAYS:
                return "weekday"
            case Often.DAYS:
                return "day"
            case _:
                return f"{self.often.value.partition('_')[0]} {day} of the month"


def parse_rule(text: str) -> Rule:
    """The rule that ``Rule.text`` wrote. Raises ``InvalidInput`` for any other text."""
    for often in Often:
        for weekday in range(7):
            rule = Rule(often=often, weekday=weekday)
            if rule.text == text:
                return rule
    raise InvalidInput("Choose how often the series comes.")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """When a series comes. ``ends_on`` is its last possible day; the zone is that of the clock on the wall."""

    rule: Rule
    local_time: time
    zone: ZoneInfo
    starts_on: date
    ends_on: date
    holidays: HolidayRule = HolidayRule.SKIP
    skipped: frozenset[date] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """``day`` is what the rule says and names the post; ``on`` is when it goes out, moved by a holiday perhaps."""

    day: date
    on: date
    publish_at: datetime

    @property
    def is_moved(self) -> bool:
        return self.day != self.on


def plan_occurrences(plan: Plan) -> Sequence[Occurrence]:
    """Every post of a series, by time.

    Raises ``InvalidInput`` for a series that ends before it begins, is too long, has no day, or has a time that
    the change of the clock skips or doubles on one of its days.
    """
    if plan.ends_on < plan.starts_on:
        raise InvalidInput("The last day is before the first one.")
    if plan.ends_on - plan.starts_on > LONGEST:
        raise InvalidInput("A series goes on for a year at most. Choose an earlier last day.")
    days = occurrences(plan.rule.text, first_on=plan.starts_on, until=plan.ends_on)
    found: dict[date, Occurrence] = {}
    for on, day in sorted(_outings(days, plan), key=lambda pair: pair[0] != pair[1]):
        if on not in found:  # a day that a holiday moved gives way to a day of its own
            local = datetime.combine(on, plan.local_time)
            found[on] = Occurrence(day=day, on=on, publish_at=to_utc(local, plan.zone))
    if not found:
        raise InvalidInput("No day is left in the series: all of them are skipped.")
    return [found[on] for on in sorted(found)]


def parse_skipped(text: str, *, starts_on: date, ends_on: date) -> frozenset[date]:
    """Read ``6.12., 24.12.2026``; a day without a year means that day of every year of the series."""
    days: set[date] = set()
    for part in filter(None, (part.strip() for part in re.split(r"[;,\s]+", text))):
        match = _SHORT_DAY.fullmatch(part)
        if match is None:
            raise InvalidInput(
                'The day "{text}" is not clear. Write for example 6.12. or 6.12.2026.', text=part
            )
        try:
            if match[4]:
                days.add(date(int(match[4]), int(match[5]), int(match[6])))
            elif match[3]:
                days.add(date(int(match[3]), int(match[2]), int(match[1])))
            else:
                years = range(starts_on.year, ends_on.year + 1)
                days |= {date(year, int(match[2]), int(match[1])) for year in years}
        except ValueError as error:
            raise InvalidInput('No calendar has the day "{text}".', text=part) from error
    return frozenset(day for day in days if starts_on <= day <= ends_on)


def write_texts(
    texts: Mapping[str, str], *, on: date, place: Mapping[str, str], hours: str
) -> Mapping[str, str]:
    """The texts of one post, with the day, the place and the time where they are named in braces.

    Raises ``InvalidInput`` for a word in braces that is none of these, or has no value.
    """
    return {
        language: _PLACE.sub(
            partial(_fill, day=day_in_words(on, language), place=place.get(language, ""), time=hours), text
        )
        for language, text in texts.items()
    }


def _fill(match: re.Match[str], **values: str) -> str:
    name = _NAMES.get(match[1].strip().lower(), "")
    if name not in values:
        raise InvalidInput(
            'The text names "{name}" in braces, which a series does not know. It knows the day, the place and the time.',
            name=match[1],
        )
    if not values[name]:
        raise InvalidInput('The text names "{name}" in braces. Tell what it is in its field.', name=match[1])
    return values[name]


def _outings(days: Sequence[date], plan: Plan) -> Iterator[tuple[date, date]]:
    """Pairs of the day a post goes out and the day the rule says."""
    for day in days:
        on = _goes_out_on(day, plan)
        if on is not None and plan.starts_on <= on <= plan.ends_on:
            yield on, day


def _goes_out_on(day: date, plan: Plan) -> date | None:
    if day in plan.skipped:
        return None
    if not is_holiday(day) or plan.holidays is HolidayRule.KEEP:
        return day
    if plan.holidays is HolidayRule.SKIP:
        return None
    step = timedelta(days=-1 if plan.holidays is HolidayRule.BEFORE else 1)
    on = day + step
    while is_holiday(on) or on.weekday() >= _SATURDAY:
        on += step
    return None if on in plan.skipped else on
