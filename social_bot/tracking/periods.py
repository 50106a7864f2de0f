"""Spans of whole days on the wall calendar of a zone: months, weeks, a campaign's days."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from social_bot.errors import InvalidInput

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_MOST_MONTHS = 240


@dataclass(frozen=True, kw_only=True)
class Span:
    """From ``first`` to ``last``, both included."""

    first: date
    last: date

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first moment, and the first after it (aware UTC): a day has 23, 24 or 25 hours."""
        return midnight(self.first, zone), midnight(self.last + timedelta(days=1), zone)

    def months(self) -> Sequence["Month"]:
        """Every month of which a day lies in the span."""
        return list(months_between(month_of(self.first), month_of(self.last)))


@dataclass(frozen=True, order=True)
class Month:
    """``Month(2026, 11)``; as text ``2026-11``."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def span(self) -> Span:
        return Span(first=date(self.year, self.number, 1), last=self.next.first - timedelta(days=1))

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def next(self) -> "Month":
        return self.later(1)

    @property
    def before(self) -> "Month":
        return self.later(-1)

    @property
    def year_before(self) -> "Month":
        return Month(self.year - 1, self.number)

    def later(self, months: int) -> "Month":
        """So many months later, earlier where it is negative."""
        year, number = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, number + 1)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        return self.span.bounds(zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins in the zone, as aware UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def month_of(day: date) -> Month:
    return Month(day.year, day.month)


def month_at(moment: datetime, zone: ZoneInfo) -> Month:
    return month_of(moment.astimezone(zone).date())


def week_of(day: date) -> Span:
    """Monday to Sunday; the days around New Year belong to one week."""
    first = day - timedelta(days=day.weekday())
    return Span(first=first, last=first + timedelta(days=6))


def months_between(first: Month, last: Month) -> Iterator[Month]:
    month = first
    while month <= last:
        yield month
        month = month.next


def parse_month(text: str) -> Month:
    """Read ``2026-11``. Raises ``InvalidInput``."""
    match = _MONTH.fullmatch(text.strip())
    if match is None or not 1 <= int(match[2]) <= 12 or int(match[1]) < 2000:
        raise InvalidInput('A month reads like "2026-11"; "{text}" does not.', text=text)
    return Month(int(match[1]), int(match[2]))


def parse_months(text: str) -> Sequence[Month]:
    """Read ``2026-01..2026-11``, or one month. Raises ``InvalidInput``."""
    first, _, last = text.partition("..")
    begins, ends = parse_month(first), parse_month(last or first)
    if begins > ends:
        raise InvalidInput(
            'In "{text}" the months run backwards. Write for example 2026-01..2026-11.', text=text
        )
    months = [begins]
    while months[-1] < ends:
        if len(months) >= _MOST_MONTHS:
            raise InvalidInput(
                "These are too many months at once. Ask for {most} at the most.", most=_MOST_MONTHS
            )
        months.append(months[-1].next)
    return months
