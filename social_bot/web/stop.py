"""The emergency stop: what it would hold, what stands, what comes back when it is released."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.errors import InvalidInput, SocialBotError
from social_bot.organisation import pages, stop
from social_bot.organisation.roles import Role
from social_bot.organisation.stop import StopRow
from social_bot.planning import holds, store
from social_bot.planning.holds import Return
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Staff, StaffForm, StaffVisit

POSTS, ANSWERS = "posts", "answers"
EVERYTHING = "all"

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A stop that stands, the posts that it holds, and whether this worker may release it."""

    stop: StopRow
    held: Sequence[PostRow]
    may_release: bool


@routes.get("/stop")
def look(visit: Staff, done: str = "", page: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        return _page(session, visit, form={"page": page}, done=done)


@routes.post("/stop")
def press(visit: Staff, form: StaffForm) -> Response:
    problems: dict[str, SocialBotError] = {}
    if form.get("page", "") == "":
        problems["page"] = InvalidInput("Choose what to stop: all pages, or one.")
    if form.get("what") not in (POSTS, ANSWERS):
        problems["what"] = InvalidInput("Choose whether automatic answers are stopped as well.")
    page_id = None if form.get("page") == EVERYTHING else form.get("page")
    if not problems:
        try:
            with visit.site.bot.database.write() as session:
                holds.press_stop(
                    session,
                    page_id=page_id,
                    holds_answers=form["what"] == ANSWERS,
                    reason=form.get("reason", ""),
                    by=visit.worker.name,
                    now=visit.moments.now,
                )
        except InvalidInput as problem:
            problems["reason"] = problem
        else:
            return see_other("/stop?done=stopped")
    with visit.site.bot.database.read() as session:
        return _page(session, visit, form=form, problems=problems, status=422)


@routes.get("/stop/{stop_id}/release")
def look_at_release(stop_id: int, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        row = stop.get(session, stop_id)
        if row.released_at is not None:
            return see_other("/stop")
        return render(
            visit,
            "stop_release.html",
            stop=row,
            pages=holds.page_names(session),
            returns=holds.preview_release(session, row, now=visit.moments.now),
            may_release=_may_release(visit, row.page_id),
        )


@routes.post("/stop/{stop_id}/release")
def release(stop_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        holds.release_stop(session, stop_id, by=visit.worker.name, now=visit.moments.now)
    return see_other("/stop?done=released")


@routes.post("/stop/posts/{post_id}/release")
def release_post(post_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        returned: Return = holds.release_post(session, post_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(
        "/stop?done=post_released" if returned.state is PostState.SCHEDULED else f"/posts/{post_id}"
    )


def _page(
    session: Session,
    visit: StaffVisit,
    *,
    form: Mapping[str, str],
    problems: Mapping[str, SocialBotError] | None = None,
    done: str = "",
    status: int = 200,
) -> Response:
    names = holds.page_names(session)
    scheduled = holds.preview_stop(session, page_id=None)
    held = store.list_posts(session, states=[PostState.HELD])
    return render(
        visit,
        "stop.html",
        status=status,
        standing=[
            Standing(
                stop=row,
                held=[post for post in held if row.covers(post.page_id) and post.reason == holds.STOPPED],
                may_release=_may_release(visit, row.page_id),
            )
            for row in stop.standing(session)
        ],
        pages=names,
        counts=holds.count_by_page(scheduled, names),
        scheduled=scheduled,
        sending=store.list_posts(session, states=[PostState.PUBLISHING]),
        live={page.id for page in pages.everyone(session) if page.is_live},
        form=form,
        problems=problems or {},
        done=done,
    )


def _may_release(visit: StaffVisit, page_id: str | None) -> bool:
    return visit.holds(Role.APPROVER, page_id) or visit.holds(Role.ADMINISTRATOR, page_id)
