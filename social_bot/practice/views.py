"""The practice Page as a person sees it: the timeline, and Messenger beside it."""

from pathlib import Path

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from social_bot.errors import NotFound, SocialBotError
from social_bot.practice import looking, residents
from social_bot.practice.faultform import EDGES, FAULT_GROUPS
from social_bot.practice.faults import Fault
from social_bot.practice.publishing import keep_house
from social_bot.practice.stage import Stage
from social_bot.practice.state import PhotoRow
from social_bot.practice.visits import Templates, Visit, Visiting, read_visit


def add_views(app: FastAPI, stage: Stage) -> None:
    """The pages to look at, their style, and the page that says what could not be done."""
    templates = Templates()
    router = APIRouter()

    @router.get("/", name="front")
    def front(visit: Visiting) -> Response:
        return to_first_page(visit, "")

    @router.get("/resident", name="resident")
    def resident_front(visit: Visiting) -> Response:
        return to_first_page(visit, "#messenger")

    @router.get("/pages/{page_id}", name="page")
    def page(page_id: str, visit: Visiting) -> Response:
        pages = stage.pages()
        with stage.view(page_id, visit.psid) as scene:
            session, row, now = scene.session, scene.page, scene.now
            keep_house(session, now)
            return templates.render(
                "page.html",
                visit,
                page=row,
                pages=pages,
                person=scene.who,
                people=residents.everybody(session, row),
                posts=looking.timeline(session, row, scene.who),
                scheduled=looking.count_scheduled(session, row),
                conversation=looking.conversation(session, row, scene.who.psid, now),
                fault=Fault.from_json(row.fault),
                fault_groups=FAULT_GROUPS,
                edges=EDGES,
            )

    @router.get("/pages/{page_id}/log", name="log")
    def log(page_id: str, visit: Visiting) -> Response:
        """The conversation alone, for the script that looks for new messages."""
        with stage.view(page_id, visit.psid) as scene:
            conversation = looking.conversation(scene.session, scene.page, scene.who.psid, scene.now)
            return templates.render(
                "log.html", visit, page=scene.page, person=scene.who, conversation=conversation
            )

    @router.get("/photos/{photo_id}", name="photo")
    def photo(photo_id: str) -> Response:
        with stage.store.transaction() as session:
            row = session.get(PhotoRow, photo_id)
            if row is None or row.content is None:
                raise HTTPException(404)
            headers = {"X-Content-Type-Options": "nosniff"}
            return Response(row.content, media_type=row.media_type, headers=headers)

    def to_first_page(visit: Visit, fragment: str) -> Response:
        pages = stage.pages()
        if not pages:
            return templates.render("empty.html", visit)
        return RedirectResponse(visit.link("page", page_id=pages[0].id, fragment=fragment), 303)

    def say_what_could_not_be_done(request: Request, error: Exception) -> Response:
        visit = read_visit(request, request.query_params.get("lang", "fi"))
        status = 404 if isinstance(error, NotFound) else 422
        return templates.render("refused.html", visit, status=status, sentence=str(error))

    app.add_exception_handler(SocialBotError, say_what_could_not_be_done)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="practice_static")
    app.include_router(router)
