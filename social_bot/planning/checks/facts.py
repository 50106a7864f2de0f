"""Whether what a post tells has been checked lately, and whether it tells what its kind must."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from social_bot.planning.checks.findings import Check, CheckContext, Finding, Severity
from social_bot.planning.checks.privacy import plain_number
from social_bot.planning.post_kinds import MUST_TELL, PostKind
from social_bot.planning.posts import PostContent
from social_bot.translations import marked

_NUMBER = re.compile(r"(?<![\d.,/])\+?\d[\d \u00a0-]{1,16}\d(?!\d|[.,/]\d)")
_CHECKED = re.compile(
    r"(?:tarkistettu|tarkastettu|kontrollera[dt]s?|granska[dt]|checked)\D{0,12}(\d{1,2})\.(\d{1,2})\.(2\d{3})",
    re.IGNORECASE,
)
_FACT_KINDS = (PostKind.BENEFIT_INFO, PostKind.QA)


def find_old_numbers(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    """Numbers of the directory that nobody has looked at for long, and public ones that are not in it."""
    limit = timedelta(days=context.lists.number_max_age_days)
    checked = {plain_number(each.value): each for each in context.settings if plain_number(each.value)}
    for language, text in content.texts.items():
        seen: set[str] = set()
        for match in _NUMBER.finditer(text):
            digits = plain_number(match.group())
            setting = checked.get(digits)
            if digits in seen or setting is None:
                continue
            seen.add(digits)
            if content.publish_at.astimezone(context.zone).date() - setting.checked_on > limit:
                yield Finding(
                    check=Check.UNCHECKED_NUMBER,
                    severity=Severity.WARNING,
                    sentence=marked("The number {number} was checked on {day}, more than a year ago."),
                    next_step=marked("Call it, and mark it as checked in the settings."),
                    values={"number": match.group(), "day": _day_in_figures(setting.checked_on)},
                    language=language,
                    start=match.start(),
                    end=match.end(),
                    quote=match.group(),
                )
        yield from _unknown_numbers(text, language, checked, context)


def _unknown_numbers(
    text: str, language: str, checked: Mapping[str, object], context: CheckContext
) -> Iterator[Finding]:
    for match in _NUMBER.finditer(text):
        digits = plain_number(match.group())
        is_public = re.fullmatch(r"(?:0800|020|0295?|116)\d{3,8}", digits)
        if is_public and digits not in checked and digits not in context.own_numbers:
            yield Finding(
                check=Check.UNCHECKED_NUMBER,
                severity=Severity.WARNING,
                sentence=marked("Nobody has checked the number {number} here."),
                next_step=marked("Add it to the settings once somebody has called it."),
                values={"number": match.group()},
                language=language,
                start=match.start(),
                end=match.end(),
                quote=match.group(),
            )


def find_old_facts(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    """Facts of benefits change every year: a text about them says when it was checked."""
    if content.kind not in _FACT_KINDS:
        return
    limit = timedelta(days=context.lists.facts_max_age_days)
    on = content.publish_at.astimezone(context.zone).date()
    for language, text in content.texts.items():
        match = _CHECKED.search(text)
        checked_on = _date(match) if match else None
        if match is None or checked_on is None:
            yield Finding(
                check=Check.OLD_FACTS,
                severity=Severity.WARNING,
                sentence=marked("The text tells facts and does not say when they were checked."),
                next_step=marked("Check the facts, and write the day at the end of the text."),
                language=language,
            )
        elif on - checked_on > limit:
            yield Finding(
                check=Check.OLD_FACTS,
                severity=Severity.BLOCK,
                sentence=marked("The facts were checked on {day}. They are too old when the post goes out."),
                next_step=marked(
                    "Check them again and write the new day. If nothing can have changed, write why."
                ),
                values={"day": _day_in_figures(checked_on)},
                language=language,
                start=match.start(),
                end=match.end(),
                quote=match.group(),
            )


def find_what_the_kind_lacks(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    """Of a post that was written by hand; a campaign's texts are templates that name all of it."""
    if context.fields is None or content.kind not in set(PostKind):
        return
    for group in MUST_TELL[PostKind(content.kind)]:
        for language, text in content.texts.items():
            values = [_value(context, name, language) for name in group]
            given = [value for value in values if value]
            if not text.strip() or any(_tells(text, value) for value in given):
                continue
            yield Finding(
                check=Check.KIND_LACKS,
                severity=Severity.BLOCK,
                sentence=marked("The text does not tell: {field}."),
                next_step=marked(
                    "Fill in the field and say it in the text. If the post is clear without it, write why."
                ),
                values={"field": group[0]},
                language=language,
                quote=group[0],
            )


def _value(context: CheckContext, name: str, language: str) -> str | None:
    fields = context.fields or {}
    own = fields.get(f"{name}.{language}", "").strip() or fields.get(name, "").strip()
    return own or context.values.get(language, {}).get(name)


def _tells(text: str, value: str) -> bool:
    """Whether the value's words or figures stand in the text; a day without its weekday is told as well."""
    said, wanted = _bare(text), _bare(value)
    if wanted in said:
        return True
    figures = re.search(r"\d{1,2}\.\d{1,2}", value)
    return figures is not None and figures.group() in text


def _bare(text: str) -> str:
    return " ".join(re.findall(r"[\w.]+", text.lower())).replace(". ", " ").rstrip(".")


def _date(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def _day_in_figures(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
