"""Outreach: visits by month and channel, trials with their stages, and the channels on one measure."""

import math
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from social_bot.errors import NotFound
from social_bot.tracking.figures import Figure
from social_bot.tracking.intervals import Interval
from social_bot.tracking.outreach import Measured
from social_bot.tracking.suppression import Cell
from social_bot.tracking.told_visits import ToldRow, compare_told, visits_by_month
from social_bot.tracking.trial_outlines import TrialOutline, outline_trials
from social_bot.web.api.answers import answer
from social_bot.web.api.asked import ComparisonAsked, InMonths, Nothing
from social_bot.web.api.models import (
    ComparedOut,
    ComparisonOut,
    IntervalOut,
    Items,
    MeasuredOut,
    StageOut,
    TrialOut,
    VisitCounts,
    VisitsOut,
    told,
)
from social_bot.web.api.problems import Refusal
from social_bot.web.api.readers import Read, Reader

routes = APIRouter()

LARGEST_ID = 2**31 - 1


@routes.get("/visits", response_model=Items[VisitsOut], summary="Visits by month and channel")
def list_visits(request: Request, reader: Read, asked: Annotated[InMonths, Query()]) -> Response:
    """Of people, a channel is told only in a month in which every channel's count may be told."""
    reader.require_everything()
    with reader.site.bot.database.read() as session:
        found = visits_by_month(session, asked.in_order)
    items = [VisitsOut(month=each.month, channel=each.channel, **_counted(each.cells)) for each in found]
    return answer(request, reader, Items(items=items))


@routes.get(
    "/trials", response_model=Items[TrialOut], summary="Outreach trials with what their stages counted"
)
def list_trials(request: Request, reader: Read, asked: Annotated[Nothing, Query()]) -> Response:
    del asked
    reader.require_everything()
    return answer(request, reader, Items(items=[_trial(each) for each in _outlines(reader)]))


@routes.get("/trials/{trial_id}", response_model=TrialOut, summary="One outreach trial")
def one_trial(
    request: Request,
    reader: Read,
    trial_id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
    asked: Annotated[Nothing, Query()],
) -> Response:
    del asked
    reader.require_everything()
    for outline in _outlines(reader):
        if outline.summary.trial.id == trial_id:
            return answer(request, reader, _trial(outline))
    raise Refusal(404, NotFound("There is no trial {id}.", id=trial_id), parameter="trial_id")


@routes.get("/comparison", response_model=ComparisonOut, summary="The channels on one measure")
def compare(request: Request, reader: Read, asked: Annotated[ComparisonAsked, Query()]) -> Response:
    """Contacts per worker hour, of the months that are over."""
    reader.require_everything()
    with reader.site.bot.database.read() as session:
        found = compare_told(session, asked.in_order, against=asked.against)
    document = ComparisonOut(
        months=list(found.months), against=found.against, items=[_compared(row) for row in found.rows]
    )
    return answer(request, reader, document)


def _outlines(reader: Reader) -> list[TrialOutline]:
    organisation = reader.organisation
    with reader.site.bot.database.read() as session:
        today = organisation.today(reader.now)
        return list(outline_trials(session, today=today, zone=organisation.zone))


def _trial(outline: TrialOutline) -> TrialOut:
    trial, decision = outline.summary.trial, outline.summary.decision
    return TrialOut(
        trial=trial.id or 0,
        title=trial.title,
        channel=trial.channel,
        campaign=trial.campaign_id,
        state=outline.summary.state,
        starts_on=trial.starts_on,
        mid_on=trial.mid_on,
        ends_on=trial.ends_on,
        decision=decision.decision if decision else None,
        decided_on=decision.decided_on if decision else None,
        counts=VisitCounts(**_counted(outline.cells)),
        stages=[
            StageOut(stage=each.stage, written_on=each.on, counts=VisitCounts(**_counted(each.cells)))
            for each in outline.stages
        ],
    )


def _compared(row: ToldRow) -> ComparedOut:
    return ComparedOut(
        channel=row.channel,
        counts=VisitCounts(**_counted(row.cells)),
        contacts_per_hour=_measured(row.per_hour),
        verdict=row.verdict,
        ratio=None if row.ratio is None else _interval(row.ratio),
    )


def _counted(cells: Mapping[Figure, Cell]) -> dict[str, object]:
    return {
        "visits_held": cells[Figure.VISITS_HELD].value,
        "worker_minutes": cells[Figure.VISIT_MINUTES].value,
        "contacts": told(cells[Figure.VISIT_CONTACTS]),
        "declined": told(cells[Figure.VISIT_DECLINED]),
        "led_to_clienthood": told(cells[Figure.VISIT_CLIENTHOOD]),
        "guided_on": told(cells[Figure.VISIT_GUIDED_ON]),
        "out_of_area": told(cells[Figure.VISIT_OUT_OF_AREA]),
    }


def _measured(measured: Measured | None) -> MeasuredOut | None:
    if measured is None:
        return None
    return MeasuredOut(value=measured.value, interval=_interval(measured.interval))


def _interval(interval: Interval) -> IntervalOut:
    return IntervalOut(low=interval.low, high=interval.high if math.isfinite(interval.high) else None)
