"""Ready texts for single posts: which there are, what they ask for, and what they become."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from social_bot.errors import InvalidInput
from social_bot.organisation.directory import KEYS, Organisation
from social_bot.organisation.rendering import OPTIONAL_MARK, placeholders, render
from social_bot.organisation.times import day_in_words
from social_bot.planning.post_kinds import FIELDS, FieldShape, PostKind
from social_bot.planning.spoken_times import parse_spoken_day

_OF_THE_DAY = frozenset({"next_opening", "closed_today", "today_hours", "tomorrow_hours"})
"""True only when they are read: no post that is written ahead may name them."""

_CLOCK = {"fi": "klo ", "sv": "kl. ", "en": ""}

_KINDS: Mapping[str, PostKind] = {
    "crisis_numbers": PostKind.CRISIS_NUMBERS,
    "early": PostKind.EARLY_CONTACT,
    "food_aid": PostKind.FOOD_AID,
    "hours_change": PostKind.HOURS_CHANGE,
    "open": PostKind.OPEN_NOW,
    "participation": PostKind.PARTICIPATION,
    "preventive": PostKind.BENEFIT_INFO,
    "qa": PostKind.QA,
    "supplementary": PostKind.BENEFIT_INFO,
    "team": PostKind.SERVICE_INTRO,
}
"""By how the name of a text begins; the others are invitations to meet us."""


@dataclass(frozen=True, kw_only=True)
class PostTemplate:
    """``texts`` by language, as they are written, with their places."""

    name: str
    kind: PostKind
    texts: Mapping[str, str]

    @property
    def asks_for(self) -> frozenset[str]:
        """Fields that it names, optional ones too; the organisation's own values are not asked for."""
        return frozenset(name for text in self.texts.values() for name in placeholders(text)) & FIELDS.keys()

    @property
    def needs(self) -> frozenset[str]:
        """Fields and values without which a line of it, and so the text, cannot be written."""
        lines = [line for text in self.texts.values() for line in text.splitlines()]
        return frozenset(
            name for line in lines if not line.startswith(OPTIONAL_MARK) for name in placeholders(line)
        )


@lru_cache(maxsize=4)
def read_templates(folder: Path) -> Mapping[str, PostTemplate]:
    """The texts of ``templates/posts``, by name."""
    texts: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.txt")):
        name, language = path.stem.rsplit(".", 1)
        texts.setdefault(name, {})[language] = path.read_text(encoding="utf-8")
    return {
        name: PostTemplate(name=name, kind=_kind(name), texts=by_language)
        for name, by_language in texts.items()
    }


def fill(
    template: PostTemplate, fields: Mapping[str, str], organisation: Organisation, *, now: datetime
) -> Mapping[str, str]:
    """The texts in the organisation's languages. Raises ``MissingValue`` for what a line lacks."""
    filled = {}
    for language in organisation.languages:
        values = template_values(fields, organisation, language, now=now)
        if language in template.texts:
            filled[language] = render(template.texts[language], values)
    return filled


def lacking(
    template: PostTemplate, fields: Mapping[str, str], organisation: Organisation, *, now: datetime
) -> Sequence[tuple[str, str]]:
    """What the template needs and has not, with the language that lacks it."""
    found = []
    for language in organisation.languages:
        values = template_values(fields, organisation, language, now=now)
        found += [(name, language) for name in sorted(template.needs) if not values.get(name)]
    return found


def template_values(
    fields: Mapping[str, str], organisation: Organisation, language: str, *, now: datetime
) -> dict[str, str | None]:
    own = {
        name: value
        for name, value in organisation.text_values(language, now).items()
        if name not in _OF_THE_DAY
    }
    said = {name: fields.get(f"{name}.{language}") or fields.get(name) or None for name in FIELDS}
    return {**own, **{name: value for name, value in said.items() if value or name not in KEYS}}


def said_in(name: str, typed: str, languages: Sequence[str], *, today: date) -> Mapping[str, str]:
    """A day or hours typed once, as each language says it, under ``name.language``.

    Raises ``InvalidInput`` for a day that is unclear.
    """
    shape = FIELDS[name].shape
    if shape is FieldShape.DAY:
        day = parse_spoken_day(typed, today=today)
        if name == "checked_on":
            return {f"{name}.{language}": f"{day.day}.{day.month}.{day.year}" for language in languages}
        return {f"{name}.{language}": day_in_words(day, language, year=today.year) for language in languages}
    if shape is FieldShape.HOURS and typed[:1].isdigit():
        return {f"{name}.{language}": _CLOCK[language] + typed for language in languages}
    return {}


def require_template(folder: Path, name: str) -> PostTemplate:
    template = read_templates(folder).get(name)
    if template is None:
        raise InvalidInput('There is no ready text "{name}". Choose one from the list.', name=name)
    return template


def _kind(name: str) -> PostKind:
    return next((kind for begin, kind in _KINDS.items() if name.startswith(begin)), PostKind.OUTREACH_EVENT)
