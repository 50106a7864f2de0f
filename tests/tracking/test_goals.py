"""Pace and progress: what is not known is never zero."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.organisation.metrics import Metric
from social_bot.tracking.goals import OutreachGoal, Pace, Value, assess

GOAL = OutreachGoal(metric=Metric.CONTACTS, target=40, starts_on=date(2026, 11, 2), by_on=date(2026, 11, 27))


@pytest.mark.parametrize(
    ("value", "today", "pace"),
    [
        (40, date(2026, 11, 3), Pace.REACHED),
        (0, date(2026, 11, 2), Pace.TOO_EARLY),
        (18, date(2026, 11, 13), Pace.ON_TRACK),  # half of the twenty working days, 90 % of 20
        (17, date(2026, 11, 13), Pace.BEHIND),
        (39, date(2026, 12, 24), Pace.ON_TRACK),
        (10, date(2026, 12, 24), Pace.BEHIND),
        (None, date(2026, 11, 13), Pace.NOT_AVAILABLE),
    ],
)
def test_the_pace_follows_the_working_days(value, today, pace):
    assert assess(GOAL, Value(value=value), today=today).pace is pace


def test_half_of_the_working_days_expect_half_of_the_target():
    assert assess(GOAL, Value(value=5), today=date(2026, 11, 13)).expected == 20.0


def test_holidays_are_no_working_days():
    christmas = OutreachGoal(
        metric=Metric.CONTACTS, target=10, starts_on=date(2026, 12, 21), by_on=date(2026, 12, 29)
    )

    progress = assess(christmas, Value(value=0), today=date(2026, 12, 27))

    assert progress.expected == 6.0  # three of five working days: 21, 22, 23 of December, then 28 and 29


def test_a_percentage_is_expected_whole_from_the_first_day():
    goal = OutreachGoal(
        metric=Metric.ANSWERED_SHARE, target=95, starts_on=date(2026, 11, 2), by_on=date(2026, 11, 27)
    )

    assert assess(goal, Value(value=80), today=date(2026, 11, 13)).expected == 95.0


def test_a_value_that_is_not_available_has_no_share():
    progress = assess(
        GOAL, Value(value=None, not_available_since=date(2026, 6, 15)), today=date(2026, 11, 13)
    )

    assert progress.share is None
    assert progress.value.not_available_since == date(2026, 6, 15)


@given(
    value=st.integers(0, 1000),
    target=st.integers(1, 500),
    days=st.integers(0, 400),
    today=st.dates(date(2026, 1, 1), date(2028, 1, 1)),
)
def test_what_is_expected_never_leaves_the_range_of_the_target(value, target, days, today):
    goal = OutreachGoal(
        metric=Metric.CONTACTS,
        target=target,
        starts_on=date(2026, 11, 2),
        by_on=date.fromordinal(date(2026, 11, 2).toordinal() + days),
    )

    progress = assess(goal, Value(value=value), today=today)

    assert 0 <= progress.expected <= target
    assert (progress.pace is Pace.REACHED) == (value >= target)
