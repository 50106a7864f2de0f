"""What is typed of a series, read field by field: a value, or what is wrong with each field."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from social_bot.errors import InvalidInput
from social_bot.planning.calendar import parse_day, parse_time
from social_bot.planning.posts import PostPicture
from social_bot.planning.recurring import NewSeries
from social_bot.planning.series import (
    HolidayRule,
    Occurrence,
    Often,
    Plan,
    Rule,
    parse_skipped,
    plan_occurrences,
    write_texts,
)
from social_bot.planning.series_changes import Change
from social_bot.planning.series_store import CLOCK, SeriesRow
from social_bot.planning.store import PostRow
from social_bot.web.words import POST_KINDS

T = TypeVar("T")
Problems = dict[str, InvalidInput]


@dataclass(frozen=True, kw_only=True)
class Read:
    """What could be read. ``occurrences`` are there as soon as the days can be told."""

    problems: Problems
    occurrences: Sequence[Occurrence] = ()
    new: NewSeries | None = None


def read_days(form: Mapping[str, str], zone: ZoneInfo) -> tuple[Plan | None, Read]:
    """The days of a series; the plan is None where a field of it is wrong."""
    problems: Problems = {}
    rule = _try(problems, "often", lambda: _rule(form))
    local_time = _try(problems, "time", lambda: parse_time(form.get("time", "")))
    starts_on = _try(problems, "first", lambda: parse_day(form.get("first", "")))
    ends_on = _try(problems, "last", lambda: parse_day(form.get("last", "")))
    if rule is None or local_time is None or starts_on is None or ends_on is None:
        return None, Read(problems=problems)
    plan = Plan(
        rule=rule,
        local_time=local_time,
        zone=zone,
        starts_on=starts_on,
        ends_on=ends_on,
        holidays=_holidays(form),
    )
    skipped = _try(
        problems,
        "skipped",
        lambda: parse_skipped(form.get("skipped", ""), starts_on=starts_on, ends_on=ends_on),
    )
    if skipped is None:
        return None, Read(problems=problems)
    plan = replace(plan, skipped=skipped)
    occurrences = _try(problems, "last", lambda: plan_occurrences(plan))
    return (plan if occurrences else None), Read(problems=problems, occurrences=occurrences or ())


def read_series(
    form: Mapping[str, str],
    *,
    languages: Sequence[str],
    pages: Mapping[str, str],
    pictures: Sequence[PostPicture],
    zone: ZoneInfo,
) -> Read:
    plan, days = read_days(form, zone)
    problems = dict(days.problems)
    if form.get("page") not in pages:
        problems["page"] = InvalidInput("Choose the page.")
    if form.get("kind") not in POST_KINDS:
        problems["kind"] = InvalidInput("Choose what the posts are about.")
    link = form.get("link", "") or None
    if link is not None and (urlsplit(link).scheme not in ("http", "https") or not urlsplit(link).hostname):
        problems["link"] = InvalidInput("Write the whole address of the link, beginning with https://.")
    texts = {language: form.get(f"text-{language}", "") for language in languages}
    place = {language: form.get(f"place-{language}", "") for language in languages}
    for language, text in texts.items():
        if not text:
            problems[f"text-{language}"] = InvalidInput(
                "Write the text in every language of the organisation."
            )
            continue
        try:
            write_texts(
                {language: text},
                on=days.occurrences[0].on if days.occurrences else date.min.replace(year=2026),
                place=place,
                hours=form.get("hours", "") or "9",
            )
        except InvalidInput as error:
            problems[f"text-{language}"] = error
    if problems or plan is None:
        return Read(problems=problems, occurrences=days.occurrences)
    new = NewSeries(
        page_id=form["page"],
        kind=form["kind"],
        texts=texts,
        plan=plan,
        pictures=pictures,
        link=link,
        place=place,
        hours=form.get("hours", "")[:80],
    )
    return Read(problems={}, occurrences=days.occurrences, new=new)


def read_change(form: Mapping[str, str], *, languages: Sequence[str]) -> tuple[Change | None, Problems]:
    problems: Problems = {}
    rule = _try(problems, "often", lambda: _rule(form))
    local_time = _try(problems, "time", lambda: parse_time(form.get("time", "")))
    from_on = _try(problems, "from", lambda: parse_day(form.get("from", "")))
    if rule is None or local_time is None or from_on is None:
        return None, problems
    place = {language: form.get(f"place-{language}", "") for language in languages}
    return (
        Change(
            from_on=from_on,
            rule=rule,
            local_time=local_time,
            hours=form.get("hours", "")[:80],
            place={language: text for language, text in place.items() if text},
        ),
        problems,
    )


def typed_of(row: SeriesRow) -> Mapping[str, str]:
    """The fields as they would have been typed, for changing them."""
    rule = row.plan.rule
    return {
        "often": rule.often.value,
        "weekday": str(rule.weekday),
        "time": row.local_time,
        "hours": row.hours,
        **{f"place-{language}": text for language, text in row.place.items()},
    }


def typed_from_post(post: PostRow, zone: ZoneInfo) -> Mapping[str, str]:
    """A series that begins from a post: its texts, page, kind, weekday and time."""
    local = post.publish_at.astimezone(zone)
    return {
        "page": post.page_id,
        "kind": post.kind,
        "link": post.link or "",
        "often": Often.EVERY.value,
        "weekday": str(local.weekday()),
        "time": local.strftime(CLOCK),
        "from_post": str(post.id),
        **{f"text-{language}": text for language, text in post.texts.items()},
    }


def _rule(form: Mapping[str, str]) -> Rule:
    often, weekday = form.get("often", ""), form.get("weekday", "")
    if often not in set(Often) or weekday not in set("0123456"):
        raise InvalidInput("Choose how often the series comes.")
    return Rule(often=Often(often), weekday=int(weekday))


def _holidays(form: Mapping[str, str]) -> HolidayRule:
    chosen = form.get("holidays", "")
    return HolidayRule(chosen) if chosen in set(HolidayRule) else HolidayRule.SKIP


def _try(problems: Problems, field: str, read: Callable[[], T]) -> T | None:
    try:
        return read()
    except InvalidInput as error:
        problems[field] = error
        return None
