"""Opening hours on the Finnish calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.errors import InvalidInput
from social_bot.organisation.hours import (
    Interval,
    in_words,
    parse_day,
    parse_hours,
    write_exceptions,
    write_hours,
    write_times,
)
from social_bot.organisation.public_holidays import closed_in_words, eve_of, is_holiday

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


HELSINKI = ZoneInfo("Europe/Helsinki")
NIGHTS = parse_hours(
    "ma-pe 9-11 ja 12-15, pe-la 20-02, su 22-6", exceptions="31.12.2026 9-11; 31.12.2026 12-14"
)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (datetime(2026, 11, 25, 11, 30), False),
        (datetime(2026, 11, 25, 12, 0), True),
        (datetime(2026, 11, 27, 23, 59), True),  # Friday night …
        (datetime(2026, 11, 28, 1, 59), True),  # … which is Friday's past midnight
        (datetime(2026, 11, 28, 2, 0), False),
        (datetime(2026, 12, 5, 23, 0), True),  # Saturday before Independence Day, a Sunday
        (datetime(2026, 12, 6, 1, 30), True),  # the holiday closes its own day, not Saturday's night
        (datetime(2026, 12, 6, 23, 0), False),
        (datetime(2026, 12, 31, 11, 30), False),
        (datetime(2026, 12, 31, 13, 0), True),
    ],
)
def test_several_intervals_and_nights_past_midnight(at, is_open):
    assert NIGHTS.is_open(at) is is_open
    assert NIGHTS.is_open(at.replace(tzinfo=HELSINKI)) is is_open


def test_a_whole_day_and_night_is_written_0_to_24():
    always = parse_hours("ma-su 0-24", exceptions="; ".join(f"{d}.12.2026 0-24" for d in range(1, 32)))

    assert all(always.is_open(datetime(2026, 12, 24, hour)) for hour in range(24))
    assert always.closed_since(datetime(2026, 12, 24, 3)) is None


@pytest.mark.parametrize("text", ["ma 9-9", "ma 24-2", "ma 9-11 ja", "pe 20-09"])
def test_a_slip_is_no_night(text):
    with pytest.raises(InvalidInput):
        parse_hours(text)


def test_an_exception_on_a_day_that_is_in_no_calendar_is_refused():
    with pytest.raises(InvalidInput):
        parse_hours("ma-pe 9-15", exceptions="31.2.2027 kiinni")


@pytest.mark.parametrize(
    ("at", "since"),
    [
        (datetime(2026, 11, 25, 10, 0), None),
        (datetime(2026, 11, 25, 20, 0), datetime(2026, 11, 25, 15, 0)),
        (datetime(2026, 11, 29, 12, 0), datetime(2026, 11, 27, 14, 30)),
        (datetime(2026, 12, 27, 12, 0), datetime(2026, 12, 23, 15, 0)),
    ],
)
def test_a_closed_period_began_when_the_service_last_closed(at, since):
    assert WEEK.closed_since(at) == since


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 12, 6), ("suljettu itsenäisyyspäivänä", "stängt på självständighetsdagen")),
        (date(2026, 12, 24), ("suljettu jouluaattona", "stängt på julafton")),
        (date(2027, 6, 25), ("suljettu juhannusaattona", "stängt på midsommarafton")),
        (date(2027, 3, 29), ("suljettu toisena pääsiäispäivänä", "stängt på annandag påsk")),
        (date(2026, 11, 28), ("suljettu", "stängt")),
    ],
)
def test_a_closed_day_is_called_by_the_name_of_its_holiday(day, words):
    assert (closed_in_words(day, "fi"), closed_in_words(day, "sv")) == words


@pytest.mark.parametrize("year", range(2024, 2036))
def test_every_holiday_has_words_of_its_own(year):
    days = [date(year, 1, 1) + timedelta(days=days) for days in range(365)]
    words = {closed_in_words(day, language) for day in days if is_holiday(day) for language in ("fi", "en")}

    assert len(words) >= 28
    assert "suljettu pyhäpäivänä" not in words


MOMENTS = st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2035, 10, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)
CHANGES = [  # the nights in which the clocks change, by the hour
    datetime.combine(sunday, time(), tzinfo=UTC) + timedelta(minutes=20 * step)
    for year in range(2024, 2036)
    for month in (3, 10)
    for sunday in (max(d for d in (date(year, month, n) for n in range(25, 32)) if d.weekday() == 6),)
    for step in range(-6, 18)
]
SERVICES = st.sampled_from([WEEK, NIGHTS, parse_hours("ma-su 20-05"), parse_hours("ma-su 0-24")])


@given(service=SERVICES, at=MOMENTS | st.sampled_from(CHANGES), minutes=st.integers(1, 1200))
def test_a_promise_is_kept_in_opening_time_in_every_year_and_night(service, at, minutes):
    local = at.astimezone(HELSINKI)
    duration = timedelta(minutes=minutes)

    promised = service.after(local, duration)

    assert promised is not None
    assert promised - at >= duration
    assert service.is_open((promised.astimezone(UTC) - timedelta(seconds=1)).astimezone(HELSINKI))


@given(
    service=SERVICES,
    at=MOMENTS | st.sampled_from(CHANGES),
    later=st.timedeltas(timedelta(0), timedelta(hours=30)),
)
def test_who_asks_later_is_never_promised_an_earlier_call(service, at, later):
    first = service.after(at.astimezone(HELSINKI), timedelta(hours=6))
    second = service.after((at + later).astimezone(HELSINKI), timedelta(hours=6))

    assert first is not None
    assert second is not None
    assert first.astimezone(UTC) <= second.astimezone(UTC)


@given(service=SERVICES, at=MOMENTS | st.sampled_from(CHANGES))
def test_open_or_closed_since_then_and_until_the_next_opening(service, at):
    local = at.astimezone(HELSINKI)
    since, opens = service.closed_since(local), service.next_opening(local)

    if since is None:
        assert service.is_open(local)
    else:
        assert opens is not None
        assert not service.is_open(local)
        assert since.astimezone(UTC) <= at < opens.astimezone(UTC)
        assert service.is_open(opens)
        assert not service.is_open(since)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9–15", (Interval(opens=time(9), closes=time(15)),)),
        ("klo 9.30-15", (Interval(opens=time(9, 30), closes=time(15)),)),
        (
            "9-11 och 12-15",
            (Interval(opens=time(9), closes=time(11)), Interval(opens=time(12), closes=time(15))),
        ),
        ("20-2", (Interval(opens=time(20), closes=time(2)),)),
        ("", ()),
        ("Kiinni", ()),
    ],
)
def test_one_day_is_read_as_people_write_it(text, expected):
    assert parse_day(0, text) == expected


@pytest.mark.parametrize("text", ["aamulla", "15-9", "9", "25-26"])
def test_a_day_that_cannot_be_read_is_refused_by_its_name(text):
    with pytest.raises(InvalidInput) as refused:
        parse_day(2, text)

    assert f"ke {text}" in str(refused.value)


hour = st.integers(0, 23)
interval = st.tuples(hour, st.integers(1, 10)).map(
    lambda pair: Interval(opens=time(pair[0]), closes=time(min(pair[0] + pair[1], 24) % 24))
)
week = st.dictionaries(st.integers(0, 6), st.lists(interval, min_size=1, max_size=3).map(tuple), max_size=7)


@given(week)
def test_a_week_that_is_written_is_read_as_the_same_week(given_week):
    assert dict(parse_hours(write_hours(given_week)).week) == given_week


@given(
    st.dictionaries(st.dates(date(2026, 1, 1), date(2035, 12, 31)), st.lists(interval, max_size=2).map(tuple))
)
def test_exceptions_that_are_written_are_read_as_the_same_days(days):
    assert dict(parse_hours("", exceptions=write_exceptions(days)).exceptions) == days


def test_times_are_written_in_the_readers_language():
    both = parse_day(0, "9-11 ja 12.30-24")

    assert write_times(both) == "9-11 ja 12.30-24"
    assert write_times(both, "sv") == "9-11 och 12.30-24"


@pytest.mark.parametrize(
    ("day", "is_eve"),
    [
        (date(2026, 12, 31), True),
        (date(2027, 3, 25), True),  # the day before Good Friday
        (date(2026, 12, 24), False),  # a holiday of its own
        (date(2026, 12, 5), False),  # before Independence Day nobody closes early
    ],
)
def test_the_eves_on_which_offices_close_early_are_known(day, is_eve):
    assert eve_of(day) is is_eve
