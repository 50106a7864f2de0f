"""The platform's names of counters and ours; which it has retired, and how one dead name is found.

https://developers.facebook.com/docs/platforminsights/page (which still lists retired names: the
changelogs are right). Ours are the values of ``organisation.metrics.Metric``; that room lies above.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from social_bot.channels.facebook.protocol import parse_time
from social_bot.channels.ports import Reading
from social_bot.errors import ContentRefused, PlatformDetails

MOST_DAYS = timedelta(days=90)  # between since and until of one call

PAGE_INSIGHTS = {
    "page_media_view": "page_views",
    "page_total_media_view_unique": "page_reach",
    "page_post_engagements": "page_engagements",
}
POST_INSIGHTS = {
    "post_media_view": "post_views",
    "post_total_media_view_unique": "post_reach",
    "post_clicks": "post_clicks",
    "post_clicks_by_type": "post_link_clicks",
}
_KINDS = {"post_clicks_by_type": "link clicks"}
"""Of a count by kinds the one that we keep; Graph leaves out a kind that has not happened."""


# Plain fields, asked without insights.
PAGE_FIELDS = ("followers_count",)
POST_FIELDS = ("shares", "comments.summary(true).limit(0)", "reactions.summary(true).limit(0)")

_NOV_2025 = date(2025, 11, 15)
_JUN_2026 = date(2026, 6, 15)

RETIRED = {
    "page_fans": _NOV_2025,
    "page_fan_adds": _NOV_2025,
    "page_fan_removes": _NOV_2025,
    "page_impressions": _NOV_2025,
    "page_impressions_paid": _NOV_2025,
    "page_impressions_unique": _JUN_2026,
    "page_posts_impressions": _JUN_2026,
    "page_video_views_unique": _JUN_2026,
    "post_impressions": _NOV_2025,
    "post_impressions_paid": _NOV_2025,
    "post_impressions_fan": _NOV_2025,
    "post_impressions_unique": _JUN_2026,
    "post_video_views_unique": _JUN_2026,
}

# A refusal with one of these says something about the page or the post, not about a name.
_NOT_COUNTED = frozenset({2874008, *range(2932001, 2932011)})
_NO_SUCH_OBJECT = 33


def is_not_counted(details: PlatformDetails) -> bool:
    """A page with fewer than 100 followers, or a post that has no insights."""
    return bool({details.code, details.subcode} & _NOT_COUNTED)


def is_dead_name(details: PlatformDetails) -> bool:
    return details.code == 100 and details.subcode != _NO_SUCH_OBJECT and not is_not_counted(details)


@dataclass(frozen=True, kw_only=True)
class Count:
    """One value of a counter, under the platform's name; ``ends_at`` is the end of the day it covers."""

    name: str
    period: str
    value: int | None
    ends_at: datetime | None


def parse_counts(answer: Mapping[str, Any]) -> list[Count]:
    return [
        Count(
            name=row["name"],
            period=row["period"],
            value=_int(_of_kind(row["name"], value.get("value"))),
            ends_at=parse_time(value["end_time"]) if "end_time" in value else None,
        )
        for row in answer["data"]
        for value in row["values"]
    ]


def parse_post_figures(answer: Mapping[str, Any]) -> tuple[list[Reading], list[Count] | None]:
    """Plain counters, and the counts of insights; None where Graph sent none along."""
    insights = answer.get("insights")
    return post_field_readings(answer), None if insights is None else parse_counts(insights)


def ask_living(
    names: Sequence[str], ask: Callable[[Sequence[str]], list[Count]]
) -> tuple[list[Count], frozenset[str]]:
    """The counts of the names that the platform knows, and the names that it refused.

    One dead name makes the whole call fail, so what is refused is asked again in halves.
    """
    try:
        return ask(names), frozenset()
    except ContentRefused as refusal:
        if not is_dead_name(refusal.details):
            raise
    if len(names) == 1:
        return [], frozenset(names)
    middle = len(names) // 2
    counts, dead = ask_living(names[:middle], ask)
    more_counts, more_dead = ask_living(names[middle:], ask)
    return counts + more_counts, dead | more_dead


def readings(names: Mapping[str, str], counts: Sequence[Count], *, period: str) -> list[Reading]:
    """A reading for each count of the period, and one without a value for each metric that has none.

    Counts of other periods are left out: Meta adds a ``day`` full of zeros to some ``lifetime`` counters.
    """
    found = [
        Reading(metric=names[count.name], value=count.value, period_end=count.ends_at)
        for count in counts
        if count.name in names and count.period == period
    ]
    seen = {reading.metric for reading in found}
    missing = [
        Reading(metric=ours, value=None, retired_on=RETIRED.get(name))
        for name, ours in names.items()
        if ours not in seen
    ]
    return found + missing


def page_field_readings(fields: Mapping[str, Any]) -> list[Reading]:
    return [Reading(metric="page_followers", value=_int(fields.get("followers_count")))]


def post_field_readings(fields: Mapping[str, Any]) -> list[Reading]:
    """Graph leaves ``shares`` out of a post that nobody has shared."""
    shares = fields.get("shares", {"count": 0}) if fields else {}
    return [
        Reading(metric="post_shares", value=_int(shares.get("count"))),
        Reading(metric="post_comments", value=_total(fields.get("comments"))),
        Reading(metric="post_reactions", value=_total(fields.get("reactions"))),
    ]


def windows(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The time from ``since`` to ``until`` in parts that one call may ask for."""
    while since < until:
        end = min(since + MOST_DAYS, until)
        yield since, end
        since = end


def _of_kind(name: str, value: object) -> object:
    return value.get(_KINDS[name], 0) if name in _KINDS and isinstance(value, dict) else value


def _total(edge: Mapping[str, Any] | None) -> int | None:
    return _int(edge.get("summary", {}).get("total_count")) if edge else None


def _int(value: object) -> int | None:
    return value if isinstance(value, int) else None
