"""Follow-up: every goal, as a page and for a spreadsheet."""

from fastapi import APIRouter, Response

from social_bot.organisation import pages
from social_bot.organisation.roles import Role
from social_bot.tracking.goal_files import goals_csv
from social_bot.tracking.progress import StandingGoal, goals_now
from social_bot.web.pages import render
from social_bot.web.visits import Staff

routes = APIRouter()


@routes.get("/goals")
def goals(visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        found = goals_now(session, now=visit.moments.now, zone=visit.moments.zone)
        names = {page.id: page.name for page in pages.everyone(session)}
    by_campaign: dict[int, list[StandingGoal]] = {}
    for goal in found:
        if goal.row.campaign_id is not None:
            by_campaign.setdefault(goal.row.campaign_id, []).append(goal)
    return render(
        visit,
        "goals.html",
        goals=found,
        by_campaign=list(by_campaign.values()),
        others=[goal for goal in found if goal.campaign is None],
        pages=names,
        may_add=visit.holds(Role.COORDINATOR),
        done=done,
    )


@routes.get("/goals.csv")
def goals_for_a_spreadsheet(visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        found = goals_now(session, now=visit.moments.now, zone=visit.moments.zone)
    return Response(
        goals_csv(found),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="goals-{visit.moments.today}.csv"',
            "Cache-Control": "no-store",
        },
    )
