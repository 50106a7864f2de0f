"""The way in and out: in practice one chooses a sample role; who has signed in signs out."""

from fastapi import APIRouter, Response

from social_bot.errors import NotFound
from social_bot.organisation import audit, operators, sessions
from social_bot.web import cookies
from social_bot.web.pages import render, see_other
from social_bot.web.visits import InPractice, PublicForm, Staff, StaffForm, keep_session

routes = APIRouter()


@routes.get("/enter")
def choose_role(visit: InPractice) -> Response:
    with visit.site.bot.database.read() as session:
        return render(visit, "enter.html", operators=operators.everyone(session))


@routes.post("/enter")
def enter(visit: InPractice, form: PublicForm) -> Response:
    with visit.site.bot.database.read() as session:
        names = {operator.name for operator in operators.everyone(session)}
    name = form.get("name", "")
    if name not in names:
        raise NotFound("Nobody of that name works here. Choose a role from the list.")
    response = see_other("/")
    keep_session(response, visit, name=name)
    return response


@routes.post("/leave")
def leave(visit: Staff, form: StaffForm) -> Response:
    del form
    if visit.signed_in is None:
        response = see_other("/enter")
        cookies.drop(response, visit.site, cookies.ROLE)
        return response
    name, now = visit.worker.name, visit.moments.now
    with visit.site.bot.database.write() as session:
        sessions.end(session, name, visit.signed_in.id or 0, now=now, is_said=False)
        audit.record(session, at=now, actor=name, action="sign_out", subject=name)
    response = see_other("/sign-in?done=signed_out")
    cookies.drop(response, visit.site, cookies.SESSION)
    return response
