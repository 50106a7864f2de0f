"""Goals: target, value, pace. What cannot be known is not available, never zero."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from social_bot.organisation.metrics import DEFINITIONS, Metric
from social_bot.organisation.public_holidays import is_holiday

TOO_EARLY = 0.1
"""Before this share of the working days has passed, a pace says nothing."""

ON_TRACK = 0.9
"""At or above this share of what is expected by now, the goal is on track."""


class Pace(StrEnum):
    REACHED = "reached"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    TOO_EARLY = "too_early"
    NOT_AVAILABLE = "not_available"


@dataclass(frozen=True, kw_only=True)
class OutreachGoal:
    metric: Metric
    target: int
    starts_on: date
    by_on: date


@dataclass(frozen=True, kw_only=True)
class Value:
    """``value`` None: not available, since ``not_available_since`` where that is known."""

    value: int | None
    not_available_since: date | None = None


@dataclass(frozen=True, kw_only=True)
class Progress:
    """``expected`` is what an even pace would have brought, now that the share ``passed`` of the days is over."""

    goal: OutreachGoal
    value: Value
    expected: float
    passed: float
    pace: Pace

    @property
    def share(self) -> float | None:
        """Of the target, 0-1 and above; None when the value is not available."""
        if self.value.value is None:
            return None
        return self.value.value / self.goal.target if self.goal.target else 1.0


def assess(goal: OutreachGoal, value: Value, *, today: date) -> Progress:
    """How the goal stands today. A percentage is expected whole from the first day."""
    passed = _share_passed(goal, today)
    return Progress(
        goal=goal,
        value=value,
        expected=round(_expected(goal, passed), 1),
        passed=passed,
        pace=Pace.NOT_AVAILABLE if value.value is None else pace_at(goal, value.value, passed=passed),
    )


def pace_at(goal: OutreachGoal, value: int, *, passed: float) -> Pace:
    """The pace at this value, when so much of the goal's working days is over."""
    if value >= goal.target:
        return Pace.REACHED
    if passed < TOO_EARLY:
        return Pace.TOO_EARLY
    return Pace.ON_TRACK if value >= _expected(goal, passed) * ON_TRACK else Pace.BEHIND


def days_left(goal: OutreachGoal, *, today: date) -> int:
    """Working days after today, until the goal's last."""
    first = max(today + timedelta(days=1), goal.starts_on)
    return sum(1 for _ in working_days(first, goal.by_on))


def _expected(goal: OutreachGoal, passed: float) -> float:
    return float(goal.target) if DEFINITIONS[goal.metric].is_percent else goal.target * passed


def _share_passed(goal: OutreachGoal, today: date) -> float:
    """Of the goal's working days, how many have passed, 0-1; today counts as passed."""
    total = sum(1 for _ in working_days(goal.starts_on, goal.by_on))
    done = sum(1 for _ in working_days(goal.starts_on, min(today, goal.by_on)))
    return done / total if total else float(today >= goal.by_on)


def working_days(first: date, last: date) -> Iterator[date]:
    """From Monday to Friday, without the Finnish holidays; both ends included."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day.weekday() < 5 and not is_holiday(day):
            yield day
