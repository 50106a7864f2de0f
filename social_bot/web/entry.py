"""The way in and out: in practice one chooses a sample role."""

from fastapi import APIRouter, Response

from social_bot.errors import NotFound
from social_bot.organisation import operators
from social_bot.web.pages import render, see_other
from social_bot.web.visits import COOKIE, InPractice, PublicForm, Staff, StaffForm, keep_session

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
    del visit, form
    response = see_other("/enter")
    response.delete_cookie(COOKIE)
    return response
