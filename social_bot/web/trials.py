"""Follow-up: outreach trials in their three stages, and what is decided about them."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.errors import NotFound
from social_bot.organisation.roles import Role
from social_bot.planning import store as planning
from social_bot.tracking import outreach_store as store
from social_bot.tracking import trial_deeds, visits
from social_bot.tracking.forms import read_trial_form
from social_bot.tracking.outreach import add_up, share
from social_bot.tracking.outreach_input import InvalidFields
from social_bot.tracking.outreach_store import TrialRow
from social_bot.tracking.recognisable import Recognisable, read_first_names
from social_bot.tracking.trial_reports import report_trial, summarise_trials
from social_bot.tracking.trials import Stage, TrialPlan, TrialState
from social_bot.web.outreach_words import OutreachWords
from social_bot.web.pages import render, see_other
from social_bot.web.uploads import StaffUpload, Upload
from social_bot.web.visits import Staff, StaffVisit

_LATER_STAGES = {"mid": Stage.MID, "end": Stage.END}

routes = APIRouter()


@routes.get("/trials")
def trials(visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        found = summarise_trials(session, today=visit.moments.today)
    return render(
        visit,
        "trials.html",
        o=OutreachWords(moments=visit.moments),
        due=[each for each in found if each.due is not None],
        by_state={state: [each for each in found if each.state is state] for state in TrialState},
        may_write=_may_write(visit),
        done=done,
    )


@routes.get("/trials/new")
def new(visit: Staff, follows: int | None = None) -> Response:
    with visit.site.bot.database.read() as session:
        fields: Mapping[str, str] = {}
        chosen: Sequence[str] = ()
        if follows is not None:
            former = store.get_trial(session, follows)
            days = dict.fromkeys(("starts_on", "mid_on", "ends_on"), "")
            fields = {**_filled(session, former), **days, "follows": str(follows)}
            chosen = _partner_ids(session, follows)
        return _start_form(visit, session, fields, chosen=chosen)


@routes.post("/trials/new")
def start(visit: Staff, form: StaffUpload) -> Response:
    bot = visit.site.bot
    try:
        with bot.database.write() as session:
            row = trial_deeds.start(
                session,
                _plan(session, form),
                form.fields,
                form=read_trial_form(bot.templates),
                names=read_first_names(bot.templates),
                is_checked=form.fields.get("checked") == "yes",
                by=visit.worker.name,
                now=visit.moments.now,
            )
    except (InvalidFields, Recognisable) as error:
        return _start_again(visit, form, error)
    return see_other(f"/trials/{row.id}?done=trial_started")


@routes.get("/trials/{trial_id}")
def trial(trial_id: int, visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        report = report_trial(
            session, trial_id, read_trial_form(visit.site.bot.templates), today=visit.moments.today
        )
        practices = [row for row in store.list_practices(session) if row.trial_id == trial_id]
    return render(
        visit,
        "trial.html",
        o=OutreachWords(moments=visit.moments),
        report=report,
        trial=report.summary.trial,
        stages=Stage,
        share=share,
        practices=practices,
        may_write=_may_write(visit),
        may_record=visit.holds(Role.WRITER),
        may_decide=visit.holds(Role.COORDINATOR),
        done=done,
    )


@routes.get("/trials/{trial_id}/start")
def mend(trial_id: int, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        row = store.get_trial(session, trial_id)
        return _start_form(
            visit, session, _filled(session, row), chosen=_partner_ids(session, trial_id), row=row
        )


@routes.post("/trials/{trial_id}/start")
def change(trial_id: int, visit: Staff, form: StaffUpload) -> Response:
    bot = visit.site.bot
    try:
        with bot.database.write() as session:
            trial_deeds.change(
                session,
                trial_id,
                _plan(session, form),
                form.fields,
                form=read_trial_form(bot.templates),
                names=read_first_names(bot.templates),
                is_checked=form.fields.get("checked") == "yes",
                seen_version=_number(form.fields.get("version", "")),
                by=visit.worker.name,
                now=visit.moments.now,
            )
    except (InvalidFields, Recognisable) as error:
        return _start_again(visit, form, error, trial_id=trial_id)
    return see_other(f"/trials/{trial_id}?done=trial_changed")


@routes.get("/trials/{trial_id}/decision")
def weigh(trial_id: int, visit: Staff) -> Response:
    return _decision_form(visit, trial_id, {"decided_on": visit.moments.today.isoformat()})


@routes.post("/trials/{trial_id}/decision")
def decide(trial_id: int, visit: Staff, form: StaffUpload) -> Response:
    bot = visit.site.bot
    try:
        with bot.database.write() as session:
            trial_deeds.decide(
                session,
                trial_id,
                form.fields.get("decision", ""),
                decided_on=form.fields.get("decided_on", ""),
                reason=form.fields.get("reason", ""),
                names=read_first_names(bot.templates),
                is_checked=form.fields.get("checked") == "yes",
                today=visit.moments.today,
                by=visit.worker.name,
                now=visit.moments.now,
            )
    except (InvalidFields, Recognisable) as error:
        return _decision_form(visit, trial_id, form.fields, error=error)
    return see_other(f"/trials/{trial_id}?done=trial_decided")


@routes.get("/trials/{trial_id}/{stage}")
def evaluation(trial_id: int, stage: str, visit: Staff) -> Response:
    return _evaluation_form(visit, trial_id, _stage(stage))


@routes.post("/trials/{trial_id}/{stage}")
def evaluate(trial_id: int, stage: str, visit: Staff, form: StaffUpload) -> Response:
    bot = visit.site.bot
    try:
        with bot.database.write() as session:
            trial_deeds.evaluate(
                session,
                trial_id,
                _stage(stage),
                form.fields,
                form=read_trial_form(bot.templates),
                names=read_first_names(bot.templates),
                is_checked=form.fields.get("checked") == "yes",
                seen_version=_number(form.fields.get("version", "")),
                by=visit.worker.name,
                now=visit.moments.now,
            )
    except (InvalidFields, Recognisable) as error:
        return _evaluation_form(visit, trial_id, _stage(stage), fields=form.fields, error=error)
    return see_other(f"/trials/{trial_id}?done=trial_evaluated#{stage}")


def _stage(word: str) -> Stage:
    if word not in _LATER_STAGES:
        raise NotFound("A trial has no stage of this name.")
    return _LATER_STAGES[word]


def _plan(session: Session, form: Upload) -> TrialPlan:
    return trial_deeds.parse_plan(
        form.fields, partner_ids=form.lists.get("partners", ()), known=visits.what_is_known(session)
    )


def _start_again(
    visit: StaffVisit, form: Upload, error: InvalidFields | Recognisable, *, trial_id: int | None = None
) -> Response:
    with visit.site.bot.database.read() as session:
        row = None if trial_id is None else store.get_trial(session, trial_id)
        fields = (
            form.fields if row is None else {**form.fields, "version": _newest(session, row, Stage.START)}
        )
        return _start_form(
            visit, session, fields, chosen=form.lists.get("partners", ()), row=row, error=error
        )


def _start_form(
    visit: StaffVisit,
    session: Session,
    fields: Mapping[str, str],
    *,
    chosen: Sequence[str] = (),
    row: TrialRow | None = None,
    error: InvalidFields | Recognisable | None = None,
) -> Response:
    return render(
        visit,
        "trial_start.html",
        status=200 if error is None else 422,
        o=OutreachWords(moments=visit.moments),
        form=fields,
        chosen=list(chosen),
        row=row,
        questions=read_trial_form(visit.site.bot.templates).stages[Stage.START],
        problems=error.problems if isinstance(error, InvalidFields) else {},
        traces=error.traces if isinstance(error, Recognisable) else (),
        campaigns=planning.list_campaigns(session),
        partners=store.list_partners(session),
        places=store.earlier_places(session),
        may_write=_may_write(visit),
    )


def _evaluation_form(
    visit: StaffVisit,
    trial_id: int,
    stage: Stage,
    *,
    fields: Mapping[str, str] | None = None,
    error: InvalidFields | Recognisable | None = None,
) -> Response:
    with visit.site.bot.database.read() as session:
        row = store.get_trial(session, trial_id)
        written = store.newest_evaluations(session, [trial_id]).get(trial_id, {}).get(stage)
        totals = add_up(store.list_visits(session, trial_ids=[trial_id]))
    if fields is None:
        fields = {} if written is None else written.answers
    return render(
        visit,
        "trial_evaluation.html",
        status=200 if error is None else 422,
        o=OutreachWords(moments=visit.moments),
        form={**fields, "version": str(written.version if written else 0)},
        trial=row,
        stage=stage,
        totals=totals,
        share=share,
        questions=read_trial_form(visit.site.bot.templates).stages[stage],
        problems=error.problems if isinstance(error, InvalidFields) else {},
        traces=error.traces if isinstance(error, Recognisable) else (),
        may_write=_may_write(visit),
    )


def _decision_form(
    visit: StaffVisit,
    trial_id: int,
    fields: Mapping[str, str],
    *,
    error: InvalidFields | Recognisable | None = None,
) -> Response:
    with visit.site.bot.database.read() as session:
        row = store.get_trial(session, trial_id)
    return render(
        visit,
        "trial_decision.html",
        status=200 if error is None else 422,
        o=OutreachWords(moments=visit.moments),
        form=fields,
        trial=row,
        problems=error.problems if isinstance(error, InvalidFields) else {},
        traces=error.traces if isinstance(error, Recognisable) else (),
        may_decide=visit.holds(Role.COORDINATOR),
    )


def _filled(session: Session, row: TrialRow) -> Mapping[str, str]:
    written = store.newest_evaluations(session, [row.id or 0]).get(row.id or 0, {}).get(Stage.START)
    return {
        **(written.answers if written else {}),
        "version": _newest(session, row, Stage.START),
        "title": row.title,
        "channel": row.channel.value,
        "place": row.place,
        "room": row.room,
        "starts_on": row.starts_on.isoformat(),
        "mid_on": row.mid_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
        "campaign": str(row.campaign_id or ""),
    }


def _newest(session: Session, row: TrialRow, stage: Stage) -> str:
    written = store.newest_evaluations(session, [row.id or 0]).get(row.id or 0, {}).get(stage)
    return str(written.version if written else 0)


def _partner_ids(session: Session, trial_id: int) -> Sequence[str]:
    return [str(each) for each in store.partners_of_trials(session, [trial_id]).get(trial_id, ())]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _may_write(visit: StaffVisit) -> bool:
    return visit.holds(Role.WRITER) or visit.holds(Role.COORDINATOR)
