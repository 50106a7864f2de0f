"""Intervals for small counts, against published values and against what they promise."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.tracking.intervals import poisson_interval, rate_ratio_interval, share_interval


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        # The usual tables of exact 95 % limits of a Poisson count
        (0, 0, 3.6889),
        (1, 0.0253, 5.5716),
        (2, 0.2422, 7.2247),
        (5, 1.6235, 11.6683),
        (10, 4.7954, 18.3904),
        (50, 37.1110, 65.9188),
        (100, 81.3639, 121.6272),
    ],
)
def test_a_poisson_interval_is_the_one_of_the_tables(count, low, high):
    interval = poisson_interval(count)

    assert interval.low == pytest.approx(low, abs=6e-4)
    assert interval.high == pytest.approx(high, abs=6e-4)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (0, 10, 0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1),
        (1, 29, 0.0009, 0.1776),
        (81, 263, 0.2527, 0.3676),
        (0, 0, 0, 1),
    ],
)
def test_a_share_interval_is_clopper_and_pearsons(count, of, low, high):
    interval = share_interval(count, of)

    assert interval.low == pytest.approx(low, abs=1e-4)
    assert interval.high == pytest.approx(high, abs=1e-4)


@given(st.integers(min_value=0, max_value=20_000))
def test_a_poisson_interval_holds_its_count_and_narrows_with_it(count):
    interval = poisson_interval(count)

    assert interval.low <= count <= interval.high
    assert interval.high - interval.low < 5 * math.sqrt(count + 3)


@given(st.integers(min_value=0, max_value=400), st.integers(min_value=0, max_value=400))
def test_a_share_interval_holds_its_share_and_mirrors(count, rest):
    interval, mirrored = share_interval(count, count + rest), share_interval(rest, count + rest)

    assert interval.low <= (count / (count + rest) if count + rest else 0.5) <= interval.high
    assert interval.low == pytest.approx(1 - mirrored.high, abs=1e-9)


def test_a_share_of_more_than_all_is_none():
    with pytest.raises(ValueError, match="11 of 10"):
        share_interval(11, 10)


def test_two_equal_rates_cannot_be_told_apart():
    ratio = rate_ratio_interval(8, 10.0, other_count=16, other_exposure=20.0)

    assert ratio.low < 1 < ratio.high


def test_a_rate_ten_times_as_high_can_be_told_apart():
    ratio = rate_ratio_interval(60, 10.0, other_count=6, other_exposure=10.0)

    assert ratio.low > 1
    assert ratio.low < 10 < ratio.high


def test_nothing_at_all_against_something_is_no_more_than_so_much():
    ratio = rate_ratio_interval(0, 10.0, other_count=12, other_exposure=10.0)
    reverse = rate_ratio_interval(12, 10.0, other_count=0, other_exposure=10.0)

    assert ratio.low == 0
    assert ratio.high < 0.4
    assert reverse.high == math.inf
