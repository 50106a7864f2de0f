"""One post: how it stands, and what may be done to it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.errors import InvalidInput, SocialBotError
from social_bot.organisation import pages
from social_bot.organisation.roles import Role
from social_bot.planning import composing, notes, series_store, store
from social_bot.planning.calendar import DoubledTime, parse_local, to_utc
from social_bot.planning.checking import StoppedByChecks
from social_bot.planning.posts import MOVES, PostState
from social_bot.planning.store import PostRow
from social_bot.web.compose_words import FindingView, view_findings
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Staff, StaffForm, StaffVisit

_BACK = re.compile(r"/(?:(?:posts|approvals|series|campaigns)(?:/\d+)?)?(?:\?[\w=&%.+\-]*)?")
_STILL_CHECKED = (PostState.DRAFT, PostState.AWAITING_APPROVAL, PostState.SCHEDULED, PostState.HELD)
_FOLDS = {"first": 0, "second": 1}

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class May:
    """What this worker may do to a post as it stands."""

    approve: bool
    submit: bool
    move: bool
    cancel: bool
    settle: bool
    send_now: bool
    note: bool
    series: bool

    @property
    def anything(self) -> bool:
        return any((self.approve, self.submit, self.move, self.cancel, self.settle, self.send_now))


@routes.get("/posts/{post_id:int}")
def post(post_id: int, visit: Staff, done: str = "") -> Response:
    bot = visit.site.bot
    with bot.database.read() as session:
        row = store.get_post(session, post_id)
        return render(
            visit,
            "post.html",
            post=row,
            content=row.content,
            page=pages.get(session, row.page_id),
            campaign=None if row.campaign_id is None else store.get_campaign(session, row.campaign_id),
            series=series_store.series_of(session, post_id),
            notes=notes.list_notes(session, post_id, cipher=bot.database.cipher),
            attempt=store.last_attempt(session, post_id),
            findings=findings_of(session, row, visit),
            may=what_may_be_done(row, visit),
            local=row.publish_at.astimezone(visit.moments.zone),
            done=done,
        )


@routes.post("/posts/{post_id:int}/submit")
def submit(post_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        try:
            composing.submit_post(
                session,
                post_id,
                by=visit.worker.name,
                now=visit.moments.now,
                checker=visit.site.bot.checker,
            )
        except StoppedByChecks:
            return see_other(f"/posts/{post_id}/edit?stopped=1")
    return see_other(f"/posts/{post_id}?done=submitted")


@routes.get("/posts/{post_id:int}/move")
def choose_time(post_id: int, visit: Staff, day: str = "", back: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        row = store.get_post(session, post_id)
    local = row.publish_at.astimezone(visit.moments.zone)
    typed = {"day": day or f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}", "back": back}
    return _move_page(visit, row, typed)


@routes.post("/posts/{post_id:int}/move")
def move(post_id: int, visit: Staff, form: StaffForm) -> Response:
    """Move it, or show the form again with what cannot be: a time that is skipped, doubled or past."""
    zone, now = visit.moments.zone, visit.moments.now
    try:
        publish_at = _read_time(form, visit)
    except InvalidInput as error:
        with visit.site.bot.database.read() as session:
            row = store.get_post(session, post_id)
        return _move_page(visit, row, form, problem=error)
    with visit.site.bot.database.write() as session:
        composing.move_post(session, post_id, publish_at, by=visit.worker.name, zone=zone, now=now)
    return see_other(_way_back(form.get("back", ""), post_id, done="moved"))


@routes.get("/posts/{post_id:int}/cancel")
def ask_to_cancel(post_id: int, visit: Staff, back: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        row = store.get_post(session, post_id)
        page = pages.get(session, row.page_id)
    return render(visit, "post_cancel.html", post=row, page=page, back=_safe(back))


@routes.post("/posts/{post_id:int}/cancel")
def cancel(post_id: int, visit: Staff, form: StaffForm) -> Response:
    with visit.site.bot.database.write() as session:
        composing.cancel_post(session, post_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(_way_back(form.get("back", ""), post_id, done="cancelled"))


@routes.post("/posts/{post_id:int}/there")
def confirm(post_id: int, visit: Staff, form: StaffForm) -> Response:
    with visit.site.bot.database.write() as session:
        row = store.get_post(session, post_id)
        external_id = parse_external_id(form.get("external_id", ""), row.page_id)
        composing.confirm_post(session, post_id, external_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/posts/{post_id}?done=confirmed")


@routes.post("/posts/{post_id:int}/send-again")
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


def what_may_be_done(post: PostRow, visit: StaffVisit) -> May:
    """The moves that the table of states and the worker's roles on the page allow."""
    moves = MOVES[post.state]
    is_writer, is_approver = (visit.holds(role, post.page_id) for role in (Role.WRITER, Role.APPROVER))
    return May(
        approve=post.state is PostState.AWAITING_APPROVAL
        and is_approver
        and visit.worker.name not in post.hands
        and visit.moments.now <= post.goes_out_until,
        submit=is_writer and PostState.AWAITING_APPROVAL in moves,
        move=is_writer and (post.state is PostState.DRAFT or PostState.DRAFT in moves),
        cancel=is_writer and PostState.CANCELLED in moves,
        settle=is_writer and post.state is PostState.UNCONFIRMED,
        send_now=is_writer and post.state is PostState.MISSED and post.is_approved,
        note=is_writer or is_approver,
        series=is_writer,
    )


def findings_of(session: Session, row: PostRow, visit: StaffVisit) -> Sequence[FindingView]:
    """What the checks say of a post that may still go out."""
    if row.state not in _STILL_CHECKED:
        return ()
    return view_findings(
        visit.site.bot.checker.check_row(session, row, now=visit.moments.now), visit.language
    )


def _move_page(
    visit: StaffVisit, row: PostRow, typed: Mapping[str, str], *, problem: SocialBotError | None = None
) -> Response:
    with visit.site.bot.database.read() as session:
        page = pages.get(session, row.page_id)
    is_doubled = isinstance(problem, DoubledTime)
    return render(
        visit,
        "post_move.html",
        status=200 if problem is None else 422,
        post=row,
        page=page,
        typed=typed,
        problem=problem,
        doubled=_both_times(typed, visit) if is_doubled else (),
        back=_safe(typed.get("back", "")) or f"/posts/{row.id}",
    )


def _both_times(typed: Mapping[str, str], visit: StaffVisit) -> tuple[datetime, ...]:
    """The two instants of a doubled time, the first in summer time."""
    local = parse_local(f"{typed.get('day', '')} {typed.get('time', '')}")
    return tuple(to_utc(local, visit.moments.zone, fold=fold) for fold in (0, 1))


def _read_time(form: Mapping[str, str], visit: StaffVisit) -> datetime:
    fold = _FOLDS.get(form.get("fold", ""))
    local = parse_local(f"{form.get('day', '')} {form.get('time', '')}")
    publish_at = to_utc(local, visit.moments.zone, fold=fold)
    if publish_at <= visit.moments.now:
        raise InvalidInput("This time has passed. Choose a time to come.")
    return publish_at


def _safe(back: str) -> str:
    """A way back among our own pages; empty for anything else."""
    return back if _BACK.fullmatch(back) else ""


def _way_back(back: str, post_id: int, *, done: str) -> str:
    """To where the post was chosen, with what was done to say and the post to stand on."""
    back = _safe(back)
    if not back:
        return f"/posts/{post_id}?done={done}"
    return f"{back}{'&' if '?' in back else '?'}{urlencode({'done': done})}#post-{post_id}"
