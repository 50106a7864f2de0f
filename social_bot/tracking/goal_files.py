"""Goals as plain values and for a spreadsheet."""

import csv
import io
from collections.abc import Mapping, Sequence

from social_bot.organisation.metrics import DEFINITIONS
from social_bot.tracking.progress import StandingGoal
from social_bot.tracking.suppression import SMALLEST

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


def outside_record(goal: StandingGoal) -> dict[str, object]:
    """One goal as it may leave the unit.

    Its time lies on no grid of months and it can be taken out every day, so a count of people is rounded down
    to fives and never foreseen to the person.
    """
    record = goal_record(goal)
    forecast = record.pop("forecast")
    definition = DEFINITIONS[goal.progress.goal.metric]
    hides = definition.counts_people and not definition.is_percent
    record |= {"value_is": "", "forecast": None, "forecast_low": None, "forecast_high": None}
    if isinstance(forecast, Mapping):
        found = {name: _rounded(forecast[name]) if hides else forecast[name] for name in forecast}
        record |= {"forecast": found["likely"], "forecast_low": found["low"], "forecast_high": found["high"]}
    value = goal.progress.value.value
    if value is None or not hides or value == 0:
        return record
    if value < SMALLEST:
        return record | {
            "value": f"< {SMALLEST}",
            "forecast": None,
            "forecast_low": None,
            "forecast_high": None,
        }
    return record | {"value": _rounded(value), "value_is": "rounded down to fives"}


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
