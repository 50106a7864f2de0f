"""Opening hours on the Finnish calendar."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.errors import InvalidInput
from social_bot.organisation.hours import Interval, in_words, parse_hours
from social_bot.organisation.public_holidays import is_holiday

WEEK = parse_hours("ma-to 9-15, pe 9.00-14.30")


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("ma-pe 9-15", 0, (Interval(opens=time(9), closes=time(15)),)),
        ("mån-fre 9-15", 4, (Interval(opens=time(9), closes=time(15)),)),
        ("Mon–Fri 9:00–15:30", 2, (Interval(opens=time(9), closes=time(15, 30)),)),
        (
            "ma 9-11; ma 12-15",
            0,
            (Interval(opens=time(9), closes=time(11)), Interval(opens=time(12), closes=time(15))),
        ),
        ("ma-pe 9-15", 5, ()),
        ("", 0, ()),
    ],
)
def test_hours_are_read_in_three_languages(text, day, expected):
    assert parse_hours(text).week.get(day, ()) == expected


@pytest.mark.parametrize("text", ["aina", "ma-pe", "ma-pe 25-26", "ma-pe 15-9", "pe-ma 9-15", "xx 9-15"])
def test_hours_that_cannot_be_read_are_refused_with_an_example(text):
    with pytest.raises(InvalidInput):
        parse_hours(text)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (datetime(2026, 11, 25, 9, 0), True),
        (datetime(2026, 11, 25, 8, 59), False),
        (datetime(2026, 11, 25, 15, 0), False),
        (datetime(2026, 11, 27, 14, 29), True),
        (datetime(2026, 11, 28, 10, 0), False),  # Saturday
        (datetime(2026, 12, 24, 10, 0), False),  # Christmas Eve, a Thursday
        (datetime(2027, 6, 25, 10, 0), False),  # Midsummer Eve, a Friday
        (datetime(2027, 3, 26, 10, 0), False),  # Good Friday
    ],
)
def test_open_on_weekdays_and_closed_on_holidays_and_eves(at, is_open):
    assert WEEK.is_open(at) is is_open


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (datetime(2026, 11, 25, 15, 0), datetime(2026, 11, 26, 9, 0)),
        (datetime(2026, 11, 27, 20, 0), datetime(2026, 11, 30, 9, 0)),
        (datetime(2026, 12, 23, 20, 0), datetime(2026, 12, 28, 9, 0)),
    ],
)
def test_the_next_opening_steps_over_nights_weekends_and_christmas(at, opens):
    assert WEEK.next_opening(at) == opens


def test_an_exception_replaces_a_day_and_may_open_a_holiday():
    hours = parse_hours("ma-pe 9-15", exceptions="24.12.2026 9-11; 25.11.2026 kiinni")

    assert hours.is_open(datetime(2026, 12, 24, 10, 0))
    assert not hours.is_open(datetime(2026, 11, 25, 10, 0))


def test_a_promise_is_counted_in_opening_time_only():
    friday_noon = datetime(2026, 11, 27, 12, 30)

    assert WEEK.after(friday_noon, timedelta(hours=6)) == datetime(2026, 11, 30, 13, 0)


def test_nothing_opens_where_no_hours_are_set():
    hours = parse_hours("")

    assert hours.next_opening(datetime(2026, 11, 25)) is None
    assert hours.after(datetime(2026, 11, 25), timedelta(hours=1)) is None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", "ma–to klo 9–15, pe klo 9–14.30"),
        ("sv", "mån–tors kl. 9–15, fre kl. 9–14.30"),
        ("en", "Mon–Thu 9–15, Fri 9–14:30"),
    ],
)
def test_hours_are_said_as_people_say_them(language, words):
    assert in_words(WEEK, language) == words


@pytest.mark.parametrize("day", [date(2026, 12, 6), date(2027, 1, 6), date(2027, 5, 1), date(2027, 6, 26)])
def test_finnish_holidays_are_known(day):
    assert is_holiday(day)


@given(at=st.datetimes(datetime(2024, 1, 1), datetime(2035, 12, 1)))
def test_the_next_opening_is_always_an_opening_in_the_future(at):
    opens = WEEK.next_opening(at)

    assert opens is not None
    assert opens > at
    assert WEEK.is_open(opens)
    assert not is_holiday(opens.date())


@given(at=st.datetimes(datetime(2024, 1, 1), datetime(2035, 11, 1)), minutes=st.integers(1, 2000))
def test_a_promise_never_falls_outside_the_hours(at, minutes):
    by = WEEK.after(at, timedelta(minutes=minutes))

    assert by is not None
    assert by >= at + timedelta(minutes=minutes)
    assert any(interval.opens <= by.time() <= interval.closes for interval in WEEK.on(by.date()))
