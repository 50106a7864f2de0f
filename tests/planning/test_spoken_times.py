"""Days and times as Finns write them."""

from datetime import date, datetime

import pytest

from social_bot.errors import InvalidInput
from social_bot.planning.spoken_times import parse_spoken_day, parse_when

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    "text",
    [
        "ke 2.12. klo 9.00",
        "ke 2.12. klo 9",
        "KE 2.12. KLO 9:00",
        "keskiviikkona 2.12. klo 9.00",
        "2.12. 9.00",
        "2.12.2026 9:00",
        "2.12.2026 klo 09.00",
        "2.12.26 klo 9",
        "2026-12-02 09:00",
        "2026-12-02T09:00",
        "ons 2.12 kl. 9.00",
        "onsdagen 2.12 kl. 9",
        "Wed 2.12., 9.00",
        "  ke  2.12.\u00a0klo  9.00 ",
    ],
)
def test_the_same_time_in_many_ways(text):
    assert parse_when(text, today=TODAY) == datetime(2026, 12, 2, 9, 0)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("25.11. klo 9", date(2026, 11, 25)),
        ("6.1. klo 9", date(2027, 1, 6)),
        ("24.11. klo 9", date(2026, 11, 24)),
        ("1.6. klo 9", date(2026, 6, 1)),
        ("1.5. klo 9", date(2027, 5, 1)),
        ("29.2. klo 9", date(2028, 2, 29)),
    ],
)
def test_a_day_without_a_year_is_the_next_one_unless_it_has_just_been(text, day):
    assert parse_when(text, today=TODAY).date() == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "huomenna",
        "9.00",
        "2.12.",
        "ke klo 9",
        "32.12. klo 9",
        "30.2.2027 klo 9",
        "2.12. klo 25",
        "xx 2.12. klo 9",
    ],
)
def test_what_is_unclear_is_refused(text):
    with pytest.raises(InvalidInput):
        parse_when(text, today=TODAY)


def test_a_wrong_weekday_is_not_guessed_away():
    with pytest.raises(InvalidInput, match="not the weekday"):
        parse_when("to 2.12. klo 9", today=TODAY)


def test_a_day_alone():
    assert parse_spoken_day("ke 2.12.", today=TODAY) == date(2026, 12, 2)
    with pytest.raises(InvalidInput):
        parse_spoken_day("ke 2.12. klo 9", today=TODAY)
