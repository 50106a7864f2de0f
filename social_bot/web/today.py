"""Today: what needs this worker now, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.answering import store as answering
from social_bot.answering.queue import Entry, Show, list_inbox
from social_bot.answering.store import CallbackRow
from social_bot.organisation import alerts, heartbeats, notices, pages
from social_bot.organisation.alerts import AlertKind, AlertRow
from social_bot.organisation.directory import Organisation
from social_bot.organisation.notices import NoticeState
from social_bot.organisation.roles import Role
from social_bot.planning import approvals, notes
from social_bot.planning import store as planning
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow
from social_bot.tracking.trial_reports import TrialSummary, trials_due
from social_bot.tracking.trials import Due
from social_bot.web.moments import Moments
from social_bot.web.outreach_words import OutreachWords
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Staff, StaffForm, Worker

_TROUBLED = (PostState.UNCONFIRMED, PostState.FAILED, PostState.MISSED, PostState.EXPIRED)

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class AlertLine:
    """One matter: its newest alert, since when it is open, and whether people could be told of it."""

    alert: AlertRow
    since: datetime
    told: int
    unreached: Sequence[str]
    path: str | None


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a worker of these roles must see; a part that is not theirs is empty.

    ``silent_since``: no worker has run since, so nothing goes out and nobody is told of anything.
    """

    alerts: Sequence[AlertLine]
    silent_since: datetime | None
    troubled: Sequence[PostRow]
    sent_back: Sequence[PostRow]
    to_approve: Sequence[PostRow]
    waiting: Sequence[Entry]
    callbacks: Sequence[CallbackRow]
    trials: Sequence[TrialSummary]
    today: Sequence[PostRow]

    @property
    def count(self) -> int:
        """How many things wait for somebody."""
        own = (self.troubled, self.sent_back, self.to_approve)
        return sum(len(part) for part in (self.alerts, *own, self.waiting, self.callbacks, self.trials))


@routes.get("/")
def today(visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        needs = gather_needs(session, visit.worker, visit.moments, visit.organisation)
        names = {page.id: page.name for page in pages.everyone(session)}
        return render(
            visit, "today.html", needs=needs, o=OutreachWords(moments=visit.moments), pages=names, done=done
        )


@routes.post("/alerts/{alert_id}/acknowledge")
def acknowledge(alert_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        alerts.acknowledge(session, alert_id, by=visit.worker.name, now=visit.moments.now)
    return see_other("/?done=acknowledged")


def gather_needs(session: Session, worker: Worker, moments: Moments, organisation: Organisation) -> Needs:
    is_writer = worker.holds(Role.WRITER)
    midnight = datetime.combine(moments.today, time(), tzinfo=moments.zone)
    return Needs(
        alerts=_alert_lines(session),
        silent_since=heartbeats.silent_since(session, now=moments.now),
        troubled=[
            post
            for post in planning.list_posts(session, states=_TROUBLED)
            if is_writer and (post.state is not PostState.EXPIRED or worker.name in post.hands)
        ],
        sent_back=[
            planning.get_post(session, post_id) for post_id in notes.sent_back_to(session, worker.name)
        ],
        to_approve=approvals.list_waiting(session, worker.name, now=moments.now),
        waiting=list_inbox(session, organisation, show=Show.WAITING, now=moments.now).entries
        if is_writer
        else (),
        callbacks=answering.list_callbacks(session, only_open=True) if is_writer else (),
        trials=[
            each
            for each in trials_due(session, today=moments.today)
            if worker.holds(Role.COORDINATOR) or (is_writer and each.due is not Due.DECISION)
        ],
        today=planning.list_posts(
            session,
            since=midnight.astimezone(UTC),
            until=(midnight + timedelta(days=1)).astimezone(UTC),
        ),
    )


def _alert_lines(session: Session) -> Sequence[AlertLine]:
    """One line a matter, the most urgent first; the trials that wait have a list of their own on this page."""
    rows = [row for row in alerts.unacknowledged(session) if row.kind is not AlertKind.EVALUATION_DUE]
    by_matter: dict[tuple[str, str], list[AlertRow]] = {}
    for row in rows:
        by_matter.setdefault((row.kind, row.subject), []).append(row)
    sent = notices.of_alerts(session, [row.id or 0 for row in rows])
    lines = []
    for matter in by_matter.values():
        own = [notice for notice in sent if notice.alert_id in {row.id for row in matter}]
        failed = {notice.source for notice in own if notice.state is NoticeState.FAILED}
        lines.append(
            AlertLine(
                alert=max(matter, key=lambda row: row.id or 0),
                since=min(row.raised_at for row in matter),
                told=sum(notice.state is NoticeState.SENT for notice in own),
                unreached=sorted(failed),
                path=notices.path_to(matter[0].subject),
            )
        )
    return lines
