"""What a campaign file says, once it is read: goals, questions, events and posts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TypeAlias

from social_bot.organisation.metrics import Metric
from social_bot.planning.post_kinds import PostKind

Words: TypeAlias = Mapping[str, str]
"""The same thing said in each language of the campaign."""


@dataclass(frozen=True, kw_only=True)
class CampaignGoal:
    """``by`` is a day, or a number of days after the start."""

    metric: Metric
    target: int
    by: date | int
    why: Words


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """Asked when the campaign is started; ``key.sv`` is the answer for one language."""

    key: str
    label: Words
    help: Words
    example: Words
    default: Words | None
    per_language: bool
    required: bool


@dataclass(frozen=True, kw_only=True)
class Every:
    """The days of a rule (see ``calendar.occurrences``), on or after the start."""

    rule: str
    times: int
    skips_holidays: bool = False


@dataclass(frozen=True, kw_only=True)
class OnDay:
    """So many days after the start, or before it when negative."""

    day: int


@dataclass(frozen=True, kw_only=True)
class BeforeEvent:
    """Once for each time of an event; 0 days before is its own day."""

    event: str
    days_before: int


@dataclass(frozen=True, kw_only=True)
class Event:
    """``at`` and ``ends`` are wall-clock times; they and a rule may name a parameter."""

    key: str
    when: Every | OnDay
    at: str
    ends: str | None


@dataclass(frozen=True, kw_only=True)
class CampaignPicture:
    path: Path
    alt: Words


@dataclass(frozen=True, kw_only=True)
class CampaignPost:
    """``texts`` are templates by language; ``values`` fill what no parameter or setting does."""

    key: str
    kind: PostKind
    texts: Words
    values: Mapping[str, Words]
    when: Every | OnDay | BeforeEvent
    at: str
    lateness: timedelta
    link: str | None
    pictures: Sequence[CampaignPicture]


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """``slug`` is the name of its file, ``source`` the text of it."""

    slug: str
    title: Words
    purpose: Words
    target_group: Words
    languages: Sequence[str]
    goals: Sequence[CampaignGoal]
    parameters: Sequence[Parameter]
    events: Sequence[Event]
    posts: Sequence[CampaignPost]
    source: str = ""
