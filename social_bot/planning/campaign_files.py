"""Reading a campaign file: everything that is wrong in it is told at once, with line and key."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from social_bot.assets import folder
from social_bot.errors import InvalidCampaign, InvalidInput
from social_bot.organisation.metrics import Metric
from social_bot.organisation.rendering import placeholders, render
from social_bot.planning.calendar import MOST_TIMES, occurrences, parse_day, parse_time
from social_bot.planning.campaign_fields import Field, parse
from social_bot.planning.campaign_parts import (
    BeforeEvent,
    Campaign,
    CampaignGoal,
    CampaignPicture,
    CampaignPost,
    Event,
    Every,
    OnDay,
    Parameter,
    Words,
)
from social_bot.planning.post_kinds import MUST_TELL, PostKind

_MOST_DAYS = 3650
_MOST_LATENESS_MINUTES = 7 * 24 * 60
_LATENESS = timedelta(minutes=60)
_SOME_DAY = date(2026, 1, 1)  # a rule is tried from any day
_PLACE = re.compile(r"\{\{ *\w+ *\}\}")
_CODE = re.compile(r"\{[{%#]|[}%#]\}")
_Value = TypeVar("_Value")


class _Language(StrEnum):
    FI = "fi"
    SV = "sv"
    EN = "en"


class _Holidays(StrEnum):
    KEEP = "keep"
    SKIP = "skip"


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """What the posts of a file are read against; ``samples`` are defaults or examples of its parameters."""

    templates: Path
    pictures: Sequence[Path]
    is_own: bool
    languages: Sequence[str] = ()
    samples: Mapping[str, str] = field(default_factory=dict)
    events: frozenset[str] = frozenset()
    lateness: timedelta = _LATENESS


def read_campaign(path: Path, *, templates: Path | None = None) -> Campaign:
    """Read and check a campaign file; ``templates`` is the folder of its posts' texts, by default our own.

    Raises ``InvalidCampaign`` with every problem found, ``InvalidInput`` when there is no such file.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            'The campaign file "{path}" cannot be read: {reason}.', path=path, reason=error
        ) from error
    return parse_campaign(
        text, slug=path.stem, file=str(path), templates=templates, pictures=(path.parent, folder("campaigns"))
    )


def parse_campaign(
    text: str,
    *,
    slug: str,
    file: str,
    templates: Path | None = None,
    pictures: Sequence[Path] = (),
    is_own: bool = False,
) -> Campaign:
    """A campaign out of the text of its file; ``pictures`` are the folders where its pictures may be.

    ``is_own``: it came from outside, so that its texts may do no more than name values.
    """
    root = parse(text, file)
    frame = _Frame(
        templates=templates or folder("templates") / "posts",
        pictures=pictures or (folder("campaigns"),),
        is_own=is_own,
    )
    campaign = _campaign(root, slug, frame)
    if root.problems:
        raise InvalidCampaign(sorted(root.problems, key=lambda problem: problem.line))
    return replace(campaign, source=text)


def _campaign(root: Field, slug: str, frame: _Frame) -> Campaign:
    parts = root.mapping(
        required=("title", "purpose", "target_group", "languages", "posts"),
        optional=("lateness_minutes", "goals", "parameters", "events"),
    )
    languages = [item.choice(_Language).value for item in parts["languages"].items()]
    parameters = [_parameter(field, languages) for field in _entries(parts, "parameters")]
    samples = {each.key: _sample(each) for each in parameters}
    events = [_event(field, samples) for field in _entries(parts, "events")]
    frame = replace(
        frame,
        languages=languages,
        samples=samples,
        events=frozenset(event.key for event in events),
        lateness=_lateness(parts, _LATENESS),
    )
    posts = [_post(field, frame) for field in parts["posts"].items()]
    _check_keys(parts["posts"], posts)
    return Campaign(
        slug=slug,
        title=parts["title"].words(languages),
        purpose=parts["purpose"].words(languages),
        target_group=parts["target_group"].words(languages),
        languages=languages,
        goals=[_goal(field, languages) for field in _items(parts, "goals")],
        parameters=parameters,
        events=events,
        posts=posts,
    )


def _goal(field: Field, languages: list[str]) -> CampaignGoal:
    parts = field.mapping(required=("metric", "target", "by", "why"))
    by = parts["by"].mapping(optional=("day", "date"))
    if len(by) != 1:
        parts["by"].refuse(InvalidInput("Write either `day`, days after the start, or `date`."))
    due: date | int = 0
    if "date" in by:
        due = _tried(by["date"], parse_day) or _SOME_DAY
    elif "day" in by:
        due = by["day"].number(least=1, most=_MOST_DAYS)
    return CampaignGoal(
        metric=parts["metric"].choice(Metric),
        target=parts["target"].number(least=1, most=10_000_000),
        by=due,
        why=parts["why"].words(languages),
    )


def _parameter(field: Field, languages: list[str]) -> Parameter:
    parts = field.mapping(
        required=("label", "example"), optional=("help", "default", "per_language", "required")
    )
    if not field.name.isidentifier():
        field.refuse(InvalidInput("A parameter's name is made of letters, numbers and underscores."))
    return Parameter(
        key=field.name,
        label=parts["label"].words(languages),
        help=parts["help"].words(languages) if "help" in parts else {},
        example=parts["example"].words(languages, or_plain=True),
        default=parts["default"].words(languages, or_plain=True) if "default" in parts else None,
        per_language="per_language" in parts and parts["per_language"].is_true(),
        required="required" not in parts or parts["required"].is_true(),
    )


def _sample(parameter: Parameter) -> str:
    return next(iter((parameter.default or parameter.example).values()), "")


def _event(field: Field, samples: Mapping[str, str]) -> Event:
    parts = field.mapping(required=("at",), optional=("every", "times", "holidays", "day", "ends"))
    return Event(
        key=field.name,
        when=_days(field, parts, samples),
        at=_clock(parts["at"], samples),
        ends=_clock(parts["ends"], samples) if "ends" in parts else None,
    )


def _post(field: Field, frame: _Frame) -> CampaignPost:
    parts = field.mapping(
        required=("key", "kind", "moment"),
        optional=("template", "text", "values", "lateness_minutes", "link", "pictures"),
    )
    kind = parts["kind"].choice(PostKind)
    texts = _texts(field, parts, frame)
    for language, text in texts.items():
        place = parts.get("text") or parts.get("template") or field
        if frame.is_own and _CODE.search(_PLACE.sub("", text)):
            place.refuse(
                InvalidInput(
                    "{language}: a text may only name values, as in {example}.",
                    language=language,
                    example="{{ phone_main }}",
                )
            )
        else:
            _check_text(place, text, kind=kind, language=language)
    moment = parts["moment"].mapping(
        required=("at",), optional=("event", "days_before", "every", "times", "holidays", "day")
    )
    link = parts["link"].text() if "link" in parts else None
    if link:
        _tried(parts["link"], placeholders)
    return CampaignPost(
        key=parts["key"].text(),
        kind=kind,
        texts=texts,
        values={
            value.name: value.words(frame.languages, or_plain=True) for value in _entries(parts, "values")
        },
        when=_moment(parts["moment"], moment, frame),
        at=_clock(moment["at"], frame.samples),
        lateness=_lateness(parts, frame.lateness),
        link=link,
        pictures=[_picture(each, frame) for each in _items(parts, "pictures")],
    )


def _check_keys(field: Field, posts: list[CampaignPost]) -> None:
    keys = [post.key for post in posts]
    if not keys:
        field.refuse(InvalidInput("A campaign needs a post."))
    for number, key in enumerate(keys):
        if key in keys[:number]:
            field.items()[number].refuse(
                InvalidInput('Another post has the key "{name}" already.', name=key), under="key"
            )


def _texts(field: Field, parts: Mapping[str, Field], frame: _Frame) -> Words:
    if ("template" in parts) == ("text" in parts):
        field.refuse(InvalidInput("Write either `template`, the name of a text, or `text`."))
        return {}
    if "text" in parts:
        return parts["text"].words(frame.languages)
    name, texts = parts["template"].text(), {}
    for language in frame.languages:
        file = frame.templates / f"{Path(name).name}.{language}.txt"
        if file.is_file():
            texts[language] = file.read_text(encoding="utf-8").strip()
        else:
            known = sorted({each.name.split(".")[0] for each in frame.templates.glob(f"*.{language}.txt")})
            parts["template"].refuse(
                InvalidInput(
                    'There is no text "{name}" in {language}. There are: {known}.',
                    name=name,
                    language=language,
                    known=", ".join(known),
                )
            )
    return texts


def _check_text(field: Field, text: str, *, kind: PostKind, language: str) -> None:
    try:
        names = placeholders(text)
    except InvalidInput as error:
        field.refuse(InvalidInput("{language}: {error}", language=language, error=error))
        return
    for group in MUST_TELL[kind]:
        if not names & set(group):
            wanted = " or ".join(f"{{{{ {name} }}}}" for name in group)
            field.refuse(
                InvalidInput(
                    "A post of the kind {kind} must tell {wanted}; its text in {language} does not.",
                    kind=kind,
                    wanted=wanted,
                    language=language,
                )
            )


def _moment(field: Field, parts: Mapping[str, Field], frame: _Frame) -> Every | OnDay | BeforeEvent:
    if "event" not in parts:
        _none_of(parts, "days_before", beside="every` or `day")
        return _days(field, parts, frame.samples)
    _none_of(parts, "every", "times", "holidays", "day", beside="event")
    event = parts["event"].text()
    if event and event not in frame.events:
        known = ", ".join(sorted(frame.events)) or "none"
        parts["event"].refuse(
            InvalidInput('There is no event "{event}". There are: {known}.', event=event, known=known)
        )
    before = parts["days_before"].number(least=0, most=365) if "days_before" in parts else 0
    return BeforeEvent(event=event, days_before=before)


def _days(field: Field, parts: Mapping[str, Field], samples: Mapping[str, str]) -> Every | OnDay:
    if "every" not in parts:
        _none_of(parts, "times", "holidays", beside="day")
        if "day" not in parts:
            field.refuse(
                InvalidInput("The day is missing: `every` and `times`, `day`, or for a post `event`.")
            )
        return OnDay(day=parts["day"].number(least=-_MOST_DAYS, most=_MOST_DAYS) if "day" in parts else 0)
    _none_of(parts, "day", beside="every")
    if "times" not in parts:
        field.refuse(InvalidInput("This key is missing: a series needs an end."), under="times")
    _tried(parts["every"], lambda text: occurrences(render(text, samples), first_on=_SOME_DAY, times=1))
    times = parts["times"].number(least=1, most=MOST_TIMES) if "times" in parts else 1
    skips = "holidays" in parts and parts["holidays"].choice(_Holidays) is _Holidays.SKIP
    return Every(rule=parts["every"].text(), times=times, skips_holidays=skips)


def _none_of(parts: Mapping[str, Field], *names: str, beside: str) -> None:
    for name in names:
        if name in parts:
            parts[name].refuse(InvalidInput("This key does not belong beside `{beside}`.", beside=beside))


def _clock(field: Field, samples: Mapping[str, str]) -> str:
    _tried(field, lambda text: parse_time(render(text, samples)))
    return field.text()


def _picture(field: Field, frame: _Frame) -> CampaignPicture:
    parts = field.mapping(required=("file", "alt"))
    name = parts["file"].text()
    path = _inside(name, frame.pictures)
    if path is None:
        parts["file"].refuse(InvalidInput('There is no picture "{name}".', name=name))
    return CampaignPicture(path=path or Path(name), alt=parts["alt"].words(frame.languages))


def _inside(name: str, folders: Sequence[Path]) -> Path | None:
    """The file of that name in the first folder that has it, never one outside."""
    for each in folders:
        path = (each / name).resolve()
        if path.is_file() and path.is_relative_to(each.resolve()):
            return path
    return None


def _lateness(parts: Mapping[str, Field], otherwise: timedelta) -> timedelta:
    field = parts.get("lateness_minutes")
    return timedelta(minutes=field.number(least=1, most=_MOST_LATENESS_MINUTES)) if field else otherwise


def _tried(field: Field, read: Callable[[str], _Value]) -> _Value | None:
    """What ``read`` makes of the text; its refusal is noted at the field."""
    text = field.text()
    try:
        return read(text) if text else None
    except InvalidInput as error:
        field.refuse(error)
        return None


def _entries(parts: Mapping[str, Field], name: str) -> list[Field]:
    return list(parts[name].entries().values()) if name in parts else []


def _items(parts: Mapping[str, Field], name: str) -> list[Field]:
    return parts[name].items() if name in parts else []
