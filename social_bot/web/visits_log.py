"""Follow-up: outreach visits, recorded on a phone, changed, removed, or taken in from a file."""

import uuid
from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session

from social_bot.errors import InvalidInput
from social_bot.organisation.roles import Role
from social_bot.planning import store as planning
from social_bot.tracking import outreach_store as store
from social_bot.tracking import visit_files, visits
from social_bot.tracking.outreach import Visit as OutreachVisit
from social_bot.tracking.outreach import add_up
from social_bot.tracking.outreach_input import COUNTS, InvalidFields, parse_visit
from social_bot.tracking.outreach_store import VisitRow
from social_bot.tracking.recognisable import Recognisable, find_traces, read_first_names
from social_bot.tracking.trial_reports import summarise_trials
from social_bot.tracking.trials import TrialState
from social_bot.tracking.visit_names import names_in_files
from social_bot.web.outreach_words import OutreachWords
from social_bot.web.pages import render, see_other
from social_bot.web.site import STATIC
from social_bot.web.uploads import StaffUpload, Upload
from social_bot.web.visits import Staff, StaffVisit

_SHOWN = 200
_PREVIEWED = 20
_STILL_GOING = (TrialState.RUNNING, TrialState.CONTINUED, TrialState.PLANNED)

routes = APIRouter()


@routes.get("/visits")
def log(visit: Staff, trial: int | None = None, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        trials = {row.id: row for row in store.list_trials(session)}
        rows = store.list_visits(session, trial_ids=None if trial is None else [trial], limit=_SHOWN)
        partners = {row.id: row for row in store.list_partners(session, with_retired=True)}
        named = store.partners_of_visits(session, [row.id or 0 for row in rows])
        campaigns = {row.id: row.title for row in planning.list_campaigns(session)}
    return render(
        visit,
        "visits.html",
        o=OutreachWords(moments=visit.moments),
        rows=rows,
        trials=trials,
        chosen=trials.get(trial),
        campaigns=campaigns,
        partners={key: [partners[each] for each in ids] for key, ids in named.items()},
        totals=add_up(rows),
        is_cut=len(rows) == _SHOWN,
        may_record=visit.holds(Role.WRITER),
        done=done,
    )


@routes.get("/visits/new")
def new(visit: Staff, trial: int | None = None) -> Response:
    with visit.site.bot.database.read() as session:
        return _form(visit, session, _blank(session, visit, trial))


@routes.post("/visits/new")
def add(visit: Staff, form: StaffUpload) -> Response:
    try:
        is_new = _record(visit, form)
    except (InvalidFields, Recognisable) as error:
        return _ask_again(visit, form, error)
    return see_other(f"/visits?done={'visit_added' if is_new else 'visit_known'}")


@routes.post("/visits/send")
def send(visit: Staff, form: StaffUpload) -> Response:
    """What the device kept while it had no connection."""
    try:
        is_new = _record(visit, form)
    except (InvalidFields, Recognisable):
        return JSONResponse({"state": "refused"}, 422)
    return JSONResponse({"state": "received" if is_new else "known"})


@routes.get("/visits/worker.js")
def worker() -> Response:
    """The script that opens the form without a connection; it must lie where it works."""
    return Response((STATIC / "visit_worker.js").read_text(encoding="utf-8"), media_type="text/javascript")


@routes.get("/visits/template.csv")
def template(visit: Staff) -> Response:
    return Response(
        visit_files.template(visit.language),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="visits.csv"', "Cache-Control": "no-store"},
    )


@routes.get("/visits/import")
def choose_file(visit: Staff) -> Response:
    return _import_page(visit)


@routes.post("/visits/import")
def check_file(visit: Staff, form: StaffUpload) -> Response:
    """First every row is checked and shown; the second time, confirmed, all are kept."""
    files = form.files.get("file", ())
    content = files[0].content if files else form.fields.get("content", "").encode()
    if not content:
        return _import_page(visit, problem=InvalidInput("Choose a file first."))
    bot, names = visit.site.bot, read_first_names(visit.site.bot.templates)
    try:
        with bot.database.read() as session:
            file = visit_files.read_visits(
                content,
                names=names_in_files(session),
                known=visits.what_is_known(session),
                today=visit.moments.today,
            )
            known = store.find_import(session, file.digest)
            twins = _twins(session, [line.visit for line in file.lines])
    except InvalidInput as error:
        return _import_page(visit, problem=error)
    traces = find_traces(file.notes, first_names=names)
    is_checked = form.fields.get("checked") == "yes"
    if form.fields.get("confirmed") and not file.problems and (is_checked or not traces):
        with bot.database.write() as session:
            visits.take_in(
                session, file, names=names, is_checked=is_checked, by=visit.worker.name, now=visit.moments.now
            )
        return see_other("/visits?done=visits_imported")
    return _import_page(
        visit,
        file=file,
        known=known,
        traces=traces,
        twins=twins,
        content=visit_files.decode(content),
    )


@routes.get("/visits/{visit_id}")
def one(visit_id: int, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        row = store.get_visit(session, visit_id)
        partner_ids = [str(each) for each in store.partners_of_visits(session, [visit_id]).get(visit_id, ())]
        return _form(visit, session, _filled(row), partner_ids=partner_ids, row=row)


@routes.post("/visits/{visit_id}")
def change(visit_id: int, visit: Staff, form: StaffUpload) -> Response:
    bot = visit.site.bot
    try:
        with bot.database.write() as session:
            visits.change(
                session,
                visit_id,
                parse_visit(
                    form.fields,
                    partner_ids=form.lists.get("partners", ()),
                    known=visits.what_is_known(session),
                    today=visit.moments.today,
                ),
                names=read_first_names(bot.templates),
                is_checked=form.fields.get("checked") == "yes",
                by=visit.worker.name,
                now=visit.moments.now,
            )
    except (InvalidFields, Recognisable) as error:
        return _ask_again(visit, form, error, visit_id=visit_id)
    return see_other("/visits?done=visit_changed")


@routes.post("/visits/{visit_id}/remove")
def remove(visit_id: int, visit: Staff, form: StaffUpload) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        visits.remove(session, visit_id, by=visit.worker.name, now=visit.moments.now)
    return see_other("/visits?done=visit_removed")


def _record(visit: StaffVisit, form: Upload) -> bool:
    bot = visit.site.bot
    with bot.database.write() as session:
        return visits.record(
            session,
            parse_visit(
                form.fields,
                partner_ids=form.lists.get("partners", ()),
                known=visits.what_is_known(session),
                today=visit.moments.today,
            ),
            key=form.fields.get("key", ""),
            names=read_first_names(bot.templates),
            is_checked=form.fields.get("checked") == "yes",
            by=visit.worker.name,
            now=visit.moments.now,
        ).is_new


def _ask_again(
    visit: StaffVisit, form: Upload, error: InvalidFields | Recognisable, *, visit_id: int | None = None
) -> Response:
    with visit.site.bot.database.read() as session:
        return _form(
            visit,
            session,
            form.fields,
            partner_ids=form.lists.get("partners", ()),
            row=None if visit_id is None else store.get_visit(session, visit_id),
            error=error,
        )


def _form(
    visit: StaffVisit,
    session: Session,
    fields: Mapping[str, str],
    *,
    partner_ids: Sequence[str] = (),
    row: VisitRow | None = None,
    error: InvalidFields | Recognisable | None = None,
) -> Response:
    trials = [
        each
        for each in summarise_trials(session, today=visit.moments.today)
        if each.state in _STILL_GOING or (row is not None and row.trial_id == each.trial.id)
    ]
    return render(
        visit,
        "visit.html",
        status=200 if error is None else 422,
        o=OutreachWords(moments=visit.moments),
        form=fields,
        row=row,
        counts=COUNTS,
        chosen=list(partner_ids),
        problems=error.problems if isinstance(error, InvalidFields) else {},
        traces=error.traces if isinstance(error, Recognisable) else (),
        trials=[each.trial for each in trials],
        campaigns=planning.list_campaigns(session),
        partners=store.list_partners(session),
        places=store.earlier_places(session),
        may_record=visit.holds(Role.WRITER),
    )


def _blank(session: Session, visit: StaffVisit, trial_id: int | None) -> Mapping[str, str]:
    """What the worker wrote last time, and today; the counts begin from nothing."""
    last = store.last_visit_by(session, visit.worker.name)
    fields = {} if last is None else _filled(last)
    if trial_id is not None:
        trial = store.get_trial(session, trial_id)
        fields = {**fields, "belongs": f"trial:{trial_id}", "place": trial.place, "channel": ""}
    return {
        **fields,
        **dict.fromkeys(COUNTS, "0"),
        "workers": fields.get("workers", "2"),
        "hours": fields.get("hours", "2"),
        "day": visit.moments.today.isoformat(),
        "begins": "",
        "ends": "",
        "note": "",
        "key": str(uuid.uuid4()),
    }


def _filled(row: VisitRow) -> dict[str, str]:
    belongs = (
        f"trial:{row.trial_id}" if row.trial_id else f"campaign:{row.campaign_id}" if row.campaign_id else ""
    )
    return {
        "place": row.place,
        "belongs": belongs,
        "channel": row.channel.value,
        "day": row.held_on.isoformat(),
        "hours": f"{row.minutes / 60:.2f}".rstrip("0").rstrip(".").replace(".", ","),
        "begins": f"{row.starts_at:%H:%M}" if row.starts_at else "",
        "ends": "",
        "workers": str(row.workers),
        **{name: "" if (count := getattr(row, name)) is None else str(count) for name in COUNTS},
        "note": row.note,
        "key": row.key,
    }


def _import_page(visit: StaffVisit, **values: object) -> Response:
    return render(
        visit,
        "visit_import.html",
        status=422 if values.get("problem") else 200,
        **{
            "o": OutreachWords(moments=visit.moments),
            "columns": [names[visit.language] for names in visit_files.COLUMNS.values()],
            "previewed": _PREVIEWED,
            "may_record": visit.holds(Role.WRITER),
            **dict.fromkeys(("problem", "file", "known", "content")),
            **dict.fromkeys(("traces", "twins"), ()),
            **values,
        },
    )


def _twins(session: Session, found: Sequence[OutreachVisit]) -> Sequence[OutreachVisit]:
    """Visits of a file that look as if they were here already."""
    if not found:
        return ()
    days = [each.held_on for each in found]
    here = {_looks(row) for row in store.list_visits(session, since=min(days), until=max(days))}
    return [each for each in found if _looks(each) in here]


def _looks(visit: OutreachVisit | VisitRow) -> tuple[object, ...]:
    return (visit.held_on, visit.place.casefold(), visit.minutes, visit.workers, visit.contacts)
