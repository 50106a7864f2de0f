"""Reports as pages and as files: a month's, a campaign's, a trial's, a practice's. They may leave the unit."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.organisation import pages
from social_bot.planning.store import list_campaigns
from social_bot.tracking import history
from social_bot.tracking.campaign_report import build_campaign_report
from social_bot.tracking.documents import MEDIA_TYPES, file_name, parse_form
from social_bot.tracking.documents import render as render_document
from social_bot.tracking.figure_store import OFFICE
from social_bot.tracking.forms import read_practice_form, read_trial_form
from social_bot.tracking.month_report import build_month_report
from social_bot.tracking.outreach_reports import build_practice_report, build_trial_report
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
        report = _month(session, visit, month, page if page in names else None)
    query = f"?page={page}" if page in names else ""
    return _show(
        visit,
        report,
        file=f"/reports/months/{month}",
        query=query,
        month=parse_month(month),
        names=names,
        page=page,
    )


@routes.get("/reports/campaigns/{campaign_id:int}")
def campaign_report(campaign_id: int, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        report = _campaign(session, visit, campaign_id)
    return _show(visit, report, file=f"/reports/campaigns/{campaign_id}")


@routes.get("/reports/months/{month}/{form}")
def month_file(month: str, form: str, visit: Staff, page: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        report = _month(session, visit, month, pages.get(session, page).id if page else None)
    return _file(visit, report, form)


@routes.get("/reports/campaigns/{campaign_id:int}/{form}")
def campaign_file(campaign_id: int, form: str, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        report = _campaign(session, visit, campaign_id)
    return _file(visit, report, form)


@routes.get("/reports/trials/{trial_id:int}/{form}")
def trial_file(trial_id: int, form: str, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        report = build_trial_report(
            session,
            trial_id,
            form=read_trial_form(visit.site.bot.templates),
            organisation=visit.organisation,
            language=visit.language,
            now=visit.moments.now,
        )
    return _file(visit, report, form)


@routes.get("/reports/practices/{practice_id:int}/{form}")
def practice_file(practice_id: int, form: str, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        report = build_practice_report(
            session,
            practice_id,
            form=read_practice_form(visit.site.bot.templates),
            organisation=visit.organisation,
            language=visit.language,
            now=visit.moments.now,
        )
    return _file(visit, report, form)


def _month(session: Session, visit: StaffVisit, month: str, page_id: str | None) -> Report:
    return build_month_report(
        session,
        parse_month(month),
        organisation=visit.organisation,
        topic_names=visit.site.topic_names,
        language=visit.language,
        now=visit.moments.now,
        page_id=page_id,
    )


def _campaign(session: Session, visit: StaffVisit, campaign_id: int) -> Report:
    return build_campaign_report(
        session,
        campaign_id,
        organisation=visit.organisation,
        language=visit.language,
        now=visit.moments.now,
        trial_form=read_trial_form(visit.site.bot.templates),
    )


def _show(visit: StaffVisit, report: Report, *, file: str, query: str = "", **values: Any) -> Response:
    more: Mapping[str, Any] = {"month": None, "names": {}, "page": "", **values}
    return render(
        visit,
        "report.html",
        report=report,
        said=partial(said, language=visit.language),
        said_figure=partial(said_figure, language=visit.language, day=visit.moments.full_day),
        file=file,
        query=query,
        **more,
    )


def _file(visit: StaffVisit, report: Report, form: str) -> Response:
    """To be kept, not opened in the browser: a report leaves as a file."""
    chosen = parse_form(form)
    return Response(
        render_document(report, chosen, templates=visit.site.bot.templates),
        media_type=MEDIA_TYPES[chosen],
        headers={
            "Content-Disposition": f'attachment; filename="{file_name(report, chosen)}"',
            "Cache-Control": "no-store",
        },
    )
