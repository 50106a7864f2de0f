"""Adding, changing and ending goals, which is the coordinator's; whoever looks is told what has changed."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.organisation import audit, operators, pages, personal_data
from social_bot.organisation.metrics import DEFINITIONS, Metric
from social_bot.organisation.roles import Role
from social_bot.planning.store import GoalRow, get_campaign
from social_bot.tracking import figure_store, outreach_store
from social_bot.tracking.figure_store import GoalLookRow
from social_bot.tracking.goal_values import VISIT_METRICS

MOST_WORDS = 600


@dataclass(frozen=True, kw_only=True)
class GoalPlan:
    """At most one of ``campaign_id``, ``trial_id`` and ``page_id``; none means the whole organisation."""

    metric: Metric
    target: int
    starts_on: date | None
    by_on: date
    target_group: str
    why: str
    campaign_id: int | None = None
    trial_id: int | None = None
    page_id: str | None = None


def add(session: Session, plan: GoalPlan, *, language: str, by: str, now: datetime) -> GoalRow:
    """Raises ``InvalidInput`` for a plan that cannot be measured."""
    _check(session, plan)
    operators.require(session, by, Role.COORDINATOR, page_id=_page_of(session, plan))
    row = GoalRow(
        campaign_id=plan.campaign_id,
        trial_id=plan.trial_id,
        page_id=plan.page_id,
        metric=plan.metric,
        target=plan.target,
        starts_on=plan.starts_on,
        by_on=plan.by_on,
        target_group=_said(plan.target_group, language),
        why=_said(plan.why, language),
        created_by=by,
        created_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(session, at=now, actor=by, action="goal.add", subject=f"goal:{row.id}", detail=plan.metric)
    return row


def change(
    session: Session, goal_id: int, plan: GoalPlan, *, language: str, by: str, now: datetime
) -> GoalRow:
    """Change the target, the time and the words; what is measured stays, for a figure needs one meaning."""
    row = get(session, goal_id)
    _check(session, plan)
    operators.require(session, by, Role.COORDINATOR, page_id=_page_of(session, row))
    if row.ended_at is not None:
        raise NotAllowed("This goal has been ended. Add a new one.")
    what = f"{row.target}/{row.by_on} -> {plan.target}/{plan.by_on}"
    row.target, row.starts_on, row.by_on = plan.target, plan.starts_on, plan.by_on
    row.target_group = {**row.target_group, **_said(plan.target_group, language)}
    row.why = {**row.why, **_said(plan.why, language)}
    session.add(row)
    audit.record(session, at=now, actor=by, action="goal.change", subject=f"goal:{goal_id}", detail=what)
    return row


def end(session: Session, goal_id: int, *, by: str, now: datetime) -> GoalRow:
    """Follow it no more; what it had come to stays."""
    row = get(session, goal_id)
    operators.require(session, by, Role.COORDINATOR, page_id=_page_of(session, row))
    if row.ended_at is None:
        row.ended_at, row.ended_by = now, by
        session.add(row)
        audit.record(session, at=now, actor=by, action="goal.end", subject=f"goal:{goal_id}")
    return row


def get(session: Session, goal_id: int) -> GoalRow:
    row = session.get(GoalRow, goal_id)
    if row is None:
        raise NotFound("There is no goal {id}.", id=goal_id)
    return row


def look(session: Session, goal_id: int, *, value: int | None, by: str, now: datetime) -> GoalLookRow:
    """Note what somebody sees now; the row tells what they saw the time before."""
    return figure_store.note_look(session, goal_id, by, value=value, now=now)


def _check(session: Session, plan: GoalPlan) -> None:
    if plan.campaign_id is not None:
        get_campaign(session, plan.campaign_id)
    if plan.page_id is not None:
        pages.get(session, plan.page_id)
    if plan.trial_id is not None:
        outreach_store.get_trial(session, plan.trial_id)
        if plan.metric not in VISIT_METRICS:
            raise InvalidInput("A trial is measured by its visits. Choose visits or people met at them.")
    elif plan.page_id is not None and plan.metric in VISIT_METRICS:
        raise InvalidInput(
            "Visits belong to no page. Set this goal for a campaign, a trial or the whole organisation."
        )
    if plan.target < 1:
        raise InvalidInput("The target is a whole number, 1 at least.")
    if DEFINITIONS[plan.metric].is_percent and plan.target > 100:
        raise InvalidInput("This figure is a share: its target is 100 per cent at the most.")
    if plan.starts_on is not None and plan.starts_on > plan.by_on:
        raise InvalidInput("The goal ends before it begins. Check the two days.")
    for text in (plan.target_group, plan.why):
        if len(text) > MOST_WORDS:
            raise InvalidInput("This is too long. Keep it under {most} characters.", most=MOST_WORDS)
        if personal_data.find(text):
            raise InvalidInput("There seems to be personal data in the words. Take it away.")


def _page_of(session: Session, plan: GoalPlan | GoalRow) -> str | None:
    """Where the role must be held: on the page it concerns, or on all of them."""
    if plan.campaign_id is not None:
        return get_campaign(session, plan.campaign_id).page_id
    return plan.page_id if plan.trial_id is None else operators.ANY_PAGE


def _said(text: str, language: str) -> dict[str, str]:
    return {language: text} if text else {}
