"""Requests of deletion that come through Facebook, and the page that tells how they stand: the same for everybody.

https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback
"""

from datetime import timedelta

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, PlainTextResponse

from social_bot.answering import forgetting
from social_bot.errors import InvalidInput
from social_bot.web.pages import render
from social_bot.web.site import Site
from social_bot.web.visits import Anybody, read_form

PATH = "/meta/data-deletion"
DONE_WITHIN = timedelta(days=30)
"""What is promised, whoever asks. It is done within minutes, but saying so would tell who is known here."""

_NO_STORE = {"Cache-Control": "no-store"}

routes = APIRouter()


@routes.post(PATH)
async def ask(request: Request) -> Response:
    """Meta asks for what is kept of a person; without Meta's own signature nothing is taken."""
    site: Site = request.app.state.site
    try:
        signed = (await read_form(request)).get("signed_request", "")
    except InvalidInput:
        signed = ""
    user_id = site.bot.read_signed_request(signed)
    if user_id is None:
        return PlainTextResponse("the signature does not match", 403, _NO_STORE)
    return await run_in_threadpool(_take, site, user_id, signed)


def _take(site: Site, user_id: str, signed: str) -> Response:
    bot = site.bot
    with bot.database.write() as session:
        code = forgetting.ask_by_platform(
            session, bot.database, user_id=user_id, payload=signed, now=bot.now()
        )
    return JSONResponse(
        {"url": f"{bot.settings.base_url}{PATH}/{code}", "confirmation_code": code}, headers=_NO_STORE
    )


@routes.get(f"{PATH}/{{code}}")
def status(code: str, visit: Anybody) -> Response:
    """Whether anything was kept of the person is told to nobody: the page is the same for every request."""
    with visit.site.bot.database.read() as session:
        request = forgetting.find_request(session, code)
    last_day = request and (request.requested_at + DONE_WITHIN).astimezone(visit.organisation.zone).date()
    answer = render(
        visit,
        "deletion.html",
        status=200 if request else 404,
        code=request.code if request else None,
        asked_at=request.requested_at if request else None,
        by=last_day,
        contact=visit.organisation.text_values(visit.language, visit.moments.now),
        done="",
    )
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer
