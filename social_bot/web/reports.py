"""Reports as pages: a month's, a campaign's. What they say may leave the unit."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Response

from social_bot.organisation import pages
from social_bot.planning.store import list_campaigns
from social_bot.tracking import history
from social_bot.tracking.campaign_report import build_campaign_report
from social_bot.tracking.figure_store import OFFICE
from social_bot.tracking.month_report import build_month_report
from social_bot.tracking.periods import month_at, months_between, parse_month
from social_bot.tracking.reports import Report, said, said_figure
from social_bot.web.pages import render
from social_bot.web.visits import Staff, StaffVisit

_MONTHS = 24

routes = APIRouter()


@routes.get("/reports")
def reports(visit: Staff) -> Response:
    """The months that there is anything of, the newest first, and the campaigns."""
    this = month_at(visit.moments.now, visit.moments.zone)
    with visit.site.bot.database.read() as session:
        known = [OFFICE, *(page.id for page in pages.everyone(session))]
        first = [history.first_month(session, page_id, visit.organisation) for page_id in known]
        earliest = min((month for month in first if month is not None), default=this)
        campaigns = list_campaigns(session)
    months = list(months_between(max(earliest, this.later(-_MONTHS)), this))
    return render(visit, "reports.html", months=months[::-1], this=this, campaigns=campaigns[::-1])


@routes.get("/reports/months/{month}")
def month_report(month: str, visit: Staff, page: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        names = {row.id: row.name for row in pages.everyone(session)}
        report = build_month_report(
            session,
            parse_month(month),
            organisation=visit.organisation,
            topic_names=visit.site.topic_names,
            language=visit.language,
            now=visit.moments.now,
            page_id=page if page in names else None,
        )
    return _show(visit, report, month=parse_month(month), names=names, page=page)


@routes.get("/reports/campaigns/{campaign_id:int}")
def campaign_report(campaign_id: int, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        report = build_campaign_report(
            session,
            campaign_id,
            organisation=visit.organisation,
            language=visit.language,
            now=visit.moments.now,
        )
    return _show(visit, report, campaign_id=campaign_id)


def _show(visit: StaffVisit, report: Report, **values: Any) -> Response:
    more: Mapping[str, Any] = {"month": None, "names": {}, "page": "", "campaign_id": None, **values}
    return render(
        visit,
        "report.html",
        report=report,
        said=partial(said, language=visit.language),
        said_figure=partial(said_figure, language=visit.language, day=visit.moments.full_day),
        **more,
    )
