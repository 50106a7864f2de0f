"""Follow-up: how the answers of a month did, and the conditions under which a machine may advise."""

from datetime import date, timedelta

from fastapi import APIRouter, Response

from social_bot.answering.conditions import judge_conditions
from social_bot.answering.quality import export_csv, parse_month, report_month
from social_bot.answering.replies import newest_versions
from social_bot.web.pages import render
from social_bot.web.visits import Staff, StaffVisit

routes = APIRouter()


@routes.get("/quality")
def quality(visit: Staff, month: str = "") -> Response:
    first = _month(visit, month)
    with visit.site.bot.database.read() as session:
        report = report_month(session, first, visit.organisation, now=visit.moments.now)
    following = (first + timedelta(days=31)).replace(day=1)
    return render(
        visit,
        "quality.html",
        report=report,
        previous=(first - timedelta(days=1)).replace(day=1),
        following=following if following <= visit.moments.today else None,
    )


@routes.get("/quality.csv")
def quality_for_a_spreadsheet(visit: Staff, month: str = "") -> Response:
    """What leaves the unit: small counts are hidden."""
    first = _month(visit, month)
    with visit.site.bot.database.read() as session:
        report = report_month(session, first, visit.organisation, now=visit.moments.now)
    return Response(
        export_csv(report),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="quality-{first:%Y-%m}.csv"',
            "Cache-Control": "no-store",
        },
    )


@routes.get("/service")
def service(visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        standings = judge_conditions(newest_versions(session), visit.organisation, today=visit.moments.today)
    owner = visit.organisation.value("quality_owner", visit.language)
    return render(visit, "service.html", standings=standings, owner=owner)


def _month(visit: StaffVisit, month: str) -> date:
    """Its first day; without one, of the month that runs."""
    return parse_month(month) if month else visit.moments.today.replace(day=1)
