"""The questions of a campaign as fields of a form, and what they are filled with before anybody answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from social_bot.errors import InvalidInput
from social_bot.planning.calendar import parse_day
from social_bot.planning.campaign_parts import BeforeEvent, Campaign, OnDay, Parameter

ANSWER_LIMIT = 500
_CHECKED = "checked_on"
"""Somebody must have looked again: what was checked last year says nothing now."""

_WHOLE_DAY = re.compile(r"\b(?:\d{1,2}\.\d{1,2}\.2\d{3}|2\d{3}-\d{2}-\d{2})\b")


@dataclass(frozen=True, kw_only=True)
class Question:
    """One field; ``language`` is None where one answer serves every language."""

    name: str
    parameter: Parameter
    language: str | None

    @property
    def example(self) -> str:
        return self.parameter.example.get(self.language or "") or next(iter(self.parameter.example.values()))


def questions_of(campaign: Campaign, languages: Sequence[str]) -> Sequence[Question]:
    """In the order of the file, a question for each language that the organisation posts in."""
    asked = [language for language in languages if language in campaign.languages]
    return [
        Question(
            name=f"{parameter.key}.{language}" if language else parameter.key,
            parameter=parameter,
            language=language,
        )
        for parameter in campaign.parameters
        for language in (asked if parameter.per_language else [None])
    ]


def first_answers(
    questions: Sequence[Question],
    *,
    last: Mapping[str, str],
    settings: Mapping[str, Mapping[str, str | None]],
) -> dict[str, str]:
    """What was said the last time, else the campaign's default, else the organisation's setting of that name."""
    first = next(iter(settings), "")
    answers = {}
    for question in questions:
        key, language = question.parameter.key, question.language or first
        answers[question.name] = (
            last.get(question.name)
            or last.get(key)
            or (question.parameter.default or {}).get(language)
            or settings.get(language, {}).get(key)
            or ""
        )
    return answers


def first_monday(campaign: Campaign, *, today: date) -> date:
    """A start from which no post lies in the past: the Monday after the longest announcement."""
    moments = [post.when for post in campaign.posts] + [event.when for event in campaign.events]
    before = [
        each.days_before if isinstance(each, BeforeEvent) else -each.day if isinstance(each, OnDay) else 0
        for each in moments
    ]
    earliest = today + timedelta(days=max([0, *before]) + 1)
    return earliest + timedelta(days=-earliest.weekday() % 7)


def lacking(questions: Sequence[Question], answers: Mapping[str, str]) -> Sequence[Question]:
    """Required questions without an answer."""
    return [each for each in questions if each.parameter.required and not answers.get(each.name, "").strip()]


def move_answers(values: Mapping[str, str], *, by: timedelta) -> dict[str, str]:
    """The answers for another year: whole dates move, what had been checked must be checked again."""
    return {
        name: "" if name.partition(".")[0].endswith(_CHECKED) else _move_days(value, by)
        for name, value in values.items()
    }


def _move_days(text: str, by: timedelta) -> str:
    return _WHOLE_DAY.sub(lambda match: _moved(match[0], by), text)


def _moved(text: str, by: timedelta) -> str:
    try:
        day = parse_day(text) + by
    except (InvalidInput, OverflowError):
        return text
    return day.isoformat() if "-" in text else _as_finns_write(day)


def _as_finns_write(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
