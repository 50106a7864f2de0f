"""A campaign file and the answers to its questions become a plan of posts with texts and times."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from social_bot.errors import InvalidInput
from social_bot.organisation.metrics import Metric
from social_bot.organisation.public_holidays import is_holiday
from social_bot.organisation.rendering import placeholders
from social_bot.organisation.times import day_in_words, time_in_words
from social_bot.planning.calendar import MOST_TIMES, occurrences, parse_time, to_utc
from social_bot.planning.campaign_files import read_campaign
from social_bot.planning.campaign_parts import (
    BeforeEvent,
    Campaign,
    CampaignPicture,
    CampaignPost,
    Event,
    Every,
    OnDay,
    Parameter,
    Words,
)

__all__ = [
    "Campaign",
    "CampaignPlan",
    "InvalidPlan",
    "PlannedGoal",
    "PlannedPost",
    "plan_campaign",
    "read_campaign",
]

MOST_POSTS = 500
Values = Mapping[str, str | None]
Render = Callable[[str, Values], str]


@dataclass(frozen=True, kw_only=True)
class PlannedPost:
    """``key`` is unique in the plan; ``local`` is the wall-clock time of ``publish_at`` (aware UTC)."""

    key: str
    kind: str
    texts: Words
    local: datetime
    publish_at: datetime
    lateness: timedelta
    link: str | None
    pictures: Sequence[CampaignPicture]


@dataclass(frozen=True, kw_only=True)
class PlannedGoal:
    metric: Metric
    target: int
    by: date
    why: Words


@dataclass(frozen=True, kw_only=True)
class CampaignPlan:
    """Posts in the order of their times; those whose time has passed are kept, the caller decides."""

    posts: tuple[PlannedPost, ...]
    goals: tuple[PlannedGoal, ...]


class InvalidPlan(InvalidInput):
    """A campaign cannot be planned; ``problems`` holds all that is wrong, each once."""

    def __init__(self, problems: Sequence[InvalidInput]) -> None:
        self.problems = tuple({str(problem): problem for problem in problems}.values())
        super().__init__("{problems}", problems="\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, kw_only=True)
class _Happening:
    """One time of an event."""

    on: date
    starts: time
    ends: time | None

    def values(self, language: str, *, year: int) -> Values:
        words = time_in_words(datetime.combine(self.on, self.starts), language)
        if self.ends:
            words += f"–{self.ends.hour}.{self.ends.minute:02}"
        return {"event_day": day_in_words(self.on, language, year=year), "event_time": words}


def plan_campaign(
    campaign: Campaign,
    *,
    start: date,
    values: Mapping[str, str],
    languages: Sequence[str],
    zone: ZoneInfo,
    render: Render,
    organisation_values: Mapping[str, Values],
) -> CampaignPlan:
    """The posts and goals of a campaign that starts on ``start``.

    ``values`` answer the campaign's parameters, ``organisation_values`` hold every setting by language, None
    where it has no value. Raises ``InvalidInput`` naming everything that is missing or cannot be used.
    """
    lacking = [language for language in languages if language not in campaign.languages]
    if lacking or not languages:
        raise InvalidInput(
            'The campaign "{slug}" has texts in {has}, not in {lacking}. Choose among those it has.',
            slug=campaign.slug,
            has=", ".join(campaign.languages),
            lacking=", ".join(lacking) or "none",
        )
    settings = {name for words in organisation_values.values() for name in words}
    answers = _answers(campaign, values, languages, settings)
    known = {
        language: {
            **organisation_values.get(language, {}),
            **{name: value for name, value in values.items() if name in settings},
            **answers[language],
        }
        for language in languages
    }
    first = known[languages[0]]
    happenings = {event.key: _happenings(event, start, first, render) for event in campaign.events}
    posts: list[PlannedPost] = []
    problems: list[InvalidInput] = []
    for post in campaign.posts:
        try:
            posts += _plan_post(
                post, start=start, zone=zone, render=render, known=known, happenings=happenings
            )
        except InvalidInput as error:
            problems.append(
                InvalidInput('The post "{post}" cannot be planned. {error}', post=post.key, error=error)
            )
    if problems:
        raise InvalidPlan(problems)
    if len(posts) > MOST_POSTS:
        raise InvalidInput(
            "The plan has {count} posts, at most {most} may be started at once.",
            count=len(posts),
            most=MOST_POSTS,
        )
    return CampaignPlan(
        posts=tuple(sorted(posts, key=lambda post: (post.publish_at, post.key))),
        goals=tuple(
            PlannedGoal(
                metric=goal.metric,
                target=goal.target,
                by=goal.by if isinstance(goal.by, date) else start + timedelta(days=goal.by),
                why=goal.why,
            )
            for goal in campaign.goals
        ),
    )


def _answers(
    campaign: Campaign, values: Mapping[str, str], languages: Sequence[str], settings: AbstractSet[str]
) -> dict[str, dict[str, str | None]]:
    """What each parameter is in each language; an answer for one language goes before that for all.

    A value may also stand in for one of the organisation's ``settings``.
    """
    known = {
        name
        for each in campaign.parameters
        for name in (
            each.key,
            *(f"{each.key}.{language}" for language in campaign.languages if each.per_language),
        )
    }
    problems = [
        InvalidInput(
            'The campaign does not ask for "{name}". It asks for: {known}.',
            name=name,
            known=", ".join(sorted(known)) or "nothing",
        )
        for name in sorted(values.keys() - known - settings)
    ]
    answers: dict[str, dict[str, str | None]] = {language: {} for language in languages}
    for parameter in campaign.parameters:
        for language in languages:
            given = (
                values.get(f"{parameter.key}.{language}", "").strip() or values.get(parameter.key, "").strip()
            )
            answer = given or (parameter.default or {}).get(language)
            answers[language][parameter.key] = answer
            if parameter.required and not answer:
                problems.append(_request(parameter, language))
    if problems:
        raise InvalidPlan(problems)
    return answers


def _request(parameter: Parameter, language: str) -> InvalidInput:
    name = f"{parameter.key}.{language}" if parameter.per_language else parameter.key
    label = parameter.label.get(language) or next(iter(parameter.label.values()))
    return InvalidInput(
        '"{name}" is missing: {label} (for example "{example}"). Give it with --set {name}="{example}" in your words.',
        name=name,
        label=label,
        example=parameter.example[language],
    )


def _happenings(event: Event, start: date, values: Values, render: Render) -> list[_Happening]:
    try:
        starts = parse_time(render(event.at, values))
        ends = parse_time(render(event.ends, values)) if event.ends else None
        days = _days(event.when, start, values, render)
    except InvalidInput as error:
        raise InvalidInput(
            'The event "{event}" cannot be planned. {error}', event=event.key, error=error
        ) from error
    if ends and ends <= starts:
        raise InvalidInput('The event "{event}" ends before it begins. Change its times.', event=event.key)
    return [_Happening(on=day, starts=starts, ends=ends) for day in days]


def _plan_post(
    post: CampaignPost,
    *,
    start: date,
    zone: ZoneInfo,
    render: Render,
    known: Mapping[str, Values],
    happenings: Mapping[str, Sequence[_Happening]],
) -> list[PlannedPost]:
    first = next(iter(known))
    at = parse_time(render(post.at, known[first]))
    days: list[tuple[date, _Happening | None]]
    if isinstance(post.when, BeforeEvent):
        before = timedelta(days=post.when.days_before)
        days = [(each.on - before, each) for each in happenings[post.when.event]]
    else:
        days = [(day, None) for day in _days(post.when, start, known[first], render)]
    planned = []
    for number, (day, happening) in enumerate(days, start=1):
        local = datetime.combine(day, at)
        fields = {
            language: {
                **values,
                **{name: words[language] for name, words in post.values.items()},
                **(happening.values(language, year=day.year) if happening else {}),
            }
            for language, values in known.items()
        }
        planned.append(
            PlannedPost(
                key=f"{post.key}-{number}" if len(days) > 1 else post.key,
                kind=post.kind.value,
                texts={
                    language: _text(post.texts[language], fields[language], language, render)
                    for language in fields
                },
                local=local,
                publish_at=to_utc(local, zone),
                lateness=post.lateness,
                link=(render(post.link, fields[first]) or None) if post.link else None,
                pictures=post.pictures,
            )
        )
    return planned


def _text(text: str, values: Values, language: str, render: Render) -> str:
    unknown = sorted(placeholders(text) - values.keys())
    if unknown:
        names = ", ".join(f"{{{{ {name} }}}}" for name in unknown)
        raise InvalidInput(
            "Its text in {language} names {names}, which is neither a setting, a parameter nor a value of the post.",
            language=language,
            names=names,
        )
    try:
        return render(text, values)
    except InvalidInput as error:
        raise InvalidInput(
            "Its text in {language} is not complete. {error}. Give the value in the settings.",
            language=language,
            error=error,
        ) from error


def _days(when: Every | OnDay, start: date, values: Values, render: Render) -> Sequence[date]:
    if isinstance(when, OnDay):
        return [start + timedelta(days=when.day)]
    rule = render(when.rule, values)
    if not when.skips_holidays:
        return occurrences(rule, first_on=start, times=when.times)
    spare = min(2 * when.times + 20, MOST_TIMES)
    days = [day for day in occurrences(rule, first_on=start, times=spare) if not is_holiday(day)]
    return days[: when.times]
