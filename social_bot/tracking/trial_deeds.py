"""Starting a trial, writing its evaluations, deciding about it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from social_bot.errors import InvalidInput
from social_bot.organisation import audit, operators
from social_bot.organisation.roles import Role
from social_bot.tracking import outreach_store as store
from social_bot.tracking.authors import require_author
from social_bot.tracking.forms import Question, TrialForm
from social_bot.tracking.outreach import LONGEST_PLACE, add_up, totals_record
from social_bot.tracking.outreach_input import (
    InvalidFields,
    Known,
    parse_channel,
    parse_day,
    parse_past_day,
    parse_text,
)
from social_bot.tracking.outreach_store import DecisionRow, EvaluationRow, TrialRow
from social_bot.tracking.recognisable import Names, refuse_traces
from social_bot.tracking.trials import Decision, Stage, TrialPlan

LONGEST_ANSWER = 4000
LONGEST_TITLE = 200
LONGEST_REASON = 1000


def parse_plan(fields: Mapping[str, str], *, partner_ids: Sequence[str] = (), known: Known) -> TrialPlan:
    """The facts of a trial out of texts. Raises ``InvalidFields`` with everything that is wrong."""
    problems: dict[str, InvalidInput] = {}
    texts = {"title": LONGEST_TITLE, "place": LONGEST_PLACE, "room": LONGEST_TITLE}
    read: dict[str, str] = {}
    for name, most in texts.items():
        try:
            read[name] = parse_text(fields.get(name, ""), most=most, may_be_empty=name == "room")
        except InvalidInput as error:
            problems[name] = error
    days: dict[str, date] = {}
    for name in ("starts_on", "mid_on", "ends_on"):
        try:
            days[name] = parse_day(fields.get(name, ""))
        except InvalidInput as error:
            problems[name] = error
    problems.update(_wrong_order(days))
    try:
        channel = parse_channel(fields.get("channel", ""))
    except InvalidInput as error:
        problems["channel"] = error
    campaign, follows = fields.get("campaign", ""), fields.get("follows", "")
    if campaign and (not campaign.isdecimal() or int(campaign) not in known.campaigns):
        problems["campaign"] = InvalidInput("This campaign is not here any more. Choose another one.")
    if follows and (not follows.isdecimal() or int(follows) not in known.trials):
        problems["follows"] = InvalidInput("This trial is not here any more. Begin again.")
    if not all(each.isdecimal() and int(each) in known.partners for each in partner_ids):
        problems["partners"] = InvalidInput(
            "This partner organisation is not here any more. Choose among the others."
        )
    if problems:
        raise InvalidFields(problems)
    return TrialPlan(
        title=read["title"],
        place=read["place"],
        room=read["room"],
        starts_on=days["starts_on"],
        mid_on=days["mid_on"],
        ends_on=days["ends_on"],
        channel=channel,
        campaign_id=int(campaign) if campaign else None,
        follows_id=int(follows) if follows else None,
        partner_ids=tuple(int(each) for each in partner_ids),
    )


def start(
    session: Session,
    plan: TrialPlan,
    answers: Mapping[str, str],
    *,
    form: TrialForm,
    names: Names,
    is_checked: bool = False,
    by: str,
    now: datetime,
) -> TrialRow:
    """A trial with its start form. Raises ``InvalidFields`` or ``Recognisable``."""
    require_author(session, by)
    kept = check_answers(form.stages[Stage.START], answers)
    had_traces = refuse_traces({"title": plan.title, **kept}, names=names, is_checked=is_checked)
    row = TrialRow(**_columns(plan), follows_id=plan.follows_id, created_by=by, created_at=now)
    session.add(row)
    session.flush()
    store.set_partners_of_trial(session, row.id or 0, plan.partner_ids)
    audit.record(session, at=now, actor=by, action="trial.add", subject=f"trial:{row.id}")
    _keep(session, row, Stage.START, kept, had_traces=had_traces, by=by, now=now)
    return row


def change(
    session: Session,
    trial_id: int,
    plan: TrialPlan,
    answers: Mapping[str, str],
    *,
    form: TrialForm,
    names: Names,
    is_checked: bool = False,
    seen_version: int,
    by: str,
    now: datetime,
) -> TrialRow:
    """Mend the facts and the start form of a trial; earlier answers stay as versions."""
    require_author(session, by)
    row = store.get_trial(session, trial_id)
    kept = check_answers(form.stages[Stage.START], answers)
    had_traces = refuse_traces({"title": plan.title, **kept}, names=names, is_checked=is_checked)
    _keep_newer(session, row, Stage.START, kept, seen_version, had_traces=had_traces, by=by, now=now)
    for name, value in _columns(plan).items():
        setattr(row, name, value)
    session.add(row)
    store.set_partners_of_trial(session, trial_id, plan.partner_ids)
    audit.record(session, at=now, actor=by, action="trial.change", subject=f"trial:{trial_id}")
    return row


def evaluate(
    session: Session,
    trial_id: int,
    stage: Stage,
    answers: Mapping[str, str],
    *,
    form: TrialForm,
    names: Names,
    is_checked: bool = False,
    seen_version: int = 0,
    by: str,
    now: datetime,
) -> EvaluationRow:
    """Write a stage's form, or a new version of it; what the visits count is kept beside the words.

    Raises ``InvalidFields`` where somebody has written a version after ``seen_version``.
    """
    require_author(session, by)
    row = store.get_trial(session, trial_id)
    kept = check_answers(form.stages[stage], answers)
    had_traces = refuse_traces(kept, names=names, is_checked=is_checked)
    return _keep_newer(session, row, stage, kept, seen_version, had_traces=had_traces, by=by, now=now)


def decide(
    session: Session,
    trial_id: int,
    decision: str,
    *,
    decided_on: str,
    reason: str,
    names: Names,
    is_checked: bool = False,
    today: date,
    by: str,
    now: datetime,
) -> DecisionRow:
    """To continue, change or stop, with the day and the reason; a coordinator decides."""
    operators.require(session, by, Role.COORDINATOR, page_id=operators.ANY_PAGE)
    row = store.get_trial(session, trial_id)
    problems: dict[str, InvalidInput] = {}
    if decision not in set(Decision):
        problems["decision"] = InvalidInput("Choose whether the trial continues, changes or stops.")
    try:
        day = parse_past_day(decided_on, today=today)
    except InvalidInput as error:
        problems["decided_on"] = error
    try:
        kept = parse_text(reason, most=LONGEST_REASON)
    except InvalidInput as error:
        problems["reason"] = error
    if problems:
        raise InvalidFields(problems)
    refuse_traces({"reason": kept}, names=names, is_checked=is_checked)
    made = DecisionRow(
        trial_id=row.id or 0, decision=Decision(decision), decided_on=day, reason=kept, by=by, at=now
    )
    session.add(made)
    audit.record(
        session, at=now, actor=by, action="trial.decide", subject=f"trial:{trial_id}", detail=decision
    )
    return made


def check_answers(questions: Sequence[Question], answers: Mapping[str, str]) -> dict[str, str]:
    """The answers to these questions and to no other. Raises ``InvalidFields``."""
    problems: dict[str, InvalidInput] = {}
    kept: dict[str, str] = {}
    for question in questions:
        text = answers.get(question.key, "").replace("\r\n", "\n")
        try:
            kept[question.key] = parse_text(text, most=LONGEST_ANSWER, may_be_empty=not question.required)
        except InvalidInput as error:
            problems[question.key] = error
    if problems:
        raise InvalidFields(problems)
    return kept


def written_meanwhile(name: str) -> InvalidFields:
    """The error for a form that somebody else has saved since it was opened."""
    problem = InvalidInput(
        "{name} has written this form in the meantime. Compare, and save again to replace it.", name=name
    )
    problems = {"form": problem}
    return InvalidFields(problems)


def _keep_newer(
    session: Session,
    trial: TrialRow,
    stage: Stage,
    answers: Mapping[str, str],
    seen_version: int,
    *,
    had_traces: bool,
    by: str,
    now: datetime,
) -> EvaluationRow:
    newest = store.newest_evaluations(session, [trial.id or 0]).get(trial.id or 0, {}).get(stage)
    if newest is not None and newest.answers == answers:
        return newest
    if newest is not None and newest.version != seen_version:
        raise written_meanwhile(newest.by)
    return _keep(
        session,
        trial,
        stage,
        answers,
        version=(newest.version if newest else 0) + 1,
        had_traces=had_traces,
        by=by,
        now=now,
    )


def _keep(
    session: Session,
    trial: TrialRow,
    stage: Stage,
    answers: Mapping[str, str],
    *,
    version: int = 1,
    had_traces: bool,
    by: str,
    now: datetime,
) -> EvaluationRow:
    trial_id = trial.id or 0
    totals = add_up(store.list_visits(session, trial_ids=[trial_id]))
    row = EvaluationRow(
        trial_id=trial_id,
        stage=stage,
        version=version,
        answers=dict(answers),
        figures=totals_record(totals),
        is_checked=had_traces,
        by=by,
        at=now,
    )
    session.add(row)
    session.flush()
    detail = f"stage={stage.value},version={version}" + (",checked=yes" if had_traces else "")
    audit.record(
        session, at=now, actor=by, action="trial.evaluate", subject=f"trial:{trial_id}", detail=detail
    )
    return row


def _columns(plan: TrialPlan) -> dict[str, Any]:
    return {
        "title": plan.title,
        "channel": plan.channel,
        "place": plan.place,
        "room": plan.room,
        "starts_on": plan.starts_on,
        "mid_on": plan.mid_on,
        "ends_on": plan.ends_on,
        "campaign_id": plan.campaign_id,
    }


def _wrong_order(days: Mapping[str, date]) -> Mapping[str, InvalidInput]:
    if len(days) < 3:
        return {}
    if not days["starts_on"] <= days["mid_on"]:
        return {"mid_on": InvalidInput("The mid evaluation comes after the start. Choose a later day.")}
    if not days["mid_on"] < days["ends_on"]:
        return {"ends_on": InvalidInput("The trial ends after its mid evaluation. Choose a later day.")}
    return {}
