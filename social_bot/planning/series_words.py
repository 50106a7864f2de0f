"""A series in words: how often it comes, and the announcement of a change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from babel.dates import get_day_names

from social_bot.organisation.times import day_in_words, time_in_words
from social_bot.planning.series import Often, Rule
from social_bot.translations import marked, translate

_O = Often
_HOW_OFTEN: Mapping[Often, str] = {
    _O.EVERY: marked("every {weekday}"),
    _O.SECOND: marked("every second {weekday}"),
    _O.FIRST_OF_MONTH: marked("the first {weekday} of the month"),
    _O.SECOND_OF_MONTH: marked("the second {weekday} of the month"),
    _O.THIRD_OF_MONTH: marked("the third {weekday} of the month"),
    _O.FOURTH_OF_MONTH: marked("the fourth {weekday} of the month"),
    _O.LAST_OF_MONTH: marked("the last {weekday} of the month"),
    _O.WEEKDAYS: marked("from Monday to Friday"),
    _O.DAYS: marked("every day"),
}
_CHANGES = marked("A change from {day}.")
_BEFORE = marked("Before: {when}")
_NOW = marked("From then on: {when}")


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """What a resident must know of a series; ``hours`` in words ("9–11"), else the time of the post counts."""

    rule: Rule
    local_time: time
    hours: str
    place: Mapping[str, str]

    @property
    def told_time(self) -> str:
        return self.hours or f"{self.local_time.hour}.{self.local_time.minute:02}"

    def differs(self, other: "Arrangement") -> bool:
        """Whether somebody would come at the wrong time or to the wrong place."""
        return (self.rule, self.told_time, dict(self.place)) != (
            other.rule,
            other.told_time,
            dict(other.place),
        )


def rule_in_words(rule: Rule, language: str) -> str:
    """``joka keskiviikko`` / ``varje onsdag`` / ``every Wednesday``."""
    weekday = get_day_names("wide", context="stand-alone", locale=language)[rule.weekday]
    return translate(language)(_HOW_OFTEN[rule.often]).format(weekday=weekday)


def when_in_words(arrangement: Arrangement, language: str) -> str:
    """``joka keskiviikko klo 9–11, Pääkirjasto``."""
    if arrangement.hours:
        clock = {"fi": "klo ", "sv": "kl. ", "en": ""}[language] + arrangement.hours
    else:
        clock = time_in_words(datetime.combine(date.min, arrangement.local_time), language)
    place = arrangement.place.get(language, "")
    return f"{rule_in_words(arrangement.rule, language)} {clock}" + (f", {place}" if place else "")


def announcement(
    before: Arrangement, after: Arrangement, *, from_on: date, languages: Sequence[str]
) -> Mapping[str, str]:
    """What a post of a change says, by language."""
    texts = {}
    for language in languages:
        t = translate(language)
        texts[language] = "\n".join(
            (
                t(_CHANGES).format(day=day_in_words(from_on, language)),
                "",
                t(_BEFORE).format(when=when_in_words(before, language)),
                t(_NOW).format(when=when_in_words(after, language)),
            )
        )
    return texts
