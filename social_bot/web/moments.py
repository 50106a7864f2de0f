"""Moments as a reader of a page says them, in the organisation's zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from babel.dates import format_timedelta, get_month_names
from babel.numbers import format_decimal
from babel.units import format_unit

from social_bot.organisation.hours import Interval, times_in_words
from social_bot.organisation.times import WEEKDAYS, day_in_words, full_day, in_words, time_in_words
from social_bot.translations import marked, translate

_HOLIDAY_LANGUAGES = {"fi": "fi", "sv": "sv_FI", "en": "en_US"}
_JUST_NOW = timedelta(minutes=1)
_LATELY = timedelta(hours=12)
_HOUR = 60
_EVES = {(4, 30): marked("May Day Eve"), (12, 31): marked("New Year's Eve")}
"""The eves that the calendar of public holidays leaves out."""

_NEAR_DAYS = {0: marked("today"), 1: marked("tomorrow")}


@dataclass(frozen=True, kw_only=True)
class Moments:
    """``now`` is the moment of the visit, aware UTC."""

    language: str
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def at(self, moment: datetime) -> str:
        """``ke 25.11. klo 9.00``; the year where it is another one."""
        return in_words(moment.astimezone(self.zone), self.language, year=self.today.year)

    def clock(self, moment: datetime) -> str:
        """``klo 9.00``."""
        return time_in_words(moment.astimezone(self.zone), self.language)

    def wall_clock(self, local: time) -> str:
        """``klo 9.00`` of a time on the wall."""
        return time_in_words(datetime.combine(self.today, local), self.language)

    def span(self, begins: datetime, ends: datetime) -> str:
        """``tänään ke 25.11. klo 12–15``: a time within one day, near days by name."""
        begins, ends = begins.astimezone(self.zone), ends.astimezone(self.zone)
        near = _NEAR_DAYS.get((begins.date() - self.today).days)
        times = times_in_words([Interval(opens=begins.time(), closes=ends.time())], self.language)
        day = self.day(begins.date())
        return f"{translate(self.language)(near)} {day} {times}" if near else f"{day} {times}"

    def day(self, day: date) -> str:
        """``ke 25.11.``."""
        return day_in_words(day, self.language, year=self.today.year)

    def full_day(self, day: date) -> str:
        """``24.11.2026`` / ``24 Nov 2026``: a day of the record, with its year and without its weekday."""
        return full_day(day, self.language)

    def lately(self, moment: datetime) -> str:
        """``2 tuntia sitten`` within half a day, else the moment; the platform's clock may run ahead of ours."""
        passed = self.now - moment
        if passed > _LATELY:
            return self.at(moment)
        if passed < _JUST_NOW:
            return translate(self.language)(marked("just now"))
        return format_timedelta(-passed, add_direction=True, locale=self.language)

    def duration(self, passed: timedelta) -> str:
        """``25 minuuttia`` or ``14 tuntia``: hours stay hours, for a day of opening time is no day."""
        minutes = max(int(passed.total_seconds() // 60), 0)
        if minutes < _HOUR:
            return format_unit(minutes, "duration-minute", locale=self.language)
        return format_unit(minutes // _HOUR, "duration-hour", locale=self.language)

    def weekday(self, day: date) -> str:
        """``ke``."""
        return WEEKDAYS[self.language][day.weekday()]

    def month(self, first: date) -> str:
        """``marraskuu 2026``."""
        name = get_month_names("wide", context="stand-alone", locale=self.language)[first.month]
        return f"{name[0].upper()}{name[1:]} {first.year}"

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.language, decimal_quantization=False)

    def iso(self, moment: datetime) -> str:
        """For the ``datetime`` attribute of a time."""
        return moment.astimezone(self.zone).isoformat(timespec="minutes")

    def holiday(self, day: date) -> str | None:
        """The name of a Finnish public holiday or eve."""
        eve = _EVES.get((day.month, day.day))
        return translate(self.language)(eve) if eve else _finland(self.language).get(day)


@lru_cache(maxsize=4)
def _finland(language: str) -> holidays.HolidayBase:
    return holidays.country_holidays("FI", language=_HOLIDAY_LANGUAGES[language])
