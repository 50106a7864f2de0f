"""A trial as people read it: its figures, its evaluations in their stages, what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from social_bot.planning.store import get_campaign
from social_bot.tracking import outreach_store as store
from social_bot.tracking.forms import Question, TrialForm
from social_bot.tracking.outreach import Measured, Totals, add_up, rate, read_totals
from social_bot.tracking.outreach_store import DecisionRow, EvaluationRow, PartnerRow, TrialRow, VisitRow
from social_bot.tracking.trials import Decision, Due, Stage, Standing, TrialState, state_of, what_is_due


@dataclass(frozen=True, kw_only=True)
class TrialSummary:
    """A trial in a list. ``due_on``: since when, or from when on, ``due`` waits for people."""

    trial: TrialRow
    state: TrialState
    due: Due | None
    due_on: date | None
    totals: Totals
    decision: DecisionRow | None

    @property
    def per_hour(self) -> Measured | None:
        return rate(self.totals.contacts, self.totals.worker_hours)


@dataclass(frozen=True, kw_only=True)
class StageReport:
    """One stage as it was written last; ``totals`` is what the visits had counted by then."""

    stage: Stage
    answers: Sequence[tuple[Question, str]]
    totals: Totals
    version: int
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class TrialReport:
    """Everything of a trial, for a page or a document; ``campaign`` is its title by language."""

    summary: TrialSummary
    partners: Sequence[PartnerRow]
    campaign: Mapping[str, str] | None
    follows: TrialRow | None
    stages: Mapping[Stage, StageReport]
    decisions: Sequence[DecisionRow]
    visits: Sequence[VisitRow]
    source: str


def summarise_trials(session: Session, *, today: date) -> Sequence[TrialSummary]:
    """Every trial, the newest first."""
    trials = store.list_trials(session)
    return _summaries(session, trials, today=today)


def trials_due(session: Session, *, today: date) -> Sequence[TrialSummary]:
    """Those whose evaluation or decision people owe by today, the longest due first; without their figures."""
    found = _summaries(session, store.list_trials(session), today=today, with_visits=False)
    due = [each for each in found if each.due is not None]
    return sorted(due, key=lambda each: each.due_on or today)


def report_trial(session: Session, trial_id: int, form: TrialForm, *, today: date) -> TrialReport:
    trial = store.get_trial(session, trial_id)
    (summary,) = _summaries(session, [trial], today=today)
    partner_ids = store.partners_of_trials(session, [trial_id]).get(trial_id, ())
    partners = [row for row in store.list_partners(session, with_retired=True) if row.id in partner_ids]
    evaluations = store.newest_evaluations(session, [trial_id]).get(trial_id, {})
    return TrialReport(
        summary=summary,
        partners=partners,
        campaign=None if trial.campaign_id is None else get_campaign(session, trial.campaign_id).title,
        follows=None if trial.follows_id is None else store.get_trial(session, trial.follows_id),
        stages={stage: _stage(evaluations[stage], form) for stage in Stage if stage in evaluations},
        decisions=store.list_decisions(session, [trial_id]).get(trial_id, ()),
        visits=store.list_visits(session, trial_ids=[trial_id]),
        source=form.source,
    )


def _summaries(
    session: Session, trials: Sequence[TrialRow], *, today: date, with_visits: bool = True
) -> Sequence[TrialSummary]:
    ids = [trial.id or 0 for trial in trials]
    evaluations, ended = store.newest_evaluations(session, ids), store.first_ended_at(session, ids)
    decisions = store.list_decisions(session, ids)
    visits: dict[int, list[VisitRow]] = {}
    for visit in store.list_visits(session, trial_ids=ids) if with_visits else ():
        visits.setdefault(visit.trial_id or 0, []).append(visit)
    return [
        _summary(
            trial,
            evaluations.get(trial.id or 0, {}),
            decisions.get(trial.id or 0, ()),
            visits.get(trial.id or 0, ()),
            ended_at=ended.get(trial.id or 0),
            today=today,
        )
        for trial in trials
    ]


def _summary(
    trial: TrialRow,
    evaluations: Mapping[Stage, EvaluationRow],
    decisions: Sequence[DecisionRow],
    visits: Sequence[VisitRow],
    *,
    ended_at: datetime | None,
    today: date,
) -> TrialSummary:
    """``ended_at``: when the end was first evaluated; a decision before it was about going on until then."""
    newest = decisions[-1] if decisions else None
    standing = Standing(
        starts_on=trial.starts_on,
        mid_on=trial.mid_on,
        ends_on=trial.ends_on,
        has_mid=Stage.MID in evaluations,
        has_end=ended_at is not None,
        decided=None if newest is None else newest.decision,
        is_decided_at_end=newest is not None and ended_at is not None and newest.at >= ended_at,
    )
    due = what_is_due(standing, today=today)
    return TrialSummary(
        trial=trial,
        state=state_of(standing, today=today),
        due=due,
        due_on=_due_on(due, trial, newest, ended_at),
        totals=add_up(visits),
        decision=newest,
    )


def _due_on(
    due: Due | None, trial: TrialRow, newest: DecisionRow | None, ended_at: datetime | None
) -> date | None:
    match due:
        case Due.MID:
            return trial.mid_on
        case Due.END:
            is_cut_short = newest is not None and newest.decision is not Decision.CONTINUE
            return min(trial.ends_on, newest.decided_on) if is_cut_short and newest else trial.ends_on
        case Due.DECISION:
            return None if ended_at is None else ended_at.date()
    return None


def _stage(row: EvaluationRow, form: TrialForm) -> StageReport:
    return StageReport(
        stage=row.stage,
        answers=[(question, row.answers.get(question.key, "")) for question in form.stages[row.stage]],
        totals=read_totals(row.figures),
        version=row.version,
        by=row.by,
        at=row.at,
    )
