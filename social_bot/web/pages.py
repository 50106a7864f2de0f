"""Making an answer for a visit: a page, a way on, or what could not be done."""

from collections.abc import Mapping, Sequence

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from social_bot.organisation import pages, stop
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.stop import StopRow
from social_bot.translations import translate
from social_bot.web.site import Site
from social_bot.web.visits import Visit, keep_session
from social_bot.web.words import SORRY

_NOT_KEPT = {"Cache-Control": "no-store"}


def render(visit: Visit, template: str, *, status: int = 200, **values: object) -> Response:
    """A page for this visit; a language that was just chosen is kept with the sample role."""
    page = visit.site.environments[visit.language].get_template(template)
    response = HTMLResponse(
        page.render(visit=visit, links=_links(visit), stops=_stops(visit), **values), status, _NOT_KEPT
    )
    worker = visit.worker
    if worker is not None and visit.signed_in is None and worker.language != visit.language:
        keep_session(response, visit, name=worker.name, session=worker.session)
    return response


def render_sorry(site: Site, status: int, *, request_id: str | None = None) -> Response:
    """What is not here, not open or broken, in every language: nothing is known of the reader.

    ``request_id`` is what the reader tells those who can look into the log.
    """
    sentences = {
        language: [translate(language)(sentence) for sentence in SORRY.get(status, SORRY[500])]
        for language in LANGUAGES
    }
    page = site.environments[LANGUAGES[0]].get_template("sorry.html")
    return HTMLResponse(page.render(sentences=sentences, request_id=request_id), status, _NOT_KEPT)


def see_other(path: str) -> Response:
    """After a form: look at the result, so that reloading sends nothing again."""
    return RedirectResponse(path, 303, _NOT_KEPT)


def _stops(visit: Visit) -> Sequence[tuple[StopRow, Mapping[str, str]]]:
    """The emergency stops that stand, with the names of the pages: every page of the staff's shows them."""
    if visit.worker is None:
        return ()
    with visit.site.bot.database.read() as session:
        rows = stop.standing(session)
        names = {page.id: page.name for page in pages.everyone(session)} if rows else {}
    return [(row, names) for row in rows]


def _links(visit: Visit) -> Mapping[str, str]:
    """This page's address in each language."""
    url = visit.request.url
    return {language: f"{url.path}?{url.include_query_params(lang=language).query}" for language in LANGUAGES}
