"""Months, weeks and spans on the Helsinki wall clock, over the changes of clock and year."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.errors import InvalidInput
from social_bot.tracking.periods import (
    Month,
    Span,
    month_at,
    months_between,
    parse_month,
    parse_months,
    week_of,
)

HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.mark.parametrize(
    ("month", "since", "until", "hours"),
    [
        (Month(2026, 3), datetime(2026, 2, 28, 22), datetime(2026, 3, 31, 21), 31 * 24 - 1),
        (Month(2026, 10), datetime(2026, 9, 30, 21), datetime(2026, 10, 31, 22), 31 * 24 + 1),
        (Month(2026, 12), datetime(2026, 11, 30, 22), datetime(2026, 12, 31, 22), 31 * 24),
        (Month(2027, 1), datetime(2026, 12, 31, 22), datetime(2027, 1, 31, 22), 31 * 24),
        (Month(2028, 2), datetime(2028, 1, 31, 22), datetime(2028, 2, 29, 22), 29 * 24),
    ],
)
def test_a_month_begins_and_ends_at_midnight_in_helsinki(month, since, until, hours):
    found = month.bounds(HELSINKI)

    assert found == (since.replace(tzinfo=UTC), until.replace(tzinfo=UTC))
    assert found[1] - found[0] == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 12, 31), 24), (date(2027, 1, 1), 24)],
)
def test_a_day_is_as_long_as_the_clocks_make_it(day, hours):
    since, until = Span(first=day, last=day).bounds(HELSINKI)

    assert until - since == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 12, 31), date(2026, 12, 28), date(2027, 1, 3)),
        (date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 3)),
        (date(2026, 3, 29), date(2026, 3, 23), date(2026, 3, 29)),
        (date(2026, 10, 26), date(2026, 10, 26), date(2026, 11, 1)),
    ],
)
def test_a_week_runs_from_monday_to_sunday_over_a_new_year(day, first, last):
    assert week_of(day) == Span(first=first, last=last)


def test_a_week_with_a_change_of_clocks_has_an_hour_less_or_more():
    spring, autumn = week_of(date(2026, 3, 29)).bounds(HELSINKI), week_of(date(2026, 10, 25)).bounds(HELSINKI)

    assert spring[1] - spring[0] == timedelta(days=7, hours=-1)
    assert autumn[1] - autumn[0] == timedelta(days=7, hours=1)


def test_a_campaign_over_a_new_year_touches_the_months_of_both_years():
    span = Span(first=date(2026, 11, 30), last=date(2027, 1, 1))

    assert [str(month) for month in span.months()] == ["2026-11", "2026-12", "2027-01"]


@given(
    moment=st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
    months=st.integers(1, 30),
)
def test_every_moment_lies_in_exactly_one_of_neighbouring_months(moment, months):
    month = month_at(moment, HELSINKI)

    holding = [
        one
        for one in months_between(month.later(-months), month.later(months))
        if one.bounds(HELSINKI)[0] <= moment < one.bounds(HELSINKI)[1]
    ]

    assert holding == [month]


def test_the_month_before_january_and_the_month_a_year_before():
    assert Month(2027, 1).before == Month(2026, 12)
    assert Month(2026, 12).next == Month(2027, 1)
    assert Month(2028, 2).year_before == Month(2027, 2)


def test_months_are_read_as_they_are_written():
    assert parse_month("2026-11") == Month(2026, 11)
    assert [str(month) for month in parse_months("2026-11..2027-02")] == [
        *("2026-11", "2026-12", "2027-01", "2027-02")
    ]
    assert parse_months("2026-11") == [Month(2026, 11)]


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "11/2026", "", "2026-1", "2026-11..2026-10", "2000-01..2999-01"]
)
def test_what_is_no_month_is_refused_with_an_example(text):
    with pytest.raises(InvalidInput):
        parse_months(text)
