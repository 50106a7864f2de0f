"""One goal: how it stands, what made it up, what has changed since the last look; adding, changing, ending."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.errors import InvalidInput, SocialBotError
from social_bot.organisation import pages
from social_bot.organisation.metrics import Metric
from social_bot.organisation.roles import Role
from social_bot.planning.store import CampaignState, GoalRow, list_campaigns
from social_bot.tracking import goal_deeds, outreach_store
from social_bot.tracking.contributions import contributions
from social_bot.tracking.goal_deeds import GoalPlan
from social_bot.tracking.progress import goal_now
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Staff, StaffForm, StaffVisit
from social_bot.web.wording import Words

ALL = "all"

Problems = Mapping[str, SocialBotError]

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Read:
    """``plan`` is None where there are problems."""

    plan: GoalPlan | None
    problems: Problems


@routes.get("/goals/new")
def new(visit: Staff, campaign: str = "", trial: str = "") -> Response:
    about = f"campaign:{campaign}" if campaign.isdecimal() else f"trial:{trial}" if trial.isdecimal() else ""
    typed = {"about": about, "starts_on": visit.moments.today.isoformat()}
    return _form(visit, typed, {})


@routes.post("/goals/new")
def add(visit: Staff, form: StaffForm) -> Response:
    read = read_goal(form)
    if read.plan is None:
        return _form(visit, form, read.problems)
    try:
        with visit.site.bot.database.write() as session:
            row = goal_deeds.add(
                session, read.plan, language=visit.language, by=visit.worker.name, now=visit.moments.now
            )
            goal_id = row.id
    except InvalidInput as error:
        return _form(visit, form, {"form": error})
    return see_other(f"/goals/{goal_id}?done=goal_added")


@routes.get("/goals/{goal_id:int}")
def one(goal_id: int, visit: Staff, done: str = "") -> Response:
    now, zone = visit.moments.now, visit.moments.zone
    with visit.site.bot.database.read() as session:
        standing = goal_now(session, goal_deeds.get(session, goal_id), now=now, zone=zone)
        made_of = contributions(session, standing, now=now, zone=zone)
        names = {page.id: page.name for page in pages.everyone(session)}
    value = standing.progress.value.value
    with visit.site.bot.database.write() as session:
        look = goal_deeds.look(session, goal_id, value=value, by=visit.worker.name, now=now)
    return render(
        visit,
        "goal.html",
        each=standing,
        made_of=made_of,
        look=look,
        change=None if value is None or look.value_before is None else value - look.value_before,
        pages=names,
        may_change=visit.holds(Role.COORDINATOR, standing.page_id),
        done=done,
    )


@routes.get("/goals/{goal_id:int}/change")
def ask_for_change(goal_id: int, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        row = goal_deeds.get(session, goal_id)
    return _form(visit, _typed(row, visit.language), {}, row=row)


@routes.post("/goals/{goal_id:int}/change")
def change(goal_id: int, visit: Staff, form: StaffForm) -> Response:
    with visit.site.bot.database.read() as session:
        row = goal_deeds.get(session, goal_id)
    typed = {**form, "about": _about(row), "metric": row.metric.value}
    read = read_goal(typed)
    if read.plan is None:
        return _form(visit, typed, read.problems, row=row)
    try:
        with visit.site.bot.database.write() as session:
            goal_deeds.change(
                session,
                goal_id,
                read.plan,
                language=visit.language,
                by=visit.worker.name,
                now=visit.moments.now,
            )
    except InvalidInput as error:
        return _form(visit, typed, {"form": error}, row=row)
    return see_other(f"/goals/{goal_id}?done=goal_changed")


@routes.post("/goals/{goal_id:int}/end")
def end(goal_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        goal_deeds.end(session, goal_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/goals/{goal_id}?done=goal_ended")


def read_goal(typed: Mapping[str, str]) -> Read:
    """A goal's plan out of a form."""
    problems: dict[str, SocialBotError] = {}
    kind, _, number = typed.get("about", "").partition(":")
    if kind not in ("campaign", "trial", "page", ALL) or (kind != ALL and not number.isdecimal()):
        problems["about"] = InvalidInput("Choose what the goal is for.")
    metric = next((one for one in Metric if one.value == typed.get("metric")), None)
    if metric is None:
        problems["metric"] = InvalidInput("Choose what is measured.")
    target = typed.get("target", "").replace(" ", "").replace("\u00a0", "")
    if not target.isdecimal() or not 1 <= len(target) <= 9 or int(target) < 1:
        problems["target"] = InvalidInput("The target is a whole number, 1 at least.")
    days = {}
    for name, is_needed in (("starts_on", kind in ("page", ALL)), ("by_on", True)):
        try:
            days[name] = date.fromisoformat(typed.get(name, ""))
        except ValueError:
            if is_needed or typed.get(name):
                problems[name] = InvalidInput("Give the day, for example {example}.", example="31.12.2026")
    if problems or metric is None:
        return Read(plan=None, problems=problems)
    return Read(
        plan=GoalPlan(
            metric=metric,
            target=int(target),
            starts_on=days.get("starts_on"),
            by_on=days["by_on"],
            target_group=typed.get("target_group", ""),
            why=typed.get("why", ""),
            campaign_id=int(number) if kind == "campaign" else None,
            trial_id=int(number) if kind == "trial" else None,
            page_id=number if kind == "page" else None,
        ),
        problems={},
    )


def _form(
    visit: StaffVisit, typed: Mapping[str, str], problems: Problems, *, row: GoalRow | None = None
) -> Response:
    with visit.site.bot.database.read() as session:
        about = _choices(session, visit)
    return render(
        visit,
        "goal_form.html",
        form=typed,
        problems=dict(problems),
        about=about,
        metrics=list(Metric),
        row=row,
        status=422 if problems else 200,
    )


def _choices(session: Session, visit: StaffVisit) -> list[tuple[str, str, str]]:
    """Value, kind and name of everything that a goal may be for."""
    words = Words(language=visit.language, topic_names=lambda: visit.site.topic_names)
    return [
        *(
            (f"campaign:{row.id}", "campaign", words.said(row.title))
            for row in list_campaigns(session)
            if row.state is not CampaignState.ENDED
        ),
        *((f"trial:{row.id}", "trial", row.title) for row in outreach_store.list_trials(session)),
        *((f"page:{page.id}", "page", page.name) for page in pages.everyone(session)),
        (ALL, ALL, ""),
    ]


def _about(row: GoalRow) -> str:
    if row.campaign_id is not None:
        return f"campaign:{row.campaign_id}"
    if row.trial_id is not None:
        return f"trial:{row.trial_id}"
    return f"page:{row.page_id}" if row.page_id else ALL


def _typed(row: GoalRow, language: str) -> Mapping[str, str]:
    return {
        "about": _about(row),
        "metric": row.metric.value,
        "target": str(row.target),
        "starts_on": row.starts_on.isoformat() if row.starts_on else "",
        "by_on": row.by_on.isoformat(),
        "target_group": row.target_group.get(language, ""),
        "why": row.why.get(language, ""),
    }
