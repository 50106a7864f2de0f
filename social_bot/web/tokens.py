"""Tokens for the organisation's own programs: made, shown once, revoked. For administrators."""

from collections.abc import Mapping

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import api_tokens, operators, pages
from social_bot.organisation.roles import Role
from social_bot.web.api.app import PATH
from social_bot.web.pages import render, see_other
from social_bot.web.uploads import StaffUpload, Upload
from social_bot.web.visits import Staff, StaffForm, StaffVisit

_EVERYTHING = "all"

routes = APIRouter()


@routes.get("/tokens")
def every_token(visit: Staff, done: str = "") -> Response:
    return _show(visit, done=done)


@routes.post("/tokens")
def make(visit: Staff, upload: StaffUpload) -> Response:
    """The token is in this answer and never again."""
    try:
        page_ids = _read_pages(upload)
        with visit.site.bot.database.write() as session:
            _require_administrator(session, visit)
            row, token = api_tokens.make(
                session,
                upload.fields.get("name", ""),
                page_ids=page_ids,
                days=_read_days(upload),
                now=visit.moments.now,
                by=visit.worker.name,
            )
    except InvalidInput as problem:
        return _show(visit, problem=problem, written=upload.fields)
    address = f"{visit.site.bot.settings.url_for_staff}{PATH}"
    return render(visit, "token.html", row=row, secret=token, address=address)


@routes.post("/tokens/{token_id:int}/revoke")
def revoke(token_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        _require_administrator(session, visit)
        api_tokens.revoke(session, token_id, now=visit.moments.now, by=visit.worker.name)
    return see_other("/tokens?done=token_revoked")


def _show(
    visit: StaffVisit,
    *,
    done: str = "",
    problem: InvalidInput | None = None,
    written: Mapping[str, str] | None = None,
) -> Response:
    with visit.site.bot.database.read() as session:
        _require_administrator(session, visit)
        rows = api_tokens.everyone(session)
        names = {page.id: page.name for page in pages.everyone(session)}
    now = visit.moments.now
    return render(
        visit,
        "tokens.html",
        status=422 if problem else 200,
        open_ones=[row for row in rows if row.is_open(now)],
        former=[row for row in rows if not row.is_open(now)],
        pages=names,
        lasts=api_tokens.LASTS_DAYS,
        address=f"{visit.site.bot.settings.url_for_staff}{PATH}",
        problem=problem,
        written=written or {},
        done=done,
    )


def _read_pages(upload: Upload) -> list[str]:
    """Empty for all of them. Raises ``InvalidInput`` where none was chosen."""
    if upload.fields.get("scope") == _EVERYTHING:
        return []
    chosen = [name.partition(":")[2] for name in upload.fields if name.startswith("page:")]
    if not chosen:
        raise InvalidInput("Choose all pages, or at least one page.")
    return chosen


def _read_days(upload: Upload) -> int:
    days = upload.fields.get("days", "")
    return int(days) if days.isdecimal() and len(days) < 5 else 0


def _require_administrator(session: Session, visit: StaffVisit) -> None:
    if not visit.holds(Role.ADMINISTRATOR):
        raise NotAllowed("Only administrators make and revoke tokens. Ask one of them.")
    operators.require(session, visit.worker.name, Role.ADMINISTRATOR)
