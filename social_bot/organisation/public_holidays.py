"""The public holidays of Finland with Christmas Eve and Midsummer Eve, and how a notice names them."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

_CLOSED_ON = {
    "Uudenvuodenpäivä": ("uudenvuodenpäivänä", "på nyårsdagen", "on New Year's Day"),
    "Loppiainen": ("loppiaisena", "på trettondagen", "on Epiphany"),
    "Pitkäperjantai": ("pitkäperjantaina", "på långfredagen", "on Good Friday"),
    "Pääsiäispäivä": ("pääsiäispäivänä", "på påskdagen", "on Easter Sunday"),
    "Toinen pääsiäispäivä": ("toisena pääsiäispäivänä", "på annandag påsk", "on Easter Monday"),
    "Vappu": ("vappuna", "på första maj", "on May Day"),
    "Helatorstai": ("helatorstaina", "på Kristi himmelsfärdsdag", "on Ascension Day"),
    "Helluntaipäivä": ("helluntaina", "på pingstdagen", "on Whit Sunday"),
    "Juhannusaatto": ("juhannusaattona", "på midsommarafton", "on Midsummer Eve"),
    "Juhannuspäivä": ("juhannuspäivänä", "på midsommardagen", "on Midsummer Day"),
    "Pyhäinpäivä": ("pyhäinpäivänä", "på alla helgons dag", "on All Saints' Day"),
    "Itsenäisyyspäivä": ("itsenäisyyspäivänä", "på självständighetsdagen", "on Independence Day"),
    "Jouluaatto": ("jouluaattona", "på julafton", "on Christmas Eve"),
    "Joulupäivä": ("joulupäivänä", "på juldagen", "on Christmas Day"),
    "Tapaninpäivä": ("tapaninpäivänä", "på annandag jul", "on St Stephen's Day"),
}
_OTHER = ("pyhäpäivänä", "på helgdagen", "on the public holiday")
_CLOSED = ("suljettu", "stängt", "closed")
_LANGUAGES = ("fi", "sv", "en")


def is_holiday(day: date) -> bool:
    """Whether the day is a Finnish public holiday, Christmas Eve or Midsummer Eve."""
    return day in _finland()


_SHORT_BEFORE = frozenset({"Uudenvuodenpäivä", "Loppiainen", "Pitkäperjantai", "Vappu"})


def eve_of(day: date) -> bool:
    """Whether many offices close early on this day: an ordinary one before New Year, Epiphany, Good Friday, May Day."""
    following = _finland().get(day + timedelta(days=1))
    return (
        not is_holiday(day) and following is not None and not _SHORT_BEFORE.isdisjoint(following.split("; "))
    )


def closed_in_words(day: date, language: str) -> str:
    """``suljettu itsenäisyyspäivänä`` / ``stängt på julafton`` / ``closed``."""
    index = _LANGUAGES.index(language)
    name = _finland().get(day)
    if name is None:
        return _CLOSED[index]
    when = next((words for known, words in _CLOSED_ON.items() if known in name.split("; ")), _OTHER)
    return f"{_CLOSED[index]} {when[index]}"


@lru_cache(maxsize=1)
def _finland() -> holidays.HolidayBase:
    return holidays.country_holidays("FI", language="fi")
