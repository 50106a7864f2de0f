"""Figures in the forms that leave the program: one model, several forms."""

import csv
import io
from collections.abc import Sequence

from social_bot.tracking.progress import CampaignGoal

_COLUMNS = (
    *("campaign", "page", "metric", "target", "value", "available", "not_available_since"),
    *("expected", "pace", "starts_on", "by"),
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def goal_record(goal: CampaignGoal) -> dict[str, object]:
    """One goal as plain values; ``value`` is None when it is not available."""
    progress = goal.progress
    since = progress.value.not_available_since
    return {
        "campaign": goal.campaign.slug,
        "page": goal.campaign.page_id,
        "metric": progress.goal.metric.value,
        "target": progress.goal.target,
        "value": progress.value.value,
        "available": progress.value.value is not None,
        "not_available_since": None if since is None else since.isoformat(),
        "expected": progress.expected,
        "pace": progress.pace.value,
        "starts_on": progress.goal.starts_on.isoformat(),
        "by": progress.goal.by_on.isoformat(),
    }


def goals_csv(goals: Sequence[CampaignGoal]) -> str:
    """Semicolons and a byte order mark, as a Finnish spreadsheet opens it; unavailable values stay empty."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.DictWriter(out, fieldnames=_COLUMNS, delimiter=";")
    writer.writeheader()
    for goal in goals:
        writer.writerow({key: _cell(value) for key, value in goal_record(goal).items()})
    return out.getvalue()


def _cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
