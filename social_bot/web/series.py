"""Recurring series: the list, a new one with its next days, one series, and changing it from a day on."""

from collections.abc import Mapping
from datetime import date, timedelta

from fastapi import APIRouter, Response

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import pages
from social_bot.organisation.roles import Role
from social_bot.planning import composing, recurring, series_changes, series_store, store
from social_bot.planning.posts import PostPicture, PostState
from social_bot.planning.series import HolidayRule, Often, plan_occurrences
from social_bot.planning.series_changes import Effects
from social_bot.web.pages import render, see_other
from social_bot.web.series_form import (
    Problems,
    Read,
    read_change,
    read_days,
    read_series,
    typed_from_post,
    typed_of,
)
from social_bot.web.uploads import StaffUpload
from social_bot.web.visits import Staff, StaffForm, StaffVisit
from social_bot.web.words import POST_KINDS

routes = APIRouter()


@routes.get("/series")
def everything(visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        rows = series_store.list_series(session)
        return render(
            visit,
            "series.html",
            rows=[(row, _is_over(row, visit)) for row in rows],
            pages={row.id: row.name for row in pages.everyone(session)},
            may_write=visit.holds(Role.WRITER),
            done=done,
        )


@routes.get("/series/new")
def new(visit: Staff, post: str = "") -> Response:
    """Empty, or with what a post says already."""
    today = visit.moments.today
    typed: Mapping[str, str] = {
        "often": Often.EVERY.value,
        "weekday": str(today.weekday()),
        "time": "09:00",
        "holidays": HolidayRule.SKIP.value,
    }
    if post.isdecimal():
        with visit.site.bot.database.read() as session:
            typed = {**typed, **typed_from_post(store.get_post(session, int(post)), visit.moments.zone)}
    typed = {**typed, "first": today.isoformat(), "last": (today + timedelta(days=182)).isoformat()}
    _, read = read_days(typed, visit.moments.zone)
    return _form(visit, typed, Read(problems={}, occurrences=read.occurrences))


@routes.get("/series/dates")
def dates(visit: Staff) -> Response:
    """The next days of what is being typed, for the page's own script."""
    typed = dict(visit.request.query_params)
    _, read = read_days(typed, visit.moments.zone)
    return render(visit, "_series_dates.html", read=read, coming=_coming(read, visit))


@routes.post("/series/new")
def begin(visit: Staff, form: StaffUpload) -> Response:
    typed = form.fields
    with visit.site.bot.database.read() as session:
        known = {row.id: row.name for row in pages.everyone(session)}
        source = typed.get("from_post", "")
        pictures = store.get_post(session, int(source)).content.pictures if source.isdecimal() else ()
    read = read_series(
        typed,
        languages=visit.organisation.languages,
        pages=known,
        pictures=[part for part in pictures if isinstance(part, PostPicture)],
        zone=visit.moments.zone,
    )
    if typed.get("act") == "show":
        return _form(visit, typed, read, only_days=True)
    if read.new is None:
        return _form(visit, typed, read)
    try:
        with visit.site.bot.database.write() as session:
            row = recurring.begin_series(session, read.new, author=visit.worker.name, now=visit.moments.now)
            series_id = row.id
    except InvalidInput as error:
        return _form(visit, typed, Read(problems={"last": error}, occurrences=read.occurrences))
    return see_other(f"/series/{series_id}?done=series_begun")


@routes.get("/series/{series_id:int}")
def one(series_id: int, visit: Staff, done: str = "") -> Response:
    return _page(visit, series_id, done=done)


@routes.post("/series/{series_id:int}/skip")
def skip(series_id: int, visit: Staff, form: StaffForm) -> Response:
    with visit.site.bot.database.write() as session:
        recurring.skip_day(
            session, series_id, _day(form.get("day", "")), by=visit.worker.name, now=visit.moments.now
        )
    return see_other(f"/series/{series_id}?done=series_skipped")


@routes.get("/series/{series_id:int}/end")
def ask_to_end(series_id: int, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        row = series_store.get_series(session, series_id)
        coming = recurring.coming_posts(session, series_id, now=visit.moments.now)
        page = pages.get(session, row.page_id)
    return render(visit, "series_end.html", series=row, coming=coming, page=page)


@routes.post("/series/{series_id:int}/end")
def end(series_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        recurring.end_series(session, series_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/series/{series_id}?done=series_ended")


@routes.get("/series/{series_id:int}/change")
def choose_change(series_id: int, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        row = series_store.get_series(session, series_id)
    tomorrow = (visit.moments.today + timedelta(days=1)).isoformat()
    return _change_page(visit, series_id, {**typed_of(row), "from": tomorrow}, {})


@routes.post("/series/{series_id:int}/change")
def change(series_id: int, visit: Staff, form: StaffForm) -> Response:
    """First what it would do, then, said again, the change itself."""
    with visit.site.bot.database.read() as session:
        row = series_store.get_series(session, series_id)
    wanted, problems = read_change(form, languages=list(row.texts))
    if wanted is None:
        return _change_page(visit, series_id, form, problems)
    try:
        if form.get("act") != "change":
            with visit.site.bot.database.read() as session:
                effects = series_changes.plan_change(session, series_id, wanted, now=visit.moments.now)
                return _change_page(visit, series_id, form, {}, effects=effects)
        with visit.site.bot.database.write() as session:
            done = series_changes.change_series(
                session, series_id, wanted, by=visit.worker.name, now=visit.moments.now
            )
            new_id = done.series.id
    except InvalidInput as error:
        return _change_page(visit, series_id, form, {"from": error})
    return see_other(f"/series/{new_id}?done=series_changed")


@routes.get("/series/{series_id:int}/approve")
def read_all(series_id: int, visit: Staff, done: str = "") -> Response:
    """Every waiting post of the series, each shown whole: none is approved unread."""
    with visit.site.bot.database.read() as session:
        row = series_store.get_series(session, series_id)
        waiting = [
            post
            for post in series_store.posts_by_day(session, series_id).values()
            if post.state is PostState.AWAITING_APPROVAL
            and visit.worker.name not in post.hands
            and visit.holds(Role.APPROVER, post.page_id)
            and visit.moments.now <= post.goes_out_until
        ]
        page = pages.get(session, row.page_id)
    return render(visit, "series_approve.html", series=row, page=page, waiting=waiting, done=done)


@routes.post("/series/{series_id:int}/approve")
def approve_chosen(series_id: int, visit: Staff, form: StaffUpload) -> Response:
    """Each chosen post by the hash of what was shown, all or none."""
    chosen = [each.partition(":") for each in form.lists.get("post", ())]
    if not chosen:
        raise NotAllowed("No post was chosen. Choose the posts that you have read.")
    with visit.site.bot.database.write() as session:
        own = {post.id for post in series_store.posts_by_day(session, series_id).values()}
        for number, _, content_hash in chosen:
            if not number.isdecimal() or int(number) not in own:
                raise NotAllowed("A chosen post is not of this series.")
            composing.approve_post(
                session,
                int(number),
                content_hash=content_hash,
                by=visit.worker.name,
                now=visit.moments.now,
                checker=visit.site.bot.checker,
            )
    return see_other(f"/series/{series_id}?done=series_approved")


def _page(visit: StaffVisit, series_id: int, *, done: str = "") -> Response:
    now = visit.moments.now
    with visit.site.bot.database.read() as session:
        row = series_store.get_series(session, series_id)
        posts = series_store.posts_by_day(session, series_id)
        page = pages.get(session, row.page_id)
        followed = None if row.follows_id is None else series_store.get_series(session, row.follows_id)
    is_over = _is_over(row, visit)
    to_come = [] if is_over else [each for each in plan_occurrences(row.plan) if each.publish_at > now]
    waiting = [
        post
        for post in posts.values()
        if post.state is PostState.AWAITING_APPROVAL and visit.worker.name not in post.hands
    ]
    return render(
        visit,
        "series_one.html",
        series=row,
        page=page,
        followed=followed,
        to_come=[(each, posts.get(each.day)) for each in to_come],
        past=[post for post in posts.values() if post.publish_at <= now],
        waiting=waiting if visit.holds(Role.APPROVER, row.page_id) else [],
        is_over=is_over,
        may_write=visit.holds(Role.WRITER, row.page_id) and not is_over,
        done=done,
    )


def _form(visit: StaffVisit, typed: Mapping[str, str], read: Read, *, only_days: bool = False) -> Response:
    """``only_days``: the days were asked for, so that what is not filled in yet is no problem."""
    problems = {
        field: problem
        for field, problem in read.problems.items()
        if not only_days or field in ("often", "time", "first", "last", "skipped")
    }
    with visit.site.bot.database.read() as session:
        known = {row.id: row.name for row in pages.everyone(session) if visit.holds(Role.WRITER, row.id)}
    return render(
        visit,
        "series_new.html",
        status=422 if problems else 200,
        form=typed,
        problems=problems,
        read=read,
        coming=_coming(read, visit),
        pages=known,
        kinds=POST_KINDS,
        often=list(Often),
        holiday_rules=list(HolidayRule),
        languages=visit.organisation.languages,
    )


def _change_page(
    visit: StaffVisit,
    series_id: int,
    typed: Mapping[str, str],
    problems: Problems,
    *,
    effects: Effects | None = None,
) -> Response:
    with visit.site.bot.database.read() as session:
        row = series_store.get_series(session, series_id)
        page = pages.get(session, row.page_id)
    return render(
        visit,
        "series_change.html",
        status=422 if problems else 200,
        series=row,
        page=page,
        form=typed,
        problems=problems,
        effects=effects,
        often=list(Often),
        languages=list(row.texts),
    )


def _coming(read: Read, visit: StaffVisit) -> list[object]:
    return [each for each in read.occurrences if each.publish_at > visit.moments.now]


def _is_over(row: series_store.SeriesRow, visit: StaffVisit) -> bool:
    return row.ended_at is not None or row.ends_on < visit.moments.today


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("The series has no post on that day.") from error
