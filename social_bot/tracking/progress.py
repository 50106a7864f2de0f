"""How each goal stands: its value, its pace, and where it will be by its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from social_bot.organisation import pages
from social_bot.planning.store import CampaignRow, GoalRow, get_campaign, list_goals
from social_bot.tracking import outreach_store
from social_bot.tracking.forecast import Forecast, Week, foresee
from social_bot.tracking.goal_values import Scope, Window, gathers, value_of, window
from social_bot.tracking.goals import OutreachGoal, Progress, assess, days_left, working_days
from social_bot.tracking.outreach_store import TrialRow
from social_bot.tracking.periods import Span, week_of

_LATELY = timedelta(weeks=25)


@dataclass(frozen=True, kw_only=True)
class StandingGoal:
    """A goal with what it is of and how it stands. ``forecast`` None: too early to say, or nothing to foresee."""

    row: GoalRow
    campaign: CampaignRow | None
    trial: TrialRow | None
    scope: Scope
    progress: Progress
    forecast: Forecast | None
    weeks: Sequence["GoalWeek"]

    @property
    def page_id(self) -> str | None:
        """The one page that it concerns."""
        return self.row.page_id if self.campaign is None else self.campaign.page_id


@dataclass(frozen=True, kw_only=True)
class GoalWeek:
    """``value`` in the part of the week that lies within the goal's time and has passed."""

    first: date
    last: date
    value: int | None


def goals_now(
    session: Session,
    *,
    now: datetime,
    zone: ZoneInfo,
    campaign_id: int | None = None,
    with_ended: bool = False,
) -> Sequence[StandingGoal]:
    """Every goal (of one campaign) with its value and pace."""
    return [
        goal_now(session, row, now=now, zone=zone)
        for row in list_goals(session, campaign_id=campaign_id)
        if with_ended or row.ended_at is None
    ]


def goal_now(session: Session, row: GoalRow, *, now: datetime, zone: ZoneInfo) -> StandingGoal:
    now = now if row.ended_at is None else min(now, row.ended_at)
    campaign = None if row.campaign_id is None else get_campaign(session, row.campaign_id)
    trial = None if row.trial_id is None else outreach_store.get_trial(session, row.trial_id)
    goal = OutreachGoal(
        metric=row.metric,
        target=row.target,
        starts_on=_starts_on(row, campaign, trial, zone=zone),
        by_on=row.by_on,
    )
    scope, today = _scope(session, row, campaign), now.astimezone(zone).date()
    time = window(Span(first=goal.starts_on, last=goal.by_on), now=now, zone=zone)
    value = value_of(session, scope, goal.metric, time, zone=zone)
    weeks = _weeks(session, scope, goal, time, zone=zone) if gathers(goal.metric) else ()
    return StandingGoal(
        row=row,
        campaign=campaign,
        trial=trial,
        scope=scope,
        progress=assess(goal, value, today=today),
        forecast=_forecast(goal, value.value, weeks, today=today),
        weeks=weeks,
    )


def _forecast(
    goal: OutreachGoal, value: int | None, weeks: Sequence[GoalWeek], *, today: date
) -> Forecast | None:
    known = [
        Week(count=week.value, days=sum(1 for _ in working_days(week.first, week.last)))
        for week in weeks
        if week.value is not None
    ]
    return (
        None if value is None or not known else foresee(value, known, days_left=days_left(goal, today=today))
    )


def _weeks(
    session: Session, scope: Scope, goal: OutreachGoal, time: Window, *, zone: ZoneInfo
) -> Sequence[GoalWeek]:
    """The last half a year of the goal's time: what came before tells little of what comes."""
    found = []
    first = max(time.first, week_of(time.last - _LATELY).first)
    while first <= time.last:
        last = min(week_of(first).last, time.last)
        part = window(Span(first=first, last=last), now=time.until, zone=zone)
        value = value_of(session, scope, goal.metric, part, zone=zone, part_of=time)
        found.append(GoalWeek(first=first, last=last, value=value.value))
        first = last + timedelta(days=1)
    return found


def _starts_on(row: GoalRow, campaign: CampaignRow | None, trial: TrialRow | None, *, zone: ZoneInfo) -> date:
    if row.starts_on is not None:
        return row.starts_on
    if campaign is not None:
        return campaign.starts_on
    if trial is not None:
        return trial.starts_on
    return row.by_on if row.created_at is None else row.created_at.astimezone(zone).date()


def _scope(session: Session, row: GoalRow, campaign: CampaignRow | None) -> Scope:
    if campaign is not None:
        return Scope(page_ids=[campaign.page_id], campaign_id=campaign.id)
    everywhere = [page.id for page in pages.everyone(session)]
    return Scope(page_ids=[row.page_id] if row.page_id else everywhere, trial_id=row.trial_id)
