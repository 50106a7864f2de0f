"""Moments in words, as Finns write them: "ke 25.11. klo 9.00"."""

from datetime import date, datetime

WEEKDAYS = {
    "fi": ("ma", "ti", "ke", "to", "pe", "la", "su"),
    "sv": ("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_in_words(day: date, language: str, *, year: int | None = None) -> str:
    """``ke 25.11.`` / ``ons 25.11`` / ``Wed 25 Nov``; the year is added when it is not ``year``."""
    weekday = WEEKDAYS[language][day.weekday()]
    shows_year = year is not None and day.year != year
    if language == "en":
        return f"{weekday} {day.day} {_MONTHS[day.month - 1]}" + (f" {day.year}" if shows_year else "")
    if shows_year:
        return f"{weekday} {day.day}.{day.month}.{day.year}"
    return f"{weekday} {day.day}.{day.month}" + ("." if language == "fi" else "")


def full_day(day: date, language: str) -> str:
    """``24.11.2026`` / ``24 Nov 2026``: a day of the record, with its year and without its weekday."""
    return day_in_words(day, language, year=0).partition(" ")[2]


def time_in_words(moment: datetime, language: str) -> str:
    """``klo 9.00`` / ``kl. 9.00`` / ``9.00``."""
    prefix = {"fi": "klo ", "sv": "kl. ", "en": ""}[language]
    return f"{prefix}{moment.hour}.{moment.minute:02}"


def in_words(local: datetime, language: str, *, year: int | None = None) -> str:
    """``ke 25.11. klo 9.00`` / ``ons 25.11 kl. 9.00`` / ``Wed 25 Nov, 9.00`` of a local wall-clock time."""
    between = ", " if language == "en" else " "
    return day_in_words(local.date(), language, year=year) + between + time_in_words(local, language)
