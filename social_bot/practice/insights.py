"""Counters of a Page and of a post, worked out from what is on the Page: nothing is made up at random.

Names: https://developers.facebook.com/docs/graph-api/reference/insights and its changelogs.
One name that is not alive fails the whole call, as it does at Meta.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from social_bot.practice.call import Call
from social_bot.practice.fields import Field
from social_bot.practice.refusals import Refusal, bad_parameter
from social_bot.practice.state import CommentRow, PageRow, PostRow, ReactionRow

FEWEST_FOLLOWERS = 100
_LONGEST_RANGE = timedelta(days=90)
_META_DAY = ZoneInfo("America/Los_Angeles")  # a day ends at 07:00 or 08:00 UTC
_HALF_LIFE_HOURS = 18  # half of a post's views come within this time
_REACTIONS = ("like", "love", "wow", "haha", "sorry", "anger")
_STORED_AS = {"sorry": "SAD", "anger": "ANGRY"}
_PERIODS = frozenset({"day", "week", "days_28", "month", "lifetime", "total_over_range"})
_SPANS = {"day": 1, "week": 7, "days_28": 28}

Number = int | dict[str, int]
PageMetric = Callable[[Call, PageRow, datetime, datetime], Number]
PostMetric = Callable[[Call, PostRow], Number]


def page_insights(call: Call, page: PageRow) -> object:
    if page.followers < FEWEST_FOLLOWERS:
        raise bad_parameter(
            "Insights are available only for Pages with at least 100 followers", subcode=2874008
        )
    names = _metric_names(call, PAGE_METRICS)
    period = _period(call, "day")
    ends = _day_ends(call)
    data = []
    for name in names:
        if period not in _SPANS:
            continue  # Graph answers such a period with no rows
        values: list[dict[str, object]] = [
            {
                "value": PAGE_METRICS[name](call, page, end - timedelta(days=_SPANS[period]), end),
                "end_time": end.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            }
            for end in ends
        ]
        data.append(_row(page.id, name, period, values))
    return {"data": data}


def post_insights(call: Call, post: PostRow) -> object:
    _period(call, "lifetime")
    return _of_post(call, post, _metric_names(call, POST_METRICS))


def inner_post_insights(call: Call, post: PostRow, field: Field) -> dict[str, object]:
    """The same as a field of the post: ``insights.metric(post_clicks,post_media_view)``."""
    names = [name.strip() for name in field.modifiers.get("metric", "").split(",") if name.strip()]
    return _of_post(call, post, _known(names, POST_METRICS))


def _of_post(call: Call, post: PostRow, names: Sequence[str]) -> dict[str, object]:
    data = []
    for name in names:
        value = POST_METRICS[name](call, post)
        data.append(_row(post.id, name, "lifetime", [{"value": value}]))
        if name == "post_total_media_view_unique":  # seen at Meta: an empty daily row beside the real one
            data.append(_row(post.id, name, "day", [{"value": 0}]))
    return {"data": data}


def _metric_names(call: Call, alive: Collection[str]) -> list[str]:
    return _known([str(name) for name in call.parameters.sequence("metric") or []], alive)


def _known(names: list[str], alive: Collection[str]) -> list[str]:
    if not names:
        raise Refusal("(#3001) You must specify at least one metric", code=3001, subcode=1504028)
    if any(name not in alive for name in names):
        raise bad_parameter("The value must be a valid insights metric")
    return names


def _period(call: Call, usual: str) -> str:
    period = call.parameters.text("period") or usual
    if period not in _PERIODS:
        raise bad_parameter("The value must be a valid insights period")
    return period


def _day_ends(call: Call) -> list[datetime]:
    """Ends of the days that are over, within ``since`` (excluded) and ``until`` (included)."""
    until = min(call.parameters.moment("until") or call.now, call.now)
    since = call.parameters.moment("since") or until - timedelta(days=2)
    if until - since > _LONGEST_RANGE:
        raise bad_parameter("There cannot be more than 90 days (7776000 s) between since and until")
    ends: list[datetime] = []
    day = since.astimezone(_META_DAY).date()
    while True:
        end = datetime.combine(day, time(), _META_DAY).astimezone(UTC)
        if end > until:
            return ends
        if end > since:
            ends.append(end)
        day += timedelta(days=1)


def _row(node_id: str, name: str, period: str, values: Sequence[Mapping[str, object]]) -> dict[str, object]:
    return {
        "name": name,
        "period": period,
        "values": values,
        "title": name.replace("_", " ").capitalize(),
        "description": "",
        "id": f"{node_id}/insights/{name}/{period}",
    }


def _views(call: Call, post: PostRow, until: datetime) -> int:
    """Views so far: more for every reaction, comment and share, growing ever more slowly with age."""
    age = (until - post.created_at).total_seconds() / 3600
    if not post.is_published or age <= 0:
        return 0
    page = call.session.get_one(PageRow, post.page_id)
    whole = page.followers // 3 + 12 * _reactions(call, post) + 20 * _comments(call, post) + 40 * post.shares
    return int(whole * (1 - 0.5 ** (age / _HALF_LIFE_HOURS)))


def _reach(views: int) -> int:
    return views * 7 // 10


def _reactions(call: Call, post: PostRow, kind: str | None = None) -> int:
    query = select(func.count()).select_from(ReactionRow).where(ReactionRow.object_id == post.id)
    if kind is not None:
        query = query.where(ReactionRow.kind == _STORED_AS.get(kind, kind.upper()))
    return call.session.scalar(query) or 0


def _comments(call: Call, post: PostRow) -> int:
    query = select(func.count()).select_from(CommentRow).where(CommentRow.post_id == post.id)
    return call.session.scalar(query) or 0


def _posts(call: Call, page: PageRow) -> list[PostRow]:
    return list(call.session.scalars(select(PostRow).where(PostRow.page_id == page.id)))


def _page_views(call: Call, page: PageRow, start: datetime, end: datetime) -> int:
    return sum(_views(call, post, end) - _views(call, post, start) for post in _posts(call, page))


def _page_engagements(call: Call, page: PageRow, start: datetime, end: datetime) -> int:
    comments = (
        select(func.count())
        .select_from(CommentRow)
        .where(CommentRow.page_id == page.id, CommentRow.author_id != page.id)
        .where(CommentRow.created_at >= start, CommentRow.created_at < end)
    )
    return (call.session.scalar(comments) or 0) + sum(
        _page_reactions(call, page, start, end, kind) for kind in _REACTIONS
    )


def _page_reactions(call: Call, page: PageRow, start: datetime, end: datetime, kind: str) -> int:
    query = (
        select(func.count())
        .select_from(ReactionRow)
        .join(PostRow, PostRow.id == ReactionRow.object_id)
        .where(PostRow.page_id == page.id, ReactionRow.kind == _STORED_AS.get(kind, kind.upper()))
        .where(ReactionRow.created_at >= start, ReactionRow.created_at < end)
    )
    return call.session.scalar(query) or 0


def _page_metric_table() -> Mapping[str, PageMetric]:
    def views_divided_by(divisor: int) -> PageMetric:
        return lambda call, page, start, end: _page_views(call, page, start, end) // divisor

    def reactions_of(kind: str) -> PageMetric:
        return lambda call, page, start, end: _page_reactions(call, page, start, end, kind)

    def all_reactions(call: Call, page: PageRow, start: datetime, end: datetime) -> dict[str, int]:
        return {kind: _page_reactions(call, page, start, end, kind) for kind in _REACTIONS}

    def nothing(_call: Call, _page: PageRow, _start: datetime, _end: datetime) -> int:
        return 0

    return {
        "page_media_view": _page_views,
        "page_total_media_view_unique": lambda *asked: _reach(_page_views(*asked)),
        "page_post_engagements": _page_engagements,
        "page_follows": lambda _call, page, _start, _end: page.followers,
        "page_views_total": views_divided_by(10),
        "page_total_actions": views_divided_by(50),
        "page_daily_follows": views_divided_by(80),
        "page_daily_follows_unique": views_divided_by(80),
        "page_daily_unfollows_unique": nothing,
        "page_video_views": nothing,
        "page_video_view_time": nothing,
        **{f"page_actions_post_reactions_{kind}_total": reactions_of(kind) for kind in _REACTIONS},
        "page_actions_post_reactions_total": all_reactions,
    }


def _post_metric_table() -> Mapping[str, PostMetric]:
    def views(call: Call, post: PostRow) -> int:
        return _views(call, post, call.now)

    def reactions_of(kind: str) -> PostMetric:
        return lambda call, post: _reactions(call, post, kind)

    def reactions_by_type(call: Call, post: PostRow) -> dict[str, int]:
        counts = {kind: _reactions(call, post, kind) for kind in _REACTIONS}
        return {kind: count for kind, count in counts.items() if count}

    def activity(call: Call, post: PostRow) -> dict[str, int]:
        return {"like": _reactions(call, post), "comment": _comments(call, post), "share": post.shares}

    def clicks_by_type(call: Call, post: PostRow) -> dict[str, int]:
        clicks = views(call, post) // 20
        links = clicks * 2 // 3 if post.link else 0
        return {
            kind: count for kind, count in (("link clicks", links), ("other clicks", clicks - links)) if count
        }

    def nothing(_call: Call, _post: PostRow) -> int:
        return 0

    return {
        "post_media_view": views,
        "post_total_media_view_unique": lambda call, post: _reach(views(call, post)),
        "post_clicks": lambda call, post: views(call, post) // 20,
        "post_clicks_by_type": clicks_by_type,
        **{f"post_reactions_{kind}_total": reactions_of(kind) for kind in _REACTIONS},
        "post_reactions_by_type_total": reactions_by_type,
        "post_activity_by_action_type": activity,
        "post_video_views": nothing,
        "post_video_view_time": nothing,
        "post_video_avg_time_watched": nothing,
    }


PAGE_METRICS = _page_metric_table()
POST_METRICS = _post_metric_table()
