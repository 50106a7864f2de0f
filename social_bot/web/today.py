"""Today: what needs this worker now, and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.answering import store as answering
from social_bot.answering.store import CallbackRow, ThreadRow
from social_bot.organisation import alerts, pages
from social_bot.organisation.alerts import AlertRow
from social_bot.organisation.roles import Role
from social_bot.planning import store as planning
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow
from social_bot.web.moments import Moments
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Staff, StaffForm, Worker

_TROUBLED = (PostState.UNCONFIRMED, PostState.FAILED, PostState.MISSED)

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a worker of these roles must see; a part that is not theirs is empty."""

    alerts: Sequence[AlertRow]
    troubled: Sequence[PostRow]
    to_approve: Sequence[PostRow]
    waiting: Sequence[ThreadRow]
    callbacks: Sequence[CallbackRow]
    today: Sequence[PostRow]

    @property
    def count(self) -> int:
        """How many things wait for somebody."""
        parts = (self.alerts, self.troubled, self.to_approve, self.waiting, self.callbacks)
        return sum(len(part) for part in parts)


@routes.get("/")
def today(visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        needs = gather_needs(session, visit.worker, visit.moments)
        names = {page.id: page.name for page in pages.everyone(session)}
        return render(visit, "today.html", needs=needs, pages=names, links_to=_links(needs.alerts), done=done)


@routes.post("/alerts/{alert_id}/acknowledge")
def acknowledge(alert_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        alerts.acknowledge(session, alert_id, by=visit.worker.name, now=visit.moments.now)
    return see_other("/?done=acknowledged")


def gather_needs(session: Session, worker: Worker, moments: Moments) -> Needs:
    is_writer, is_approver = worker.holds(Role.WRITER), worker.holds(Role.APPROVER)
    midnight = datetime.combine(moments.today, time(), tzinfo=moments.zone)
    return Needs(
        alerts=alerts.unacknowledged(session),
        troubled=planning.list_posts(session, states=_TROUBLED) if is_writer else (),
        to_approve=[
            post
            for post in planning.list_posts(session, states=[PostState.AWAITING_APPROVAL])
            if is_approver and post.author != worker.name
        ],
        waiting=[thread for thread in answering.list_threads(session) if thread.waits_for_person]
        if is_writer
        else (),
        callbacks=answering.list_callbacks(session, only_open=True) if is_writer else (),
        today=planning.list_posts(
            session,
            since=midnight.astimezone(UTC),
            until=(midnight + timedelta(days=1)).astimezone(UTC),
        ),
    )


def _links(rows: Sequence[AlertRow]) -> Mapping[int, str]:
    """Where each alert leads; one whose matter has no page of its own leads nowhere."""
    rooms = {"thread": "/inbox/{}", "post": "/posts/{}", "callback": "/callbacks#callback-{}"}
    found = {}
    for row in rows:
        kind, _, number = row.subject.partition(":")
        if kind in rooms and row.id is not None:
            found[row.id] = rooms[kind].format(number)
    return found
