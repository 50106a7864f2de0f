"""Planning: the month's posts, and one post with what may be done to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from social_bot.errors import InvalidInput, NotFound
from social_bot.organisation import pages
from social_bot.organisation.roles import Role
from social_bot.planning import composing, store
from social_bot.planning.calendar import parse_local, to_utc
from social_bot.planning.posts import MOVES, PostState
from social_bot.planning.store import PostRow
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Staff, StaffForm, StaffVisit

_CACHED = {"Cache-Control": "private, max-age=86400"}

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Day:
    day: date
    holiday: str | None
    posts: Sequence[PostRow]


@dataclass(frozen=True, kw_only=True)
class Week:
    """``number`` by ISO 8601, as Finnish calendars count; ``days`` that hold a post or a holiday."""

    number: int
    days: Sequence[Day]


@dataclass(frozen=True, kw_only=True)
class May:
    """What this worker may do to a post as it stands."""

    approve: bool
    submit: bool
    move: bool
    cancel: bool
    settle: bool
    send_now: bool

    @property
    def anything(self) -> bool:
        return any((self.approve, self.submit, self.move, self.cancel, self.settle, self.send_now))


@routes.get("/posts")
def month(visit: Staff, month: str = "", page: str = "", state: str = "") -> Response:
    first = _first_day(month) or visit.moments.today.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    with visit.site.bot.database.read() as session:
        posts = store.list_posts(
            session,
            page_id=page or None,
            states=[PostState(state)] if state in set(PostState) else None,
            since=_midnight(first, visit.moments.zone),
            until=_midnight(after, visit.moments.zone),
        )
        return render(
            visit,
            "posts.html",
            weeks=_weeks(visit, first, after, posts),
            pages={row.id: row.name for row in pages.everyone(session)},
            first=first,
            before=(first - timedelta(days=1)).replace(day=1),
            after=after,
            chosen={"page": page, "state": state},
            count=len(posts),
        )


@routes.get("/posts/{post_id}")
def post(post_id: int, visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        row = store.get_post(session, post_id)
        campaign = None if row.campaign_id is None else store.get_campaign(session, row.campaign_id)
        return render(
            visit,
            "post.html",
            post=row,
            content=row.content,
            page=pages.get(session, row.page_id),
            campaign=campaign,
            attempt=store.last_attempt(session, post_id),
            may=_what_may_be_done(row, visit),
            local=row.publish_at.astimezone(visit.moments.zone),
            done=done,
        )


@routes.get("/media/{file}")
def picture(file: str, visit: Staff) -> Response:
    path = visit.site.bot.media.path(file)
    if not path.is_file():
        raise NotFound("This picture is not in the media folder.")
    return FileResponse(path, headers=_CACHED)


@routes.post("/posts/{post_id}/submit")
def submit(post_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        composing.submit_post(session, post_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/posts/{post_id}?done=submitted")


@routes.post("/posts/{post_id}/approve")
def approve(post_id: int, visit: Staff, form: StaffForm) -> Response:
    with visit.site.bot.database.write() as session:
        composing.approve_post(
            session,
            post_id,
            content_hash=form.get("content_hash", ""),
            by=visit.worker.name,
            now=visit.moments.now,
        )
    return see_other(f"/posts/{post_id}?done=approved")


@routes.post("/posts/{post_id}/move")
def move(post_id: int, visit: Staff, form: StaffForm) -> Response:
    zone = visit.moments.zone
    publish_at = to_utc(parse_local(f"{form.get('day', '')} {form.get('time', '')}"), zone)
    if publish_at <= visit.moments.now:
        raise InvalidInput("This time has passed. Choose a time to come.")
    with visit.site.bot.database.write() as session:
        composing.move_post(
            session, post_id, publish_at, by=visit.worker.name, zone=zone, now=visit.moments.now
        )
    return see_other(f"/posts/{post_id}?done=moved")


@routes.post("/posts/{post_id}/cancel")
def cancel(post_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        composing.cancel_post(session, post_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/posts/{post_id}?done=cancelled")


@routes.post("/posts/{post_id}/there")
def confirm(post_id: int, visit: Staff, form: StaffForm) -> Response:
    with visit.site.bot.database.write() as session:
        row = store.get_post(session, post_id)
        external_id = parse_external_id(form.get("external_id", ""), row.page_id)
        composing.confirm_post(session, post_id, external_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/posts/{post_id}?done=confirmed")


@routes.post("/posts/{post_id}/send-again")
def send_again(post_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        composing.send_post_again(session, post_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/posts/{post_id}?done=sent_again")


def parse_external_id(text: str, page_id: str) -> str:
    """Read ``{page}_{post}``, or the post's number alone. Raises ``InvalidInput``."""
    page, _, number = text.rpartition("_")
    if not number.isdecimal() or page not in ("", page_id):
        raise InvalidInput(
            "Write the number of the post, as it stands at the end of the post's address at Facebook."
        )
    return f"{page_id}_{number}"


def _what_may_be_done(post: PostRow, visit: StaffVisit) -> May:
    """The moves that the table of states and the worker's roles allow."""
    moves, is_writer = MOVES[post.state], visit.holds(Role.WRITER)
    return May(
        approve=post.state is PostState.AWAITING_APPROVAL
        and visit.holds(Role.APPROVER)
        and post.author != visit.worker.name
        and visit.moments.now <= post.goes_out_until,
        submit=is_writer and PostState.AWAITING_APPROVAL in moves,
        move=is_writer and (post.state is PostState.DRAFT or PostState.DRAFT in moves),
        cancel=is_writer and PostState.CANCELLED in moves,
        settle=is_writer and post.state is PostState.UNCONFIRMED,
        send_now=is_writer and post.state is PostState.MISSED and post.is_approved,
    )


def _weeks(visit: StaffVisit, first: date, after: date, posts: Sequence[PostRow]) -> Sequence[Week]:
    moments = visit.moments
    by_day: Mapping[date, Sequence[PostRow]] = {
        day: list(rows)
        for day, rows in groupby(posts, key=lambda post: post.publish_at.astimezone(moments.zone).date())
    }
    every_day = (first + timedelta(days=number) for number in range((after - first).days))
    return [
        Week(
            number=number,
            days=[
                Day(day=day, holiday=moments.holiday(day), posts=by_day.get(day, ()))
                for day in days
                if day in by_day or moments.holiday(day)
            ],
        )
        for number, days in groupby(every_day, key=lambda day: day.isocalendar().week)
    ]


def _first_day(month: str) -> date | None:
    """The first day of ``2026-12``; None for anything else."""
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        return None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
