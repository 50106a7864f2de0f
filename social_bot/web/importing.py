"""Planning: posts out of a table. Every cell is checked, the result is looked at, then all are written or none."""

from collections.abc import Mapping

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.errors import InvalidInput, NotFound, SocialBotError
from social_bot.organisation import pages
from social_bot.organisation.languages import LANGUAGES
from social_bot.planning.import_tables import template_of
from social_bot.planning.importing import Checked, check_sheet, import_posts, keep_sheet, take_sheet
from social_bot.translations import translate
from social_bot.web.pages import render, see_other
from social_bot.web.uploads import StaffUpload
from social_bot.web.visits import FORM_LASTS, Staff, StaffForm, StaffVisit
from social_bot.web.words import POST_KINDS

_SEAL = "import"

routes = APIRouter()


@routes.get("/posts/import")
def ask(visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        return _ask(session, visit, page="", done=done)


@routes.get("/posts/import/template")
def template(visit: Staff) -> Response:
    """With a byte order mark, without which spreadsheets take its letters for others."""
    return Response(
        "\ufeff" + template_of(visit.organisation.languages),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="julkaisut.csv"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


@routes.post("/posts/import")
def check(visit: Staff, upload: StaffUpload) -> Response:
    page, files = upload.fields.get("page", ""), upload.files.get("file", ())
    problems: dict[str, SocialBotError] = {}
    checked: Checked | None = None
    sealed = ""
    if not page:
        problems["page"] = InvalidInput("Choose the page.")
    if not files:
        problems["file"] = InvalidInput("Choose a file first. It ends in .csv.")
    with visit.site.bot.database.write() as session:
        if not problems:
            try:
                checked = _checked(session, visit, files[0].content, page)
            except (InvalidInput, NotFound) as problem:
                problems["file"] = problem
        if checked is None:
            return _ask(session, visit, page=page, problems=problems)
        if checked.new and not checked.sheet.problems:
            sheet_id = keep_sheet(
                session, files[0].content, page_id=page, by=visit.worker.name, now=visit.moments.now
            )
            sealed = visit.site.seals.close(
                _SEAL,
                {"sheet": sheet_id, "session": visit.worker.session},
                now=visit.moments.now,
                lasts=FORM_LASTS,
            )
        return render(
            visit,
            "import_check.html",
            status=422 if checked.sheet.problems else 200,
            checked=checked,
            sealed=sealed,
            page=pages.get(session, page),
        )


@routes.post("/posts/import/confirm")
def confirm(visit: Staff, form: StaffForm) -> Response:
    kept = visit.site.seals.open(_SEAL, form.get("sheet", ""), now=visit.moments.now)
    if kept is None or kept["session"] != visit.worker.session:
        raise NotFound("The checked file is not kept any more. Bring it once more.")
    now, by = visit.moments.now, visit.worker.name
    submits = form.get("submit") == "yes"
    with visit.site.bot.database.write() as session:
        row = take_sheet(session, kept["sheet"], by=by, now=now)
        checked = _checked(session, visit, row.content, row.page_id)
        import_posts(
            session,
            checked,
            visit.organisation,
            page_id=row.page_id,
            author=by,
            submits=submits,
            now=now,
        )
    return see_other(f"/posts/import?done={'imported_submitted' if submits else 'imported'}")


def _checked(session: Session, visit: StaffVisit, content: bytes, page_id: str) -> Checked:
    return check_sheet(
        session,
        content,
        visit.organisation,
        page_id=page_id,
        kinds=kinds_by_name(),
        now=visit.moments.now,
    )


def _ask(
    session: Session,
    visit: StaffVisit,
    *,
    page: str,
    problems: Mapping[str, SocialBotError] | None = None,
    done: str = "",
) -> Response:
    return render(
        visit,
        "import.html",
        status=422 if problems else 200,
        pages={row.id: row.name for row in pages.everyone(session)},
        page=page,
        kinds=list(POST_KINDS),
        problems=problems or {},
        done=done,
    )


def kinds_by_name() -> Mapping[str, str]:
    """The code of a kind by what a page calls it, in every language."""
    return {
        translate(language)(word).casefold(): str(kind)
        for kind, word in POST_KINDS.items()
        for language in LANGUAGES
    }
