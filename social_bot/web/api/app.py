"""The interface as an application of its own, with its own description and its own way to say what went wrong."""

from fastapi import FastAPI

from social_bot.web.api import figures, outreach, reports
from social_bot.web.api.problems import documented, handle_problems
from social_bot.web.api.readers import AN_HOUR
from social_bot.web.floods import Floods
from social_bot.web.site import Site

PATH = "/api/v1"
_ABOUT = """Figures of outreach and of the pages of adult social work, for the organisation's own programs.

Months that are over, small counts of people hidden. A value that is not known is null and not available; one that
is known and not told is null, available, and `hidden` says why. Never 0 for either. docs/interface.md says more.
"""


def create_api(site: Site) -> FastAPI:
    api = FastAPI(
        title="social_bot",
        version="1",
        description=_ABOUT,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=documented(401, 403, 404, 422, 429, 500),
    )
    api.state.site, api.state.floods = site, Floods(an_hour=AN_HOUR)
    for room in (figures, outreach, reports):
        api.include_router(room.routes)
    handle_problems(api)
    return api
