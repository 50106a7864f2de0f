"""For machines that watch: whether this process lives, and whether the program would do its work now."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from social_bot.organisation import heartbeats
from social_bot.storage import migrate
from social_bot.web.site import Site

_NOT_KEPT = {"Cache-Control": "no-store"}

routes = APIRouter()


@routes.get("/healthz")
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return JSONResponse({"alive": True}, headers=_NOT_KEPT)


@routes.get("/readyz")
def readyz(request: Request) -> Response:
    """200 when the database answers, is up to date and a worker is heard of; else 503 and what is wrong."""
    problem = _problem(request.app.state.site)
    status = 200 if problem is None else 503
    return JSONResponse({"ready": problem is None, "problem": problem}, status, _NOT_KEPT)


def _problem(site: Site) -> str | None:
    bot = site.bot
    try:
        if not migrate.is_current(bot.database):
            return "database not up to date: social-bot db upgrade"
        with bot.database.read() as session:
            if heartbeats.silent_since(session, now=bot.now()) is not None:
                return "no worker is heard of: social-bot work"
    except SQLAlchemyError:
        return "database does not answer"
    return None
