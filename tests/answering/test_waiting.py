"""People who wait for a person are noticed, in opening time, and staff are told once."""

from datetime import timedelta

import pytest

from social_bot.answering.store import ThreadRow
from social_bot.answering.waiting import watch_waiting
from social_bot.organisation import alerts, directory
from social_bot.organisation.alerts import AlertKind
from tests.conftest import NOW, PAGE

HOUR = timedelta(hours=1)


@pytest.fixture
def thread(bot) -> int:
    with bot.database.write() as session:
        row = ThreadRow(
            page_id=PAGE, contact_index="x", contact_sealed=b"x", created_at=NOW, waits_for_person=True
        )
        session.add(row)
        session.flush()
        return row.id or 0


@pytest.fixture
def look(bot):
    def look(at) -> list[tuple[AlertKind, str]]:
        with bot.database.write() as session:
            watch_waiting(session, bot.organisation(session), now=at)
            return [(row.kind, row.subject) for row in alerts.unacknowledged(session)]

    return look


def change(bot, thread: int, *, waits: bool) -> None:
    with bot.database.write() as session:
        row = session.get_one(ThreadRow, thread)
        row.waits_for_person = waits
        session.add(row)


def test_staff_are_told_after_an_hour_of_opening_time(bot, look, thread):
    assert look(NOW) == []
    assert look(NOW + timedelta(minutes=59)) == []
    assert look(NOW + HOUR) == [(AlertKind.THREAD_WAITS, f"thread:{thread}")]
    assert look(NOW + 2 * HOUR) == [(AlertKind.THREAD_WAITS, f"thread:{thread}")]


def test_the_night_does_not_count(look, thread):
    evening = NOW + timedelta(hours=5, minutes=40)  # 14.40, the service closes at 15
    assert look(evening) == []
    assert look(evening + 12 * HOUR) == []
    assert look(NOW + timedelta(days=1, minutes=39)) == []
    assert look(NOW + timedelta(days=1, minutes=40)) != []


def test_how_long_is_too_long_is_the_organisations_to_say(bot, look, thread):
    with bot.database.write() as session:
        directory.put(session, "waiting_minutes", "15", now=NOW, by="test", zone=bot.settings.zone)

    assert look(NOW) == []
    assert look(NOW + timedelta(minutes=15)) != []


def test_what_is_answered_settles_and_a_new_wait_is_counted_anew(bot, look, thread):
    look(NOW)
    look(NOW + HOUR)
    change(bot, thread, waits=False)
    assert look(NOW + 2 * HOUR) == []
    change(bot, thread, waits=True)

    assert look(NOW + 3 * HOUR) == []
    assert look(NOW + 4 * HOUR) != []


def test_without_opening_hours_the_clock_counts(bot, look, thread):
    from sqlmodel import delete

    from social_bot.organisation.directory import SettingRow

    with bot.database.write() as session:
        session.connection().execute(delete(SettingRow))

    night = NOW + 12 * HOUR
    assert look(night) == []
    assert look(night + HOUR) != []
