"""A page's way from practice to live: each step, what is missing, and a coordinator's word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response

from social_bot.answering import going_live
from social_bot.answering.readiness import Check, Finding
from social_bot.errors import NotAllowed
from social_bot.organisation import connecting, directory, pages
from social_bot.organisation.connecting import ByPerson
from social_bot.organisation.roles import Role
from social_bot.web.keepers import keeps
from social_bot.web.live_words import CHECKS, STEPS, CheckWords, Step
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Staff, StaffForm, StaffVisit

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Line:
    """One check in words, with where it is mended."""

    finding: Finding
    words: CheckWords

    @property
    def look(self) -> str:
        if self.finding.is_met:
            return "met"
        return "blocks" if self.finding.blocks else "warns"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A step of the way with its checks; ``is_done`` when none of them is open."""

    step: Step
    lines: Sequence[Line]
    is_done: bool


@routes.get("/pages/{page_id}/live")
def guide(page_id: str, visit: Staff, done: str = "") -> Response:
    return _guide(visit, page_id, done=done)


@routes.post("/pages/{page_id}/check")
def check(page_id: str, visit: Staff, form: StaffForm) -> Response:
    """Ask Facebook now about the token, the permissions and the subscription."""
    del form
    bot, now = visit.site.bot, visit.moments.now
    with bot.database.read() as session:
        directory.require_keeper(session, visit.worker.name)
        access = pages.access(pages.get(session, page_id), bot.database.cipher)
    report = bot.channel.check(access)
    with bot.database.write() as session:
        page = pages.get(session, page_id)
        connecting.record_look(session, page, report, now=now)
        if not report.is_valid:
            pages.disconnect(session, page_id, reason=report.problem or connecting.LOST, now=now)
    return see_other(f"/pages/{page_id}/live?done=page_checked#checked")


@routes.post("/pages/{page_id}/subscribe")
def subscribe(page_id: str, visit: Staff, form: StaffForm) -> Response:
    bot = visit.site.bot
    with bot.database.read() as session:
        directory.require_keeper(session, visit.worker.name)
        access = pages.access(pages.get(session, page_id), bot.database.cipher)
    bot.channel.subscribe(access)
    return check(page_id, visit, form)


@routes.post("/pages/{page_id}/confirm/{matter}")
def confirm(page_id: str, matter: ByPerson, visit: Staff, form: StaffForm) -> Response:
    """Somebody has looked at Facebook and says how it is there."""
    with visit.site.bot.database.write() as session:
        connecting.confirm_by_person(
            session,
            page_id,
            matter,
            done=form.get("done") == "yes",
            by=visit.worker.name,
            now=visit.moments.now,
        )
    return see_other(f"/pages/{page_id}/live?done=page_confirmed#checked")


@routes.post("/pages/{page_id}/live")
def go_live(page_id: str, visit: Staff, form: StaffForm) -> Response:
    """The coordinator's word; the warnings they saw come with the form, and a new one stops it."""
    bot = visit.site.bot
    known = {name for name in form.get("warnings", "").split(",") if name}
    if known and form.get("known") != "yes":
        raise NotAllowed(
            "Something is missing that you have not marked as known. Read the list again before you go live."
        )
    going_live.go_live(
        bot.database,
        page_id,
        conversations=bot.channel,
        judge=lambda session: bot.judge_readiness(session, pages.get(session, page_id)),
        accepted={check for check in Check if check.value in known},
        by=visit.worker.name,
        clock=bot.now,
    )
    return see_other(f"/pages/{page_id}/live?done=page_live")


@routes.post("/pages/{page_id}/leave-live")
def leave_live(page_id: str, visit: Staff, form: StaffForm) -> Response:
    if form.get("sure") != "yes":
        return see_other(f"/pages/{page_id}/live#leave")
    with visit.site.bot.database.write() as session:
        connecting.leave_live(session, page_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/pages/{page_id}/live?done=page_left_live")


def _guide(visit: StaffVisit, page_id: str, *, done: str) -> Response:
    bot = visit.site.bot
    with bot.database.read() as session:
        page = pages.get(session, page_id)
        findings = bot.judge_readiness(session, page)
    stages = _stages(findings)
    return render(
        visit,
        "going_live.html",
        page=page,
        stages=stages,
        blocking=[finding for finding in findings if finding.blocks],
        warnings=[finding for finding in findings if finding.warns],
        webhook=f"{bot.settings.base_url}/webhooks/facebook",
        keeps=keeps(visit),
        may_go_live=visit.holds(Role.COORDINATOR, page_id),
        done=done,
    )


def _stages(findings: Sequence[Finding]) -> Mapping[str, Stage]:
    lines = [Line(finding=finding, words=CHECKS[finding.check]) for finding in findings]
    stages = {}
    for step in STEPS:
        own = [line for line in lines if line.words.step is step]
        stages[step.value] = Stage(step=step, lines=own, is_done=all(line.finding.is_met for line in own))
    return stages
