"""How long people waited: counted from what no machine settled, in opening hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.organisation.hours import parse_hours
from social_bot.tracking.figures import median, quantile
from social_bot.tracking.responses import Said, Wait, find_waits, next_working_day, open_minutes

HELSINKI = ZoneInfo("Europe/Helsinki")
T = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOURS = parse_hours("ma-to 9-15, pe 9-14")


def at(minutes):
    return T + timedelta(minutes=minutes)


def asked(thread, minutes):
    return Said(thread_id=thread, at=at(minutes), needs_person=True)


def settled(thread, minutes):
    return Said(thread_id=thread, at=at(minutes))


def answered(thread, minutes):
    return Said(thread_id=thread, at=at(minutes), is_person=True)


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ([], []),
        ([settled(1, 0), settled(1, 5)], []),
        ([asked(1, 0), asked(1, 5), answered(1, 9)], [(1, 0, 9)]),
        ([settled(1, 0), asked(1, 5), answered(1, 9)], [(1, 5, 9)]),
        ([asked(1, 0), settled(1, 2), answered(1, 9), answered(1, 11)], [(1, 0, 9)]),
        ([asked(1, 0), answered(1, 9), asked(1, 20), answered(1, 21)], [(1, 0, 9), (1, 20, 21)]),
        ([asked(1, 0), asked(2, 3), answered(2, 4)], [(1, 0, None), (2, 3, 4)]),
        ([answered(1, 0), asked(1, 4)], [(1, 4, None)]),
    ],
)
def test_a_wait_runs_from_the_first_message_for_a_person_to_the_workers_answer(said, waits):
    assert find_waits(said) == [
        Wait(thread_id=thread, began_at=at(began), answered_at=None if ended is None else at(ended))
        for thread, began, ended in waits
    ]


@pytest.mark.parametrize(
    ("began", "ended", "minutes"),
    [
        (datetime(2026, 11, 24, 10), datetime(2026, 11, 24, 10, 25), 25),
        (datetime(2026, 11, 24, 20), datetime(2026, 11, 25, 9, 10), 10),
        (datetime(2026, 11, 27, 13, 50), datetime(2026, 11, 30, 9, 5), 15),  # Friday closes at 14
        (datetime(2026, 12, 4, 13, 0), datetime(2026, 12, 7, 9, 30), 90),  # 6 December is a Sunday
        (datetime(2026, 12, 23, 14, 0), datetime(2026, 12, 28, 10, 0), 120),  # Christmas is closed
        (datetime(2026, 12, 31, 14, 0), datetime(2027, 1, 4, 9, 30), 90),  # 1 January, and a weekend
        (datetime(2026, 10, 23, 13, 0), datetime(2026, 10, 26, 10, 0), 120),  # the clocks go back on Sunday
        (datetime(2026, 3, 27, 13, 0), datetime(2026, 3, 30, 10, 0), 120),  # and forward
    ],
)
def test_only_opening_time_counts(began, ended, minutes):
    found = open_minutes(HOURS, began.replace(tzinfo=HELSINKI), ended.replace(tzinfo=HELSINKI))

    assert found == minutes


def test_without_opening_hours_the_clock_counts():
    assert open_minutes(parse_hours(""), T, T + timedelta(hours=20)) == 1200


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2026, 11, 24), date(2026, 11, 25)),
        (date(2026, 11, 27), date(2026, 11, 30)),
        (date(2026, 12, 23), date(2026, 12, 28)),
        (date(2026, 12, 31), date(2027, 1, 4)),
        (date(2027, 5, 5), date(2027, 5, 7)),  # Ascension Day between
    ],
)
def test_the_next_working_day_is_no_weekend_and_no_holiday(day, following):
    assert next_working_day(day) == following


@given(numbers=st.lists(st.integers(0, 500), min_size=1, max_size=60))
def test_median_and_nine_tenths_are_those_of_the_sorted_numbers(numbers):
    spread = {number: numbers.count(number) for number in numbers}

    ninety = quantile(spread, 0.9)

    assert sum(number <= ninety for number in numbers) >= 0.9 * len(numbers)
    assert sum(number < ninety for number in numbers) < 0.9 * len(numbers)
    assert min(numbers) <= median(spread) <= max(numbers)
    assert sum(number <= median(spread) for number in numbers) >= len(numbers) / 2


def test_nothing_has_no_median():
    assert median({}) is None
    assert quantile({}, 0.9) is None
