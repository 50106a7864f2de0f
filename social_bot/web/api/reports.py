"""Goals as they stand, and the reports of campaigns."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from social_bot.errors import NotFound
from social_bot.organisation.metrics import Metric
from social_bot.planning.store import CampaignRow, list_campaigns
from social_bot.tracking.campaign_report import build_campaign_report
from social_bot.tracking.goal_files import ToldGoal, tell
from social_bot.tracking.progress import StandingGoal, goals_now
from social_bot.tracking.reports import Report, ReportFigure, ReportTable
from social_bot.web.api.answers import answer
from social_bot.web.api.asked import Nothing
from social_bot.web.api.models import (
    CampaignOut,
    ForecastOut,
    GoalOut,
    Items,
    ReportFigureOut,
    ReportOut,
    ReportRowOut,
    ReportSectionOut,
    ReportTableOut,
    told_each,
    told_fields,
)
from social_bot.web.api.outreach import LARGEST_ID
from social_bot.web.api.problems import Refusal
from social_bot.web.api.readers import Read, Reader

routes = APIRouter()

_OF_ALL_PAGES = frozenset({Metric.CALLBACKS_REQUESTED, Metric.CALLBACKS_DONE})
"""Requests for a call know no page, also where a campaign has a goal for them."""

_TABLES_OF_ALL_PAGES = frozenset({"callbacks"})


@routes.get("/goals", response_model=Items[GoalOut], summary="Goals as they stand")
def list_goals(request: Request, reader: Read, asked: Annotated[Nothing, Query()]) -> Response:
    """A goal of no page is for tokens that read everything."""
    del asked
    with reader.site.bot.database.read() as session:
        found = goals_now(session, now=reader.now, zone=reader.organisation.zone)
    items = [_goal(tell(goal)) for goal in found if _may_see(reader, goal)]
    return answer(request, reader, Items(items=items))


@routes.get("/campaigns", response_model=Items[CampaignOut], summary="The campaigns")
def campaigns(request: Request, reader: Read, asked: Annotated[Nothing, Query()]) -> Response:
    del asked
    items = [
        CampaignOut(
            campaign=row.id or 0,
            slug=row.slug,
            title=row.title.get(reader.language) or next(iter(row.title.values()), row.slug),
            page=row.page_id,
            state=row.state,
            starts_on=row.starts_on,
        )
        for row in _campaigns(reader)
    ]
    return answer(request, reader, Items(items=items))


@routes.get("/campaigns/{campaign_id}", response_model=ReportOut, summary="The report of a campaign")
def one_campaign(
    request: Request,
    reader: Read,
    campaign_id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
    asked: Annotated[Nothing, Query()],
) -> Response:
    """The same as on the page: counts of people are rounded down to fives, for its days lie on no months."""
    del asked
    if all(row.id != campaign_id for row in _campaigns(reader)):
        raise Refusal(
            404,
            NotFound("There is no campaign {id} here. See them at /api/v1/campaigns.", id=campaign_id),
            parameter="campaign_id",
        )
    with reader.site.bot.database.read() as session:
        report = build_campaign_report(
            session,
            campaign_id,
            organisation=reader.organisation,
            language=reader.language,
            now=reader.now,
        )
    return answer(request, reader, _report(report, reads_everything=reader.token.reads_everything))


def _campaigns(reader: Reader) -> Sequence[CampaignRow]:
    with reader.site.bot.database.read() as session:
        return [row for row in list_campaigns(session) if reader.token.reads(row.page_id)]


def _may_see(reader: Reader, goal: StandingGoal) -> bool:
    if goal.page_id is None or goal.row.metric in _OF_ALL_PAGES:
        return reader.token.reads_everything
    return reader.token.reads(goal.page_id)


def _goal(goal: ToldGoal) -> GoalOut:
    standing, progress = goal.standing, goal.standing.progress
    forecast = goal.forecast
    return GoalOut(
        goal=standing.row.id or 0,
        campaign=standing.campaign.slug if standing.campaign else None,
        trial=standing.row.trial_id,
        page=standing.page_id,
        metric=progress.goal.metric,
        target=progress.goal.target,
        **told_fields(goal.cell),
        not_available_since=progress.value.not_available_since,
        expected=progress.expected,
        forecast=forecast and ForecastOut(likely=forecast.likely, low=forecast.low, high=forecast.high),
        pace=goal.pace,
        starts_on=progress.goal.starts_on,
        by=progress.goal.by_on,
    )


def _report(report: Report, *, reads_everything: bool) -> ReportOut:
    """A token of single pages gets what is of the campaign's page, without what is of all pages together."""

    def is_of_all(key: str) -> bool:
        return key in _TABLES_OF_ALL_PAGES or any(
            key.endswith(f"-{metric.value}") for metric in _OF_ALL_PAGES
        )

    return ReportOut(
        kind=report.kind,
        language=report.language,
        title=report.title,
        subtitle=report.subtitle,
        organisation=report.organisation,
        first=report.first,
        last=report.last,
        is_running=report.is_running,
        sections=[
            ReportSectionOut(
                section=section.key,
                title=section.title,
                paragraphs=list(section.paragraphs),
                figures=[
                    _figure(each) for each in section.figures if reads_everything or not is_of_all(each.key)
                ],
                tables=[
                    _table(each) for each in section.tables if reads_everything or not is_of_all(each.key)
                ],
            )
            for section in report.sections
        ],
        notes=list(report.notes),
    )


def _figure(figure: ReportFigure) -> ReportFigureOut:
    return ReportFigureOut(
        figure=figure.key,
        name=figure.name,
        definition=figure.definition,
        source=figure.source,
        unit=figure.unit,
        **told_fields(figure.cell),
        not_available_since=figure.not_available_since,
        as_of=figure.as_of,
        is_estimate=figure.is_estimate,
        note=figure.note,
    )


def _table(table: ReportTable) -> ReportTableOut:
    return ReportTableOut(
        table=table.key,
        title=table.title,
        columns=list(table.columns),
        unit=table.unit,
        rows=[ReportRowOut(label=row.label, cells=told_each(row.cells)) for row in table.rows],
        note=table.note,
    )
