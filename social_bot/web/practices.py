"""Follow-up: practice descriptions in seven questions, to be read and shared."""

from collections.abc import Mapping

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.organisation.roles import Role
from social_bot.tracking import outreach_store as store
from social_bot.tracking import practices
from social_bot.tracking.forms import read_practice_form
from social_bot.tracking.outreach_input import InvalidFields
from social_bot.tracking.outreach_store import PracticeRow
from social_bot.tracking.recognisable import Recognisable, read_first_names
from social_bot.web.outreach_words import OutreachWords
from social_bot.web.pages import render, see_other
from social_bot.web.uploads import StaffUpload
from social_bot.web.visits import Staff, StaffVisit

routes = APIRouter()


@routes.get("/practices")
def every_practice(visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        rows = store.list_practices(session)
        written = {row.id: store.newest_practice_version(session, row.id or 0) for row in rows}
    return render(visit, "practices.html", rows=rows, written=written, may_write=_may_write(visit))


@routes.get("/practices/new")
def new(visit: Staff, trial: int | None = None) -> Response:
    with visit.site.bot.database.read() as session:
        title = "" if trial is None else store.get_trial(session, trial).title
    return _form(visit, {"title": title, "trial": str(trial or "")})


@routes.post("/practices/new")
def add(visit: Staff, form: StaffUpload) -> Response:
    bot, trial = visit.site.bot, form.fields.get("trial", "")
    try:
        with bot.database.write() as session:
            row = _save(session, visit, form.fields, trial_id=int(trial) if trial.isdecimal() else None)
    except (InvalidFields, Recognisable) as error:
        return _form(visit, form.fields, error=error)
    return see_other(f"/practices/{row.id}?done=practice_saved")


@routes.get("/practices/{practice_id}")
def practice(practice_id: int, visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        row = store.get_practice(session, practice_id)
        described = practices.describe(session, practice_id, read_practice_form(visit.site.bot.templates))
        trial = None if row.trial_id is None else store.get_trial(session, row.trial_id)
    return render(
        visit,
        "practice.html",
        o=OutreachWords(moments=visit.moments),
        row=row,
        described=described,
        trial=trial,
        may_write=_may_write(visit),
        done=done,
    )


@routes.get("/practices/{practice_id}/edit")
def edit(practice_id: int, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        row = store.get_practice(session, practice_id)
        newest = store.newest_practice_version(session, practice_id)
    fields = {**newest.answers, "title": row.title, "version": str(newest.version)}
    return _form(visit, fields, practice_id=practice_id)


@routes.post("/practices/{practice_id}/edit")
def change(practice_id: int, visit: Staff, form: StaffUpload) -> Response:
    bot, version = visit.site.bot, form.fields.get("version", "")
    try:
        with bot.database.write() as session:
            _save(
                session,
                visit,
                form.fields,
                practice_id=practice_id,
                seen_version=int(version) if version.isdecimal() else 0,
            )
    except (InvalidFields, Recognisable) as error:
        with bot.database.read() as session:
            newest = store.newest_practice_version(session, practice_id)
        fields = {**form.fields, "version": str(newest.version)}
        return _form(visit, fields, practice_id=practice_id, error=error)
    return see_other(f"/practices/{practice_id}?done=practice_saved")


def _save(
    session: Session,
    visit: StaffVisit,
    fields: Mapping[str, str],
    *,
    practice_id: int | None = None,
    seen_version: int = 0,
    trial_id: int | None = None,
) -> PracticeRow:
    templates = visit.site.bot.templates
    return practices.save(
        session,
        fields.get("title", ""),
        fields,
        form=read_practice_form(templates),
        names=read_first_names(templates),
        practice_id=practice_id,
        seen_version=seen_version,
        trial_id=trial_id,
        is_checked=fields.get("checked") == "yes",
        by=visit.worker.name,
        now=visit.moments.now,
    )


def _form(
    visit: StaffVisit,
    fields: Mapping[str, str],
    *,
    practice_id: int | None = None,
    error: InvalidFields | Recognisable | None = None,
) -> Response:
    return render(
        visit,
        "practice_form.html",
        status=200 if error is None else 422,
        o=OutreachWords(moments=visit.moments),
        form=fields,
        practice_id=practice_id,
        questions=read_practice_form(visit.site.bot.templates).questions,
        problems=error.problems if isinstance(error, InvalidFields) else {},
        traces=error.traces if isinstance(error, Recognisable) else (),
        may_write=_may_write(visit),
    )


def _may_write(visit: StaffVisit) -> bool:
    return visit.holds(Role.WRITER) or visit.holds(Role.COORDINATOR)
