"""What is counted of each month: every figure with its source, its unit and whom it counts.

A figure may be divided: ``topic:debt`` is a *part* of the messages. Parts of one kind (``topic``) add up to
the whole unless the figure says otherwise, and so must the parts that are shown (see suppression.py).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from social_bot.organisation.metrics import Source


class Figure(StrEnum):
    POSTS_PUBLISHED = "posts_published"
    POST_VIEWS = "post_views"
    POST_REACH = "post_reach"
    POST_REACTIONS = "post_reactions"
    POST_COMMENTS = "post_comments"
    POST_SHARES = "post_shares"
    POST_CLICKS = "post_clicks"
    POST_LINK_CLICKS = "post_link_clicks"
    PAGE_VIEWS = "page_views"
    PAGE_REACH = "page_reach"
    PAGE_ENGAGEMENTS = "page_engagements"
    PAGE_FOLLOWERS = "page_followers"
    COMMENTS_RECEIVED = "comments_received"
    MESSAGES_RECEIVED = "messages_received"
    CONVERSATIONS = "conversations"
    WAITS = "waits"
    RESPONSE_MINUTES = "response_minutes"
    CALLBACKS = "callbacks"
    CRISES = "crises"
    CRISIS_MINUTES = "crisis_minutes"
    VISITS_HELD = "visits_held"
    VISIT_MINUTES = "visit_minutes"
    VISIT_CONTACTS = "visit_contacts"
    VISIT_DECLINED = "visit_declined"
    VISIT_CLIENTHOOD = "visit_clienthood"
    VISIT_GUIDED_ON = "visit_guided_on"
    VISIT_OUT_OF_AREA = "visit_out_of_area"


class Family(StrEnum):
    """Figures that are counted from the same rows."""

    POSTS = "posts"
    PAGE = "page"
    COMMENTS = "comments"
    MESSAGES = "messages"
    CALLBACKS = "callbacks"
    CRISES = "crises"
    VISITS = "visits"


class Unit(StrEnum):
    COUNT = "count"
    MINUTES = "minutes"
    PERCENT = "percent"


@dataclass(frozen=True, kw_only=True)
class Definition:
    """``is_spread``: kept as so many for each number of minutes, from which median and 90 % are read.

    ``counts_people``: what leaves the unit hides it under five. ``part_of``: everybody in it is in that
    figure too, so what is left of that figure is hidden under five as well.
    """

    family: Family
    source: Source = Source.OWN
    is_estimate: bool = False
    counts_people: bool = False
    is_spread: bool = False
    part_of: Figure | None = None
    parts: tuple[str, ...] = ()


_F, _PLATFORM = Figure, Source.PLATFORM
DEFINITIONS: Mapping[Figure, Definition] = {
    _F.POSTS_PUBLISHED: Definition(family=Family.POSTS, parts=("kind", "language")),
    _F.POST_VIEWS: Definition(family=Family.POSTS, source=_PLATFORM),
    _F.POST_REACH: Definition(family=Family.POSTS, source=_PLATFORM, is_estimate=True, counts_people=True),
    _F.POST_REACTIONS: Definition(family=Family.POSTS, source=_PLATFORM),
    _F.POST_COMMENTS: Definition(family=Family.POSTS, source=_PLATFORM),
    _F.POST_SHARES: Definition(family=Family.POSTS, source=_PLATFORM),
    _F.POST_CLICKS: Definition(family=Family.POSTS, source=_PLATFORM),
    _F.POST_LINK_CLICKS: Definition(family=Family.POSTS, source=_PLATFORM),
    _F.PAGE_VIEWS: Definition(family=Family.PAGE, source=_PLATFORM),
    _F.PAGE_REACH: Definition(family=Family.PAGE, source=_PLATFORM, is_estimate=True, counts_people=True),
    _F.PAGE_ENGAGEMENTS: Definition(family=Family.PAGE, source=_PLATFORM),
    _F.PAGE_FOLLOWERS: Definition(family=Family.PAGE, source=_PLATFORM),  # everybody sees it on the page
    _F.COMMENTS_RECEIVED: Definition(family=Family.COMMENTS, counts_people=True),
    _F.MESSAGES_RECEIVED: Definition(
        family=Family.MESSAGES, counts_people=True, parts=("topic", "language", "lane")
    ),
    _F.CONVERSATIONS: Definition(family=Family.MESSAGES, counts_people=True),
    _F.WAITS: Definition(family=Family.MESSAGES, counts_people=True, parts=("answer",)),
    _F.RESPONSE_MINUTES: Definition(family=Family.MESSAGES, counts_people=True, is_spread=True),
    _F.CALLBACKS: Definition(family=Family.CALLBACKS, counts_people=True, parts=("state", "promise")),
    _F.CRISES: Definition(family=Family.CRISES, counts_people=True, parts=("taken",)),
    _F.CRISIS_MINUTES: Definition(family=Family.CRISES, counts_people=True, is_spread=True),
    _F.VISITS_HELD: Definition(family=Family.VISITS),
    _F.VISIT_MINUTES: Definition(family=Family.VISITS),
    _F.VISIT_CONTACTS: Definition(family=Family.VISITS, counts_people=True),
    _F.VISIT_DECLINED: Definition(family=Family.VISITS, counts_people=True),
    _F.VISIT_CLIENTHOOD: Definition(family=Family.VISITS, counts_people=True, part_of=_F.VISIT_CONTACTS),
    _F.VISIT_GUIDED_ON: Definition(family=Family.VISITS, counts_people=True, part_of=_F.VISIT_CONTACTS),
    _F.VISIT_OUT_OF_AREA: Definition(family=Family.VISITS, counts_people=True, part_of=_F.VISIT_CONTACTS),
}

OF_THE_OFFICE = frozenset({Family.CALLBACKS, Family.VISITS})
"""Counted for the whole organisation: neither a request for a call nor a visit knows a page."""

WHOLE = ""
WITHIN_DAY, LATER, NOT_ANSWERED, NOT_YET = (
    *("answer:within_day", "answer:later", "answer:none"),
    "answer:not_yet",
)
"""Parts of the waits: ``NOT_YET`` are those whose working day is not over."""

LATE, IN_TIME = "promise:late", "promise:in_time"
TAKEN, NOT_TAKEN = "taken:yes", "taken:no"


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One count. ``value`` None: not known, since ``not_available_since`` where that is known.

    ``as_of`` is when a figure of the platform was read, ``of`` how many posts or days it was to be read of and
    ``known`` how many of them were.
    """

    figure: Figure
    part: str = WHOLE
    value: int | None
    as_of: datetime | None = None
    not_available_since: date | None = None
    known: int | None = None
    of: int | None = None


class Counts:
    """The counts of one month, of one page or of several added up."""

    def __init__(self, counted: Iterable[Counted]) -> None:
        self._counted: dict[tuple[Figure, str], Counted] = {}
        for one in counted:
            key = one.figure, one.part
            self._counted[key] = _added(self._counted[key], one) if key in self._counted else one

    def __iter__(self) -> Iterator[Counted]:
        return iter(self._counted.values())

    def get(self, figure: Figure, part: str = WHOLE) -> Counted:
        return self._counted.get((figure, part)) or Counted(figure=figure, part=part, value=None)

    def value(self, figure: Figure, part: str = WHOLE) -> int | None:
        return self.get(figure, part).value

    def parts(self, figure: Figure, kind: str) -> Mapping[str, int]:
        """By part of the kind (``topic``), without its name, the largest first."""
        found = {
            part.partition(":")[2]: one.value or 0
            for (of, part), one in self._counted.items()
            if of is figure and part.partition(":")[0] == kind
        }
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def spread(self, figure: Figure) -> Counter[int]:
        """How many for each number of minutes."""
        return Counter({int(minutes): count for minutes, count in self.parts(figure, "minutes").items()})


def quantile(spread: Mapping[int, int], share: float) -> int | None:
    """The smallest number that at least this share of all does not exceed; None of none."""
    total = sum(spread.values())
    seen = 0
    for number in sorted(spread):
        seen += spread[number]
        if seen >= share * total - 1e-9:
            return number
    return None


def median(spread: Mapping[int, int]) -> float | None:
    """The middle one, or halfway between the two in the middle."""
    numbers = sorted(Counter(spread).elements())
    if not numbers:
        return None
    middle = len(numbers) // 2
    return numbers[middle] if len(numbers) % 2 else (numbers[middle - 1] + numbers[middle]) / 2


def answered_within_day(counts: Counts) -> tuple[int, int]:
    """Of how many waits (second) an answer came by the next working day; who may still wait is left out."""
    within = counts.value(Figure.WAITS, WITHIN_DAY) or 0
    others = (counts.value(Figure.WAITS, part) or 0 for part in (LATER, NOT_ANSWERED))
    return within, within + sum(others)


def _added(one: Counted, other: Counted) -> Counted:
    """Two pages together; the older of two readings tells how far the sum may be trusted."""
    known = [value for value in (one.value, other.value) if value is not None]
    return Counted(
        figure=one.figure,
        part=one.part,
        value=sum(known) if known else None,
        as_of=min(filter(None, (one.as_of, other.as_of)), default=None),
        not_available_since=min(
            filter(None, (one.not_available_since, other.not_available_since)), default=None
        ),
        known=_sum(one.known, other.known),
        of=_sum(one.of, other.of),
    )


def _sum(*values: int | None) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


PLATFORM_FIGURES: Sequence[Figure] = tuple(
    figure for figure, definition in DEFINITIONS.items() if definition.source is Source.PLATFORM
)
