"""What made up a goal's value: its posts, its visits, its answers, and which weeks it came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from social_bot.organisation.metrics import Metric
from social_bot.planning.store import PostRow
from social_bot.tracking import counters, outreach_store, store
from social_bot.tracking.figures import Figure
from social_bot.tracking.goal_values import EVER, VISIT_METRICS, window
from social_bot.tracking.outreach_store import VisitRow
from social_bot.tracking.periods import Span
from social_bot.tracking.progress import StandingGoal

MOST = 5
"""So many posts and visits are named."""


@dataclass(frozen=True, kw_only=True)
class PostShare:
    post: PostRow
    value: int


@dataclass(frozen=True, kw_only=True)
class VisitShare:
    visit: VisitRow
    value: int


@dataclass(frozen=True, kw_only=True)
class GoalWeekShare:
    """A week of the goal, with the posts and visits of that week; that they were the cause is not said."""

    first: date
    last: date
    value: int | None
    posts: int
    visits: int


@dataclass(frozen=True, kw_only=True)
class Contributions:
    """``others`` is how many posts or visits beside the named ones had any share."""

    posts: Sequence[PostShare] = ()
    visits: Sequence[VisitShare] = ()
    others: int = 0
    weeks: Sequence[GoalWeekShare] = ()
    by_machine: int | None = None
    by_people: int | None = None


def contributions(
    session: Session, standing: StandingGoal, *, now: datetime, zone: ZoneInfo
) -> Contributions:
    goal, metric = standing.progress.goal, standing.progress.goal.metric
    time = window(Span(first=goal.starts_on, last=goal.by_on), now=now, zone=zone)
    if metric.startswith("post_"):
        since = EVER if standing.scope.campaign_id is not None else time.since
        found = [
            PostShare(post=post, value=value)
            for page_id in standing.scope.page_ids
            for post, value in counters.best_posts(
                session,
                page_id,
                Figure(metric.value),
                since=since,
                until=time.until,
                campaign_id=standing.scope.campaign_id,
            )
            if value
        ]
        best = sorted(found, key=lambda share: -share.value)
        return Contributions(posts=best[:MOST], others=max(len(best) - MOST, 0))
    if metric in VISIT_METRICS:
        return _visits(session, standing, metric, Span(first=time.first, last=time.last))
    if metric is Metric.ANSWERED_SHARE:
        machine, people = store.count_answers(
            session, standing.scope.page_ids, since=time.since, until=time.until
        )
        return Contributions(by_machine=machine, by_people=people)
    return Contributions(weeks=_weeks(session, standing, zone=zone))


def _visits(session: Session, standing: StandingGoal, metric: Metric, span: Span) -> Contributions:
    visits = outreach_store.list_visits(
        session,
        since=span.first,
        until=span.last,
        campaign_id=standing.scope.campaign_id,
        trial_ids=None if standing.scope.trial_id is None else [standing.scope.trial_id],
    )
    shares = [VisitShare(visit=visit, value=value) for visit in visits if (value := _of_visit(visit, metric))]
    best = sorted(shares, key=lambda share: -share.value)
    return Contributions(visits=best[:MOST], others=max(len(best) - MOST, 0))


def _of_visit(visit: VisitRow, metric: Metric) -> int | None:
    match metric:
        case Metric.VISITS_HELD:
            return 1
        case Metric.VISIT_CLIENTHOOD:
            return visit.led_to_clienthood
        case Metric.VISIT_GUIDED_ON:
            return visit.guided_on
        case _:
            return visit.contacts


def _weeks(session: Session, standing: StandingGoal, *, zone: ZoneInfo) -> Sequence[GoalWeekShare]:
    found = []
    for week in standing.weeks[-12:]:
        since, until = Span(first=week.first, last=week.last).bounds(zone)
        posts = sum(
            counters.count_published(
                session, page_id, since=since, until=until, campaign_id=standing.scope.campaign_id
            )
            for page_id in standing.scope.page_ids
        )
        visits = outreach_store.list_visits(
            session, since=week.first, until=week.last, campaign_id=standing.scope.campaign_id
        )
        found.append(
            GoalWeekShare(first=week.first, last=week.last, value=week.value, posts=posts, visits=len(visits))
        )
    return found
