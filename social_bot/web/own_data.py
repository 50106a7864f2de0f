"""A person's own data: taken out for them, or erased, by whoever answers such requests."""

import json
from datetime import datetime

from fastapi import APIRouter, Response

from social_bot.answering import own_data
from social_bot.answering.forgetting import forget
from social_bot.answering.own_data import OwnData
from social_bot.errors import InvalidInput
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.roles import Role
from social_bot.web.moments import Moments
from social_bot.web.pages import render, see_other
from social_bot.web.site import Site
from social_bot.web.visits import Staff, StaffForm, StaffVisit

routes = APIRouter()


def may_keep_data(visit: StaffVisit, page_id: str) -> bool:
    return visit.holds(Role.ADMINISTRATOR) or visit.holds(Role.COORDINATOR, page_id)


@routes.get("/inbox/{thread_id}/own-data")
def own(thread_id: int, visit: Staff) -> Response:
    return _show(visit, thread_id)


@routes.post("/inbox/{thread_id}/own-data/export")
def export(thread_id: int, visit: Staff, form: StaffForm) -> Response:
    bot, now = visit.site.bot, visit.moments.now
    with bot.database.write() as session:
        data = own_data.export(session, thread_id, by=visit.worker.name, cipher=bot.database.cipher, now=now)
    is_json = form.get("format") == "json"
    content = (
        json.dumps(data.as_json(), ensure_ascii=False, indent=2)
        if is_json
        else as_html(visit.site, data, now=now)
    )
    name = f"own-data-{thread_id}-{visit.moments.today}.{'json' if is_json else 'html'}"
    return Response(
        content,
        media_type="application/json" if is_json else "text/html",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


@routes.post("/inbox/{thread_id}/own-data/forget")
def erase(thread_id: int, visit: Staff, form: StaffForm) -> Response:
    if form.get("sure") != "yes":
        problem = InvalidInput("Tick that you are sure: what is erased cannot be brought back.")
        return _show(visit, thread_id, problem=problem)
    bot = visit.site.bot
    with bot.database.write() as session:
        forget(session, thread_id, by=visit.worker.name, register=bot.register, now=visit.moments.now)
    return see_other(f"/inbox/{thread_id}?done=forgotten")


def as_html(site: Site, data: OwnData, *, now: datetime) -> str:
    """One file that opens anywhere, in the person's language; nothing in it is fetched or run."""
    language = data.language if data.language in LANGUAGES else LANGUAGES[0]
    with site.bot.database.read() as session:
        organisation = site.bot.organisation(session)
    return (
        site.environments[language]
        .get_template("own_data_file.html")
        .render(
            data=data,
            moments=Moments(language=language, zone=organisation.zone, now=now),
            organisation=organisation,
        )
    )


def _show(visit: StaffVisit, thread_id: int, *, problem: InvalidInput | None = None) -> Response:
    bot = visit.site.bot
    with bot.database.read() as session:
        data = own_data.look(session, thread_id, by=visit.worker.name, cipher=bot.database.cipher)
    return render(visit, "own_data.html", status=422 if problem else 200, data=data, problem=problem, done="")
