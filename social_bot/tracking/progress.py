"""How each goal stands: values out of snapshots and of our own rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from social_bot.answering.store import CallbackState
from social_bot.organisation.metrics import DEFINITIONS, Metric, Source
from social_bot.planning.store import CampaignRow, GoalRow, get_campaign, list_goals
from social_bot.tracking import store
from social_bot.tracking.goals import OutreachGoal, Progress, Value, assess
from social_bot.tracking.store import SnapshotRow


@dataclass(frozen=True, kw_only=True)
class CampaignGoal:
    """A goal with its campaign and how it stands."""

    row: GoalRow
    campaign: CampaignRow
    progress: Progress


def goals_now(
    session: Session, *, now: datetime, zone: ZoneInfo, campaign_id: int | None = None
) -> Sequence[CampaignGoal]:
    """Every goal (of one campaign) with its value and pace."""
    today = now.astimezone(zone).date()
    found = []
    for row in list_goals(session, campaign_id=campaign_id):
        campaign = get_campaign(session, row.campaign_id)
        goal = OutreachGoal(
            metric=row.metric, target=row.target, starts_on=campaign.starts_on, by_on=row.by_on
        )
        value = _value(session, campaign, goal, now=now, zone=zone)
        found.append(CampaignGoal(row=row, campaign=campaign, progress=assess(goal, value, today=today)))
    return found


def _value(
    session: Session, campaign: CampaignRow, goal: OutreachGoal, *, now: datetime, zone: ZoneInfo
) -> Value:
    since = _midnight(goal.starts_on, zone)
    until = min(now, _midnight(goal.by_on + timedelta(days=1), zone))
    if DEFINITIONS[goal.metric].source is Source.OWN:
        return Value(value=_own_value(session, campaign, goal.metric, since=since, until=until))
    if goal.metric.startswith("post_"):
        posts = store.published_posts(session, campaign_id=campaign.id)
        subjects = [store.post_subject(post.id or 0) for post in posts]
        return _sum(session, subjects, goal.metric, store.latest_snapshots(session, subjects, goal.metric))
    subject = store.page_subject(campaign.page_id)
    if goal.metric is Metric.PAGE_FOLLOWERS:
        return _sum(session, [subject], goal.metric, store.latest_snapshots(session, [subject], goal.metric))
    daily = store.latest_daily_snapshots(session, subject, goal.metric, since=since, until=until)
    return _sum(session, [subject], goal.metric, daily)


def _sum(session: Session, subjects: Sequence[str], metric: Metric, rows: Sequence[SnapshotRow]) -> Value:
    """The sum of what is known; not available when nothing is known."""
    known = [row.value for row in rows if row.value is not None]
    if known:
        return Value(value=sum(known))
    retired = [row.retired_on for row in rows if row.retired_on is not None]
    if retired:
        return Value(value=None, not_available_since=min(retired))
    since = store.first_unavailable(session, subjects, metric) if subjects else None
    return Value(value=None, not_available_since=since)


def _own_value(
    session: Session, campaign: CampaignRow, metric: Metric, *, since: datetime, until: datetime
) -> int | None:
    page_id = campaign.page_id
    match metric:
        case Metric.POSTS_PUBLISHED:
            return len(store.published_posts(session, campaign_id=campaign.id))
        case Metric.MESSAGES_RECEIVED:
            return store.count_messages(session, page_id, since=since, until=until)
        case Metric.CONTACTS:
            return store.count_contacts(session, page_id, since=since, until=until)
        case Metric.ANSWERED_SHARE:
            received = store.count_messages(session, page_id, since=since, until=until)
            answered = store.count_answered(session, page_id, since=since, until=until)
            return round(100 * answered / received) if received else None
        case Metric.CALLBACKS_REQUESTED:
            return store.count_callbacks(session, since=since, until=until)
        case _:
            return store.count_callbacks(session, since=since, until=until, state=CallbackState.DONE)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
