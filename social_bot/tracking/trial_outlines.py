"""Outreach trials without their words, as they may leave the unit: days, stages, decisions, and what was counted.

A trial's days lie on no grid of months, so its counts of people are rounded down to fives and hidden under five,
as in the trial's report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlmodel import Session

from social_bot.tracking import outreach_store as store
from social_bot.tracking.figures import Counted, Counts, Figure
from social_bot.tracking.month_values import MonthValues, month_values
from social_bot.tracking.outreach import Part, Totals, read_totals
from social_bot.tracking.suppression import Cell
from social_bot.tracking.trial_reports import TrialSummary, summarise_trials
from social_bot.tracking.trials import Stage

_PARTS: Mapping[Figure, str] = {
    Figure.VISIT_DECLINED: "declined",
    Figure.VISIT_CLIENTHOOD: "led_to_clienthood",
    Figure.VISIT_GUIDED_ON: "guided_on",
    Figure.VISIT_OUT_OF_AREA: "out_of_area",
}
VISIT_FIGURES: Sequence[Figure] = (
    *(Figure.VISITS_HELD, Figure.VISIT_MINUTES, Figure.VISIT_CONTACTS),
    *_PARTS,
)


@dataclass(frozen=True, kw_only=True)
class StageOutline:
    """``cells``: what the visits had counted when the stage was written last, on the day ``on``."""

    stage: Stage
    on: date
    cells: Mapping[Figure, Cell]


@dataclass(frozen=True, kw_only=True)
class TrialOutline:
    """``cells``: what the visits count now."""

    summary: TrialSummary
    cells: Mapping[Figure, Cell]
    stages: Sequence[StageOutline]


def outline_trials(session: Session, *, today: date, zone: ZoneInfo) -> Sequence[TrialOutline]:
    """Every trial, the newest first."""
    summaries = summarise_trials(session, today=today)
    written = store.newest_evaluations(session, [each.trial.id or 0 for each in summaries])
    return [
        TrialOutline(
            summary=summary,
            cells=tell_totals(summary.totals),
            stages=[
                StageOutline(
                    stage=stage,
                    on=row.at.astimezone(zone).date(),
                    cells=tell_totals(read_totals(row.figures)),
                )
                for stage in Stage
                if (row := written.get(summary.trial.id or 0, {}).get(stage)) is not None
            ],
        )
        for summary in summaries
    ]


def tell_totals(totals: Totals) -> Mapping[Figure, Cell]:
    values = values_of(totals)
    return {figure: values.cell(figure) for figure in VISIT_FIGURES}


def values_of(totals: Totals) -> MonthValues:
    """As they may leave the unit."""
    parts: dict[Figure, Part | None] = {figure: getattr(totals, name) for figure, name in _PARTS.items()}
    counted = [
        Counted(figure=Figure.VISITS_HELD, value=totals.times),
        Counted(figure=Figure.VISIT_MINUTES, value=totals.worker_minutes),
        Counted(figure=Figure.VISIT_CONTACTS, value=totals.contacts),
        *(Counted(figure=one, value=None if part is None else part.count) for one, part in parts.items()),
    ]
    return month_values([Counts(counted)], hides=True, is_off_grid=True)
