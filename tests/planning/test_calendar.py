"""Wall-clock times through every change of the clock, and the days of recurring events."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_bot.errors import InvalidInput
from social_bot.planning.calendar import (
    day_in_words,
    in_words,
    occurrences,
    parse_day,
    parse_local,
    parse_time,
    to_utc,
)

HELSINKI = ZoneInfo("Europe/Helsinki")
NEW_YORK = ZoneInfo("America/New_York")
YEARS = range(2025, 2036)


def last_sunday(year: int, month: int) -> date:
    day = date(year, month, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


SPRINGS = [last_sunday(year, 3) for year in YEARS]
AUTUMNS = [last_sunday(year, 10) for year in YEARS]


def test_a_time_on_the_wall_becomes_an_instant_in_winter_and_in_summer() -> None:
    winter = to_utc(datetime(2026, 12, 1, 9), HELSINKI)
    summer = to_utc(datetime(2026, 7, 1, 9), HELSINKI)

    assert winter == datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert summer == datetime(2026, 7, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize("night", SPRINGS, ids=str)
@pytest.mark.parametrize("clock", [time(3, 0), time(3, 30), time(3, 59, 59)], ids=str)
def test_the_hour_that_spring_skips_is_refused_and_another_named(night: date, clock: time) -> None:
    local = datetime.combine(night, clock)

    with pytest.raises(InvalidInput) as caught:
        to_utc(local, HELSINKI)

    assert f"{local:%d.%m.%Y %H.%M} does not exist" in str(caught.value)
    assert f"{night:%d.%m.%Y} 04." in str(caught.value)


@pytest.mark.parametrize("night", SPRINGS, ids=str)
def test_a_skipped_time_is_refused_even_when_a_choice_is_given(night: date) -> None:
    with pytest.raises(InvalidInput, match="does not exist"):
        to_utc(datetime.combine(night, time(3, 30)), HELSINKI, fold=1)


@pytest.mark.parametrize("night", SPRINGS, ids=str)
def test_the_minutes_around_the_skipped_hour_are_one_minute_apart(night: date) -> None:
    before = to_utc(datetime.combine(night, time(2, 59)), HELSINKI)
    after = to_utc(datetime.combine(night, time(4, 0)), HELSINKI)

    assert after - before == timedelta(minutes=1)


@pytest.mark.parametrize("night", AUTUMNS, ids=str)
@pytest.mark.parametrize("clock", [time(3, 0), time(3, 30), time(3, 59, 59)], ids=str)
def test_the_hour_that_autumn_repeats_must_be_chosen(night: date, clock: time) -> None:
    local = datetime.combine(night, clock)

    with pytest.raises(InvalidInput) as caught:
        to_utc(local, HELSINKI)

    assert f"{local:%d.%m.%Y %H.%M} comes twice" in str(caught.value)
    assert to_utc(local, HELSINKI, fold=1) - to_utc(local, HELSINKI, fold=0) == timedelta(hours=1)


@pytest.mark.parametrize("night", AUTUMNS, ids=str)
def test_the_minutes_around_the_repeated_hour_need_no_choice(night: date) -> None:
    before = to_utc(datetime.combine(night, time(2, 59)), HELSINKI)
    after = to_utc(datetime.combine(night, time(4, 0)), HELSINKI)

    assert after - before == timedelta(hours=2, minutes=1)


def test_another_zone_has_its_own_nights() -> None:
    instant = to_utc(datetime(2027, 3, 28, 3, 30), NEW_YORK)

    assert instant == datetime(2027, 3, 28, 7, 30, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="does not exist"):
        to_utc(datetime(2027, 3, 14, 2, 30), NEW_YORK)


def test_a_time_with_a_zone_of_its_own_is_refused() -> None:
    with pytest.raises(InvalidInput, match="zone of its own"):
        to_utc(datetime(2026, 12, 1, 9, tzinfo=UTC), HELSINKI)


@given(
    local=st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2035, 12, 31)),
    fold=st.sampled_from([None, 0, 1]),
)
def test_every_time_either_comes_back_the_same_or_is_refused(local: datetime, fold: int | None) -> None:
    try:
        instant = to_utc(local, HELSINKI, fold=fold)
    except InvalidInput:
        assert local.date() in [*SPRINGS, *AUTUMNS]
        assert local.hour == 3
    else:
        assert instant.astimezone(HELSINKI).replace(tzinfo=None) == local


def test_a_weekly_nine_o_clock_stays_nine_through_every_change() -> None:
    mondays = occurrences("monday", first_on=date(2025, 1, 1), until=date(2034, 12, 30))

    clocks = {to_utc(datetime.combine(day, time(9)), HELSINKI).astimezone(HELSINKI).time() for day in mondays}

    assert len(mondays) == 521
    assert clocks == {time(9)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01 09:00", datetime(2026, 12, 1, 9)),
        ("2026-12-01 09:00:30", datetime(2026, 12, 1, 9, 0, 30)),
        ("2026-12-01T09:00", datetime(2026, 12, 1, 9)),
        ("1.12.2026 9.00", datetime(2026, 12, 1, 9)),
        (" 1.12.2026 klo 9.05 ", datetime(2026, 12, 1, 9, 5)),
        ("01.12.2026 09:00", datetime(2026, 12, 1, 9)),
        ("1.12.2026 kl. 9.00", datetime(2026, 12, 1, 9)),
    ],
)
def test_a_local_time_is_read_as_people_write_it(text: str, expected: datetime) -> None:
    assert parse_local(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-12-01",
        "9.00",
        "1.12. 9.00",
        "2026-12-01 9",
        "2026-12-01 09:00+02:00",
        "0001-01-01 00:00",
    ],
)
def test_an_unclear_time_is_refused_with_two_examples(text: str) -> None:
    with pytest.raises(InvalidInput, match=r'Write "2026-12-01 09:00" or "1\.12\.2026 klo 9\.00"'):
        parse_local(text)


@pytest.mark.parametrize(
    "text", ["31.11.2026 9.00", "2026-13-01 09:00", "2027-02-29 09:00", "1.12.2026 25.00", "1.12.2026 9.60"]
)
def test_a_time_that_no_calendar_or_clock_has_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"No (calendar|clock)"):
        parse_local(text)


def test_days_and_times_of_day_are_read_alone() -> None:
    days = {parse_day("2026-12-24"), parse_day("24.12.2026")}
    clocks = {parse_time("9.00"), parse_time("09:00"), parse_time("klo 9.00")}

    assert days == {date(2026, 12, 24)}
    assert clocks == {time(9)}
    with pytest.raises(InvalidInput, match="is not clear"):
        parse_day("24.12.")
    with pytest.raises(InvalidInput, match="is not clear"):
        parse_time("nine")


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fi", "ke 25.11. klo 9.00"), ("sv", "ons 25.11 kl. 9.00"), ("en", "Wed 25 Nov, 9.00")],
)
def test_a_moment_is_said_in_the_readers_language(language: str, expected: str) -> None:
    words = in_words(datetime(2026, 11, 25, 7, tzinfo=UTC), HELSINKI, language)

    assert words == expected


def test_the_year_is_said_when_it_is_not_the_present_one() -> None:
    new_year = datetime(2026, 12, 31, 22, tzinfo=UTC)

    words = in_words(new_year, HELSINKI, "fi", now=datetime(2026, 11, 24, tzinfo=UTC))

    assert words == "pe 1.1.2027 klo 0.00"
    assert in_words(new_year, HELSINKI, "fi", now=new_year) == "pe 1.1. klo 0.00"
    assert day_in_words(date(2026, 11, 25), "sv") == "ons 25.11"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("monday", ["2026-11-30", "2026-12-07", "2026-12-14"]),
        ("Every Monday", ["2026-11-30", "2026-12-07", "2026-12-14"]),
        ("every second monday", ["2026-11-30", "2026-12-14", "2026-12-28"]),
        ("second wednesday", ["2026-11-25", "2026-12-09", "2026-12-23"]),
        ("first wednesday of the month", ["2026-12-02", "2027-01-06", "2027-02-03"]),
        ("second thursday of the month", ["2026-12-10", "2027-01-14", "2027-02-11"]),
        ("last friday of the month", ["2026-11-27", "2026-12-25", "2027-01-29"]),
        ("day", ["2026-11-24", "2026-11-25", "2026-11-26"]),
        ("every weekday", ["2026-11-24", "2026-11-25", "2026-11-26"]),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=TU", ["2026-11-24", "2026-12-15", "2027-01-05"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", ["2026-12-31", "2027-01-31", "2027-03-31"]),
        ("FREQ=YEARLY;BYEASTER=-3", ["2027-03-25", "2028-04-13", "2029-03-29"]),
        (
            "FREQ=YEARLY;BYMONTH=6;BYDAY=FR;BYMONTHDAY=19,20,21,22,23,24,25",
            ["2027-06-25", "2028-06-23", "2029-06-22"],
        ),
    ],
)
def test_a_rule_gives_its_days_from_the_first_day_on(rule: str, expected: list[str]) -> None:
    days = occurrences(rule, first_on=date(2026, 11, 24), times=3)

    assert [day.isoformat() for day in days] == expected


@pytest.mark.parametrize(
    ("rule", "english"),
    [
        ("maanantai", "monday"),
        ("joka maanantai", "monday"),
        ("varje torsdag", "thursday"),
        ("Joka toinen tiistai", "every second tuesday"),
        ("varannan lördag", "second saturday"),
        ("kuukauden ensimmäinen keskiviikko", "first wednesday of the month"),
        ("kuukauden toinen torstai", "second thursday of the month"),
        ("kuukauden viimeinen perjantai", "last friday of the month"),
        ("första onsdagen i månaden", "first wednesday of the month"),
        ("andra söndagen i månaden", "second sunday of the month"),
        ("sista fredagen i månaden", "last friday of the month"),
        ("joka arkipäivä", "weekday"),
        ("varje vardag", "weekday"),
        ("joka päivä", "day"),
    ],
)
def test_a_rule_may_be_said_in_finnish_or_swedish(rule: str, english: str) -> None:
    days = occurrences(rule, first_on=date(2026, 11, 24), times=6)

    assert days == occurrences(english, first_on=date(2026, 11, 24), times=6)


def test_weekdays_leave_the_weekend_out() -> None:
    days = occurrences("weekday", first_on=date(2026, 11, 27), times=2)

    assert days == (date(2026, 11, 27), date(2026, 11, 30))


def test_the_last_day_is_included_and_the_sooner_end_holds() -> None:
    days = occurrences("monday", first_on=date(2026, 11, 24), until=date(2026, 12, 14), times=50)

    assert days[-1] == date(2026, 12, 14)
    assert len(days) == 3


def test_a_rule_without_an_end_is_refused() -> None:
    with pytest.raises(InvalidInput, match="needs an end"):
        occurrences("monday", first_on=date(2026, 11, 24))


@pytest.mark.parametrize("times", [0, -1, 1001])
def test_a_number_of_times_has_limits(times: int) -> None:
    with pytest.raises(InvalidInput, match=f"1 to 1000 times, not {times}"):
        occurrences("monday", first_on=date(2026, 11, 24), times=times)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "mondays",
        "fifth monday of the month",
        "second day",
        "kuukauden maanantai",
        "i månaden",
        "FREQ=HOURLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=DAILY;COUNT=3",
        "FREQ=DAILY;UNTIL=20270101",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=MONTHLY;BYDAY=99MO",
        "FREQ=DAILY\nRDATE:20270101",
        "RRULE:FREQ=DAILY",
    ],
)
def test_a_rule_that_cannot_be_followed_names_those_that_can(rule: str) -> None:
    with pytest.raises(InvalidInput, match=r'no rule that can be followed\. Write "monday", "second monday"'):
        occurrences(rule, first_on=date(2026, 11, 24), times=3)


@pytest.mark.parametrize(
    ("rule", "until"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", None),
        ("monday", date(2026, 11, 29)),
        ("day", date(2026, 11, 1)),
    ],
)
def test_a_rule_that_never_comes_is_refused(rule: str, until: date | None) -> None:
    with pytest.raises(InvalidInput, match="has no day between"):
        occurrences(rule, first_on=date(2026, 11, 24), until=until, times=3)


@given(
    rule=st.sampled_from(
        ["tuesday", "second friday", "third monday of the month", "last sunday of the month", "day"]
    ),
    first_on=st.dates(min_value=date(2025, 1, 1), max_value=date(2035, 12, 31)),
    times=st.integers(min_value=1, max_value=40),
)
def test_days_come_in_order_as_many_as_asked_and_never_before_the_first(
    rule: str, first_on: date, times: int
) -> None:
    days = occurrences(rule, first_on=first_on, times=times)

    assert len(days) == times
    assert sorted(set(days)) == list(days)
    assert days[0] >= first_on


@settings(deadline=None)  # dateutil looks through all years for a day that never comes
@given(
    rule=st.one_of(
        st.text(max_size=30),
        st.from_regex(r"FREQ=(DAILY|WEEKLY)(;BY[A-Z]{3,5}=[-,A-Z0-9]{1,4})?", fullmatch=True),
    )
)
def test_whatever_is_written_is_followed_or_refused_in_words(rule: str) -> None:
    try:
        days = occurrences(rule, first_on=date(2026, 11, 24), until=date(2026, 12, 24))
    except InvalidInput:
        days = ()

    assert all(date(2026, 11, 24) <= day <= date(2026, 12, 24) for day in days)
