"""Duty periods: hours in the organisation's time, people, and addresses that nobody sees."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from social_bot.errors import InvalidInput, NotFound
from social_bot.organisation import duty
from social_bot.organisation.duty import parse_duty_hours
from tests.conftest import NOW, WRITER

MONDAY = datetime(2026, 11, 23)
ADDRESS = SecretStr("json://user:hunter2@127.0.0.1/")


def add(bot, hours="ma-su 0-24", *, level=1, people=(WRITER,), addresses=(ADDRESS,), accepts=True):
    with bot.database.write() as session:
        return duty.add(
            session,
            hours,
            level=level,
            people=people,
            addresses=addresses,
            accepts=lambda address: accepts,
            cipher=bot.database.cipher,
            now=NOW,
            by="test",
        )


def is_somebody_on_duty(bot, now):
    with bot.database.read() as session:
        return duty.is_somebody_on_duty(session, bot.organisation(session), now=now)


def covers(hours: str, at: datetime) -> bool:
    return any(span.covers(at) for span in parse_duty_hours(hours))


@pytest.mark.parametrize(
    ("hours", "at", "expected"),
    [
        ("ma-pe 8-16", MONDAY.replace(hour=8), True),
        ("ma-pe 8-16", MONDAY.replace(hour=7, minute=59, second=59), False),
        ("ma-pe 8-16", MONDAY.replace(hour=16), False),
        ("ma-pe 8.30-15:15", MONDAY.replace(hour=15, minute=14), True),
        ("ma 16-8", MONDAY.replace(hour=23), True),
        ("ma 16-8", MONDAY + timedelta(days=1, hours=7), True),
        ("ma 16-8", MONDAY + timedelta(days=1, hours=8), False),
        ("ma 16-8", MONDAY.replace(hour=7), False),  # that is Sunday's night
        ("su 20-6", MONDAY.replace(hour=5), True),
        ("pe-ma 0-24", MONDAY.replace(hour=12), True),
        ("pe-ma 0-24", MONDAY + timedelta(days=1), False),
        ("mån-fre 8-16", MONDAY.replace(hour=9), True),
        ("Mon–Fri 8–16, Sat-Sun 10-12", MONDAY + timedelta(days=5, hours=11), True),
    ],
)
def test_duty_hours_cover_a_moment(hours, at, expected):
    assert covers(hours, at) is expected


@pytest.mark.parametrize("hours", ["", "aina", "ma-xx 8-16", "ma 8", "ma 25-26", "ma 8.75-16", "8-16"])
def test_hours_that_are_none_are_refused(hours):
    with pytest.raises(InvalidInput, match="Duty hours read like"):
        parse_duty_hours(hours)


@given(st.datetimes(datetime(2024, 1, 1), datetime(2036, 1, 1)))
def test_day_and_night_duties_leave_no_gap_and_do_not_meet(at):
    day, night = "ma-su 8-16", "ma-su 16-8"

    assert covers(day, at) is not covers(night, at)
    assert covers("ma-su 0-24", at)


def test_without_duty_periods_somebody_reads_in_opening_hours(bot):
    assert is_somebody_on_duty(bot, NOW)
    assert not is_somebody_on_duty(bot, NOW + timedelta(hours=10))


def test_with_duty_periods_they_alone_tell_whether_somebody_reads(bot):
    add(bot, "ma-su 16-8")

    assert not is_somebody_on_duty(bot, NOW)
    assert is_somebody_on_duty(bot, NOW + timedelta(hours=10))


def test_duty_follows_the_clock_of_the_organisation_in_summer_and_winter(bot):
    add(bot, "ma-su 8-16")

    assert is_somebody_on_duty(bot, datetime(2026, 7, 1, 5, 0, tzinfo=UTC))
    assert not is_somebody_on_duty(bot, datetime(2026, 12, 1, 5, 59, tzinfo=UTC))
    assert is_somebody_on_duty(bot, datetime(2026, 12, 1, 6, 0, tzinfo=UTC))


def test_an_address_is_sealed_and_comes_back(bot):
    row = add(bot)

    assert b"hunter2" not in row.addresses_sealed
    assert list(duty.addresses_of(row, bot.database.cipher)) == [ADDRESS]


def test_an_address_that_cannot_be_written_to_is_refused_without_being_repeated(bot):
    with pytest.raises(InvalidInput, match="Address 1") as refused:
        add(bot, accepts=False)

    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"level": 0}, InvalidInput),
        ({"level": 6}, InvalidInput),
        ({"people": ()}, InvalidInput),
        ({"people": ("Tuntematon",)}, NotFound),
        ({"hours": "joskus"}, InvalidInput),
    ],
)
def test_a_period_that_is_none_is_refused(bot, change, error):
    with pytest.raises(error):
        add(bot, **change)


def test_a_period_is_removed_with_its_addresses(bot):
    row = add(bot)
    with bot.database.write() as session:
        duty.remove(session, row.id, by="test", now=NOW)

    with bot.database.read() as session:
        assert duty.everything(session) == []
    with pytest.raises(NotFound), bot.database.write() as session:
        duty.remove(session, row.id, by="test", now=NOW)
