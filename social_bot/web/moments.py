"""Moments as a reader of a page says them, in the organisation's zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from babel.dates import format_timedelta, get_month_names
from babel.numbers import format_decimal

from social_bot.organisation.hours import Interval, times_in_words
from social_bot.organisation.times import day_in_words, in_words, time_in_words
from social_bot.translations import marked, translate

_HOLIDAY_LANGUAGES = {"fi": "fi", "sv": "sv_FI", "en": "en_US"}
_JUST_NOW = timedelta(minutes=1)
_LATELY = timedelta(hours=12)
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

    def lately(self, moment: datetime) -> str:
        """``2 tuntia sitten`` within half a day, else the moment; the platform's clock may run ahead of ours."""
        passed = self.now - moment
        if passed > _LATELY:
            return self.at(moment)
        if passed < _JUST_NOW:
            return translate(self.language)(marked("just now"))
        return format_timedelta(-passed, add_direction=True, locale=self.language)

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
        """The name of a Finnish public holiday, Christmas Eve or Midsummer Eve."""
        return _finland(self.language).get(day)


@lru_cache(maxsize=4)
def _finland(language: str) -> holidays.HolidayBase:
    return holidays.country_holidays("FI", language=_HOLIDAY_LANGUAGES[language])
