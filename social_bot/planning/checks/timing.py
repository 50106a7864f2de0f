"""When a post goes out: after what it tells of, at night, on top of another one, or once more."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from social_bot.planning.checks.findings import Check, CheckContext, Finding, Severity
from social_bot.planning.checks.lists import LanguageList
from social_bot.planning.checks.matching import any_of
from social_bot.planning.post_kinds import PostKind
from social_bot.planning.posts import PostContent
from social_bot.translations import marked

SAME_WITHIN = timedelta(days=30)
CLOSE = timedelta(hours=1)
NIGHT = (22, 7)
_EVENT_KINDS: AbstractSet[str] = {PostKind.OUTREACH_EVENT, PostKind.FOOD_AID, PostKind.PARTICIPATION}
_AFTERWARDS = {PostKind.QA, PostKind.BENEFIT_INFO}
"""Their dates are mostly those of a check."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("tammikuu", "januari", "january", "jan"),
            ("helmikuu", "februari", "february", "feb"),
            ("maaliskuu", "mars", "march", "mar"),
            ("huhtikuu", "april", "apr"),
            ("toukokuu", "maj", "may"),
            ("kesäkuu", "juni", "june", "jun"),
            ("heinäkuu", "juli", "july", "jul"),
            ("elokuu", "augusti", "august", "aug"),
            ("syyskuu", "september", "sep"),
            ("lokakuu", "oktober", "october", "oct", "okt"),
            ("marraskuu", "november", "nov"),
            ("joulukuu", "december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_HOURS = r"(?P<from>\d{1,2})(?:[.:](?P<from_minute>\d\d))?(?:\s?[–-]\s?(?P<to>\d{1,2})(?:[.:](?P<to_minute>\d\d))?)?(?!\d)"
_AT = r"(?:klo|kl\.?|at|from)"
_DATE = re.compile(
    r"(?<![\d.,/])(?P<day>\d{1,2})(?:\.(?P<month>\d{1,2})\.?(?P<year>2\d{3})?"
    rf"|\.?\s(?P<name>(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))}))(?:ta|n|na)?(?!\w)(?:\s(?P<named_year>2\d{{3}}))?)"
    r"(?![\d/])",
    re.IGNORECASE,
)
_AFTER_DATE = re.compile(rf"\s*(?:,?\s*{_AT}\s?|,\s(?=\d{{1,2}}[.:]\d\d)){_HOURS}", re.IGNORECASE)
_TODAY = re.compile(rf"(?<!\w)(?:tänään|i ?dag|today)(?!\w)[^.\n]{{0,20}}?{_AT}\s*{_HOURS}", re.IGNORECASE)


class _Told(NamedTuple):
    """A moment that a text tells: until when it lasts, where it stands."""

    ends: datetime
    start: int
    end: int
    has_clock: bool


_MEND_THE_DAY = marked("Send the post earlier, or mend the day. If it is meant to look back, write why.")
_LOOK_AT_THE_DAY = marked("Look whether the day is right. If it is meant to look back, all is well.")


def find_past_days(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    """A block where everything that is told has passed, a warning where a part of it has."""
    local = content.publish_at.astimezone(context.zone)
    for language, text in content.texts.items():
        told = list(_told(text, local, context.lists.languages[language]))
        past = [each for each in told if each.ends <= local]
        is_over = len(past) == len(told) and content.kind not in _AFTERWARDS
        for each in past:
            is_block = is_over and (each.has_clock or content.kind in _EVENT_KINDS)
            quote = text[each.start : each.end].strip()
            yield Finding(
                check=Check.EVENT_PAST if is_block else Check.DAY_PAST,
                severity=Severity.BLOCK if is_block else Severity.WARNING,
                sentence=marked('"{quote}" has passed when the post goes out.'),
                next_step=_MEND_THE_DAY if is_block else _LOOK_AT_THE_DAY,
                values={"quote": quote},
                language=language,
                start=each.start,
                end=each.end,
                quote=quote,
            )


def find_same_text(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    own = _normalised(content.text)
    for other in context.others:
        is_near = abs(other.publish_at - content.publish_at) <= SAME_WITHIN
        if is_near and not other.is_repeated_on_purpose and _normalised(other.text) == own:
            day = other.publish_at.astimezone(context.zone)
            yield Finding(
                check=Check.SAME_TEXT,
                severity=Severity.BLOCK,
                sentence=marked("The same text is on this page within 30 days: {day}."),
                next_step=marked(
                    "Change the text, or choose a later day. If it must be repeated, write why."
                ),
                values={"day": f"{day.day}.{day.month}.{day.year}"},
                quote=own[:200],
            )
            return


def find_crowding(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    near = [each.publish_at for each in context.others if abs(each.publish_at - content.publish_at) < CLOSE]
    if near:
        local = min(near).astimezone(context.zone)
        yield Finding(
            check=Check.TOO_CLOSE,
            severity=Severity.WARNING,
            sentence=marked("Another post goes out on this page within an hour, at {time}."),
            next_step=marked("Choose another time, so that both are seen."),
            values={"time": f"{local.hour}.{local.minute:02}"},
        )


def find_night(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    local = content.publish_at.astimezone(context.zone)
    begins, ends = NIGHT
    if local.hour >= begins or local.hour < ends:
        yield Finding(
            check=Check.AT_NIGHT,
            severity=Severity.WARNING,
            sentence=marked("The post goes out at night, at {time}."),
            next_step=marked("Choose a time between 7 and 22, when people read and somebody can answer."),
            values={"time": f"{local.hour}.{local.minute:02}"},
        )


def _told(text: str, local: datetime, lists: LanguageList) -> Iterator[_Told]:
    looks_back = any_of(lists.past_is_meant)
    for match in _DATE.finditer(text):
        day = _day(match, local.date())
        line_start = max(text.rfind("\n", 0, match.start()), text.rfind(". ", 0, match.start())) + 1
        before = text[max(line_start, match.start() - 40) : match.start()]
        if day is None or looks_back.search(before) or _is_begin_of_range(text, match.end()):
            continue
        after = _AFTER_DATE.match(text, match.end())
        yield _Told(
            ends=_end(day, after, local),
            start=match.start(),
            end=after.end() if after else match.end(),
            has_clock=after is not None or _has_weekday(before),
        )
    for match in _TODAY.finditer(text):
        yield _Told(
            ends=_end(local.date(), match, local), start=match.start(), end=match.end(), has_clock=True
        )


def _day(match: re.Match[str], near: date) -> date | None:
    """A day without a year is the nearest one to the sending."""
    month = int(match["month"]) if match["month"] else _MONTHS[match["name"].lower()]
    year = match["year"] or match["named_year"]
    years = [int(year)] if year else [near.year - 1, near.year, near.year + 1]
    days = []
    for each in years:
        try:
            days.append(date(each, month, int(match["day"])))
        except ValueError:
            continue
    return min(days, key=lambda day: abs(day - near), default=None)


def _end(day: date, clock: re.Match[str] | None, local: datetime) -> datetime:
    """The end of what is told: its last hour, an hour after a lone beginning, else the end of the day."""
    last = datetime.combine(day, time(23, 59), tzinfo=local.tzinfo)
    if clock is None:
        return last
    hour, minute = clock["to"] or clock["from"], clock["to_minute"] if clock["to"] else clock["from_minute"]
    try:
        end = datetime.combine(day, time(int(hour) % 24, int(minute or 0)), tzinfo=local.tzinfo)
    except ValueError:
        return last
    return end if clock["to"] and int(hour) < 24 else end + timedelta(hours=1) if int(hour) < 24 else last


_WEEKDAY = re.compile(
    r"(?:ma|ti|ke|to|pe|la|su|mån|tis|ons|tors|fre|lör|sön|mon|tue|wed|thu|fri|sat|sun|\w+tai(?:na)?|\w+dag(?:en)?|\w+day|keskiviikko\w*)\s*$",
    re.IGNORECASE,
)


def _has_weekday(before: str) -> bool:
    return _WEEKDAY.search(before) is not None


def _is_begin_of_range(text: str, end: int) -> bool:
    return (
        re.match(
            r"\s?[–-]\s?(?:(?:ma|ti|ke|to|pe|la|su|mån|tis|ons|tors|fre|lör|sön)\s)?\d{1,2}\.", text[end:]
        )
        is not None
    )


def _normalised(text: str) -> str:
    """What a reader would call the same: letters and figures alone."""
    return " ".join(re.findall(r"\w+", text.lower()))
