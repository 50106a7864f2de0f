"""The forms of the practice Page: each does one thing as the visiting resident and returns to the Page."""

import secrets

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from social_bot.practice import residents
from social_bot.practice.faultform import fault_from_form
from social_bot.practice.stage import Stage
from social_bot.practice.visits import Form, Visit, Visiting

MESSENGER = "#messenger"


def deed_routes(stage: Stage) -> APIRouter:
    router = APIRouter(prefix="/pages/{page_id}")
    _add_messenger_deeds(router, stage)
    _add_timeline_deeds(router, stage)
    _add_other_deeds(router, stage)
    return router


def _add_messenger_deeds(router: APIRouter, stage: Stage) -> None:

    @router.post("/messages", name="write")
    def write(page_id: str, visit: Visiting, form: Form) -> Response:
        if form.get("text"):
            with stage.scene(page_id, visit.psid) as scene:
                residents.write(scene, text=form["text"], payload=form.get("payload"))
        return _back(visit, page_id, MESSENGER)

    @router.post("/presses", name="press")
    def press(page_id: str, visit: Visiting, form: Form) -> Response:
        with stage.scene(page_id, visit.psid) as scene:
            residents.press(scene, title=form.get("title", ""), payload=form.get("payload", ""))
        return _back(visit, page_id, MESSENGER)


def _add_timeline_deeds(router: APIRouter, stage: Stage) -> None:
    @router.post("/comments", name="comment")
    def comment(page_id: str, visit: Visiting, form: Form) -> Response:
        if form.get("text"):
            with stage.scene(page_id, visit.psid) as scene:
                residents.comment(scene, object_id=form.get("post_id", ""), text=form["text"])
        return _back(visit, page_id, f"#post-{form.get('post_id', '')}")

    @router.post("/reactions", name="react")
    def react(page_id: str, visit: Visiting, form: Form) -> Response:
        with stage.scene(page_id, visit.psid) as scene:
            residents.react(scene, post_id=form.get("post_id", ""), kind=form.get("kind", ""))
        return _back(visit, page_id, f"#post-{form.get('post_id', '')}")

    @router.post("/shares", name="share")
    def share(page_id: str, visit: Visiting, form: Form) -> Response:
        with stage.scene(page_id, visit.psid) as scene:
            residents.share(scene, post_id=form.get("post_id", ""))
        return _back(visit, page_id, f"#post-{form.get('post_id', '')}")


def _add_other_deeds(router: APIRouter, stage: Stage) -> None:
    @router.post("/residents", name="new_resident")
    def new_resident(page_id: str, visit: Visiting, form: Form) -> Response:
        psid = f"72{secrets.randbelow(10**8):08d}"
        with stage.scene(page_id, psid, name=form.get("name") or None):
            newcomer = Visit(request=visit.request, language=visit.language, psid=psid)
        return _back(newcomer, page_id, MESSENGER)

    @router.post("/block", name="block")
    def block(page_id: str, visit: Visiting, _form: Form) -> Response:
        with stage.scene(page_id, visit.psid) as scene:
            scene.who.has_blocked_page = not scene.who.has_blocked_page
        return _back(visit, page_id, MESSENGER)

    @router.post("/staff", name="staff")
    def staff(page_id: str, visit: Visiting, form: Form) -> Response:
        if form.get("text"):
            with stage.scene(page_id, visit.psid) as scene:
                residents.answer_as_staff(scene, text=form["text"])
        return _back(visit, page_id, MESSENGER)

    @router.post("/hand-back", name="hand_back")
    def hand_back(page_id: str, visit: Visiting, _form: Form) -> Response:
        with stage.scene(page_id, visit.psid) as scene:
            residents.hand_back(scene)
        return _back(visit, page_id, MESSENGER)

    @router.post("/fault", name="fault")
    def set_fault(page_id: str, visit: Visiting, form: Form) -> Response:
        stage.set_fault(page_id, fault_from_form(form))
        return _back(visit, page_id, "#faults")


def _back(visit: Visit, page_id: str, fragment: str) -> Response:
    return RedirectResponse(visit.link("page", page_id=page_id, fragment=fragment), 303)
