"""Forecasts with their range, and facts about posting times: nothing is said of too few cases."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.tracking.forecast import Forecast, Week, foresee
from social_bot.tracking.posting_times import Fact, PostingTime, compare

MONDAY, FRIDAY = PostingTime(0, 9), PostingTime(4, 15)


@pytest.mark.parametrize(
    "weeks",
    [
        [],
        [Week(count=9, days=20)],  # nine events
        [Week(count=100, days=5), Week(count=100, days=4)],  # nine days
        [Week(count=0, days=5), Week(count=40, days=5), Week(count=0, days=5)],  # one rush
    ],
)
def test_of_few_events_or_days_it_is_too_early_to_say(weeks):
    assert foresee(sum(week.count for week in weeks), weeks, days_left=20) is None


def test_an_even_stream_goes_on_as_it_was():
    found = foresee(40, [Week(count=10, days=5)] * 4, days_left=20)

    assert found is not None
    assert found.likely == 80
    assert 40 <= found.low < 80 < found.high


def test_at_the_end_the_value_is_the_forecast():
    assert foresee(7, [Week(count=7, days=20)], days_left=0) == Forecast(likely=7, low=7, high=7)


def test_weeks_that_differ_more_than_chance_makes_them_widen_the_range():
    even = foresee(80, [Week(count=20, days=5)] * 4, days_left=20)
    clumped = foresee(80, [Week(count=count, days=5) for count in (10, 34, 8, 28)], days_left=20)

    assert even is not None
    assert clumped is not None
    assert even.likely == clumped.likely
    assert clumped.high - clumped.low > 1.5 * (even.high - even.low)


@given(
    counts=st.lists(st.integers(0, 3000), min_size=2, max_size=30),
    days_left=st.integers(1, 400),
)
def test_the_range_holds_the_likely_value_and_never_lies_below_what_has_come(counts, days_left):
    found = foresee(sum(counts), [Week(count=count, days=5) for count in counts], days_left=days_left)

    if found is not None:
        assert sum(counts) <= found.low <= found.likely <= found.high


@pytest.mark.parametrize(("rate", "clump"), [(1.0, 1), (6.0, 1), (40.0, 1), (3.0, 4)])
def test_eight_ends_of_ten_lie_in_the_range(rate, clump):
    """Against invented streams, even ones and ones that come in clumps; a little more than 80 % is no harm."""
    dice = random.Random(3)

    def week():
        return clump * _poisson(dice, 5 * rate / clump)

    inside = told = 0
    for _ in range(500):
        weeks = [Week(count=week(), days=5) for _ in range(10)]
        value = sum(part.count for part in weeks)
        found = foresee(value, weeks, days_left=30)
        end = value + sum(week() for _ in range(6))
        if found is not None:
            told += 1
            inside += found.low <= end <= found.high

    assert told > 400
    assert 0.74 <= inside / told <= 0.95


def _poisson(dice, mean):
    limit, number, product = math.exp(-mean), 0, dice.random()
    if mean > 100:
        return max(round(dice.gauss(mean, math.sqrt(mean))), 0)
    while product > limit:
        number += 1
        product *= dice.random()
    return number


def test_two_times_that_differ_are_told_with_their_number_of_cases():
    high, low = [190 + number for number in range(10)], [90 + number for number in range(9)]

    assert compare({MONDAY: high, FRIDAY: low}) == Fact(best=MONDAY, other=FRIDAY, ratio=2.1, cases=19)


@pytest.mark.parametrize(
    ("best", "other"),
    [
        ([200] * 7, [90] * 30),  # seven cases
        ([130] * 20, [100] * 20),  # less than half as many again
        ([10, 500, 20, 400, 15, 300, 12, 600], [200, 8, 300, 9, 100, 11, 150, 7]),  # it may be chance
        ([200] * 20, [0] * 20),  # nothing was counted: no ratio
    ],
)
def test_nothing_is_said_of_few_cases_small_differences_or_chance(best, other):
    assert compare({MONDAY: best, FRIDAY: other}) is None


def test_one_time_alone_is_compared_with_nothing():
    assert compare({MONDAY: [200] * 30}) is None
    assert compare({}) is None


def test_posts_whose_times_do_not_matter_are_hardly_ever_told_apart():
    dice = random.Random(5)

    told = sum(
        compare({PostingTime(day, 9): [dice.randrange(20, 400) for _ in range(10)] for day in range(5)})
        is not None
        for _ in range(200)
    )

    assert told <= 10  # one in twenty
