"""Goals as plain values and for a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from social_bot.organisation.metrics import DEFINITIONS
from social_bot.tracking.forecast import Forecast
from social_bot.tracking.goals import Pace, pace_at
from social_bot.tracking.progress import StandingGoal
from social_bot.tracking.suppression import SMALLEST, Cell, Mark, protect

_COLUMNS = (
    *("goal", "campaign", "trial", "page", "metric", "target", "value", "value_is", "available"),
    *(
        "not_available_since",
        "expected",
        "forecast",
        "forecast_low",
        "forecast_high",
        "pace",
        "starts_on",
        "by",
    ),
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def goal_record(goal: StandingGoal) -> dict[str, object]:
    """One goal as plain values, for those who work here; ``value`` is None when it is not available."""
    progress, forecast = goal.progress, goal.forecast
    since = progress.value.not_available_since
    return {
        "goal": goal.row.id,
        "campaign": None if goal.campaign is None else goal.campaign.slug,
        "trial": goal.row.trial_id,
        "page": goal.page_id,
        "metric": progress.goal.metric.value,
        "target": progress.goal.target,
        "value": progress.value.value,
        "available": progress.value.value is not None,
        "not_available_since": None if since is None else since.isoformat(),
        "expected": progress.expected,
        "forecast": None
        if forecast is None
        else {"likely": forecast.likely, "low": forecast.low, "high": forecast.high},
        "pace": progress.pace.value,
        "starts_on": progress.goal.starts_on.isoformat(),
        "by": progress.goal.by_on.isoformat(),
    }


@dataclass(frozen=True, kw_only=True)
class ToldGoal:
    """A goal as it may leave the unit. ``pace`` None: it would tell more of the value than is told."""

    standing: StandingGoal
    cell: Cell
    forecast: Forecast | None
    pace: Pace | None


def tell(goal: StandingGoal) -> ToldGoal:
    """A count of people is rounded down to fives and never foreseen to the person.

    For its time lies on no grid of months, and it can be taken out every day. The pace is told only where every
    value that the reader may think of has the same.
    """
    progress, value = goal.progress, goal.progress.value.value
    definition = DEFINITIONS[progress.goal.metric]
    if not definition.counts_people or definition.is_percent or value is None:
        return ToldGoal(standing=goal, cell=Cell(value=value), forecast=goal.forecast, pace=progress.pace)
    cell = protect(value, is_off_grid=True)
    forecast = None
    if goal.forecast is not None and cell.mark is not Mark.SMALL:
        forecast = Forecast(
            likely=_rounded(goal.forecast.likely),
            low=_rounded(goal.forecast.low),
            high=_rounded(goal.forecast.high),
        )
    low, high = (1, SMALLEST - 1) if cell.mark is Mark.SMALL else (value, value)
    if cell.mark is Mark.ROUNDED:
        low, high = _rounded(value), _rounded(value) + SMALLEST - 1
    paces = {pace_at(progress.goal, at, passed=progress.passed) for at in range(low, high + 1)}
    return ToldGoal(
        standing=goal, cell=cell, forecast=forecast, pace=paces.pop() if len(paces) == 1 else None
    )


def outside_record(goal: StandingGoal) -> dict[str, object]:
    """``tell`` as plain values, for a spreadsheet."""
    told = tell(goal)
    forecast = told.forecast
    record = goal_record(goal) | {
        "value": f"< {SMALLEST}" if told.cell.mark is Mark.SMALL else told.cell.value,
        "value_is": "rounded down to fives" if told.cell.mark is Mark.ROUNDED else "",
        "pace": "" if told.pace is None else told.pace.value,
        "forecast": None if forecast is None else forecast.likely,
        "forecast_low": None if forecast is None else forecast.low,
        "forecast_high": None if forecast is None else forecast.high,
    }
    return {name: record[name] for name in _COLUMNS}


def goals_csv(goals: Sequence[StandingGoal]) -> str:
    """Semicolons and a byte order mark, as a Finnish spreadsheet opens it; unavailable values stay empty."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.DictWriter(out, fieldnames=_COLUMNS, delimiter=";")
    writer.writeheader()
    for goal in goals:
        writer.writerow({key: safe_cell(value) for key, value in outside_record(goal).items()})
    return out.getvalue()


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _rounded(count: int) -> int:
    return count - count % SMALLEST
