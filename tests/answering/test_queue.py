"""The inbox's list: who comes first, how long they have waited, and that its cost does not grow."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from social_bot.answering import closing, queue
from social_bot.answering.crisis import CrisisKind
from social_bot.answering.queue import PAGE_SIZE, Show
from social_bot.answering.store import Direction, MessageRow, ThreadRow
from social_bot.answering.threads import Owner
from social_bot.answering.waiting import WaitRow
from social_bot.errors import NotAllowed
from social_bot.organisation import alerts, pages
from social_bot.organisation.alerts import AlertKind
from tests.conftest import NOW, PAGE, WRITER


def write(bot, name, *, waits=None, at=NOW, text="Moi", page=PAGE, **fields):
    """A thread with a message; ``waits``: for so long, as the minute's watch has noted."""
    database = bot.database
    with database.write() as session:
        thread = ThreadRow(
            page_id=page,
            contact_index=database.index(name),
            contact_sealed=database.cipher.seal(name),
            waits_for_person=waits is not None,
            last_inbound_at=at,
            created_at=at,
            **fields,
        )
        session.add(thread)
        session.flush()
        session.add(
            MessageRow(
                thread_id=thread.id or 0,
                page_id=page,
                direction=Direction.INBOUND,
                at=at,
                text_sealed=database.cipher.seal(text),
            )
        )
        if waits is not None:
            session.add(WaitRow(thread_id=thread.id or 0, since=NOW - waits))
        return thread.id or 0


def listed(bot, show=Show.OPEN, **options):
    with bot.database.read() as session:
        return queue.list_inbox(session, bot.organisation(session), show=show, now=NOW, **options)


def ids(listing):
    return [entry.thread.id for entry in listing.entries]


def test_danger_comes_first_then_the_longest_wait_then_the_newest(bot):
    newest = write(bot, "newest", at=NOW)
    older = write(bot, "older", at=NOW - timedelta(hours=2))
    short = write(bot, "short", waits=timedelta(minutes=5), at=NOW)
    long = write(bot, "long", waits=timedelta(days=2), at=NOW - timedelta(minutes=1))
    danger = write(bot, "danger", waits=timedelta(minutes=1), crisis=CrisisKind.SUICIDE)

    assert ids(listed(bot)) == [danger, long, short, newest, older]
    assert listed(bot).waiting == [danger, long, short]


def test_the_wait_is_counted_in_opening_hours(bot):
    write(bot, "since yesterday noon", waits=timedelta(hours=21))

    (entry,) = listed(bot).entries

    assert entry.since == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # 12.00 in Helsinki
    assert entry.waited == timedelta(hours=3)  # until 15 yesterday; today opens at nine, which is now


@pytest.mark.parametrize(
    ("since", "until", "passed"),
    [
        (datetime(2026, 11, 27, 14, 0), datetime(2026, 11, 30, 10, 0), timedelta(hours=2)),  # over a weekend
        (datetime(2026, 12, 5, 9, 0), datetime(2026, 12, 7, 8, 0), timedelta(0)),  # and a holiday
        (datetime(2026, 11, 25, 10, 0), datetime(2026, 11, 25, 10, 30), timedelta(minutes=30)),
    ],
)
def test_opening_time_between_two_moments(bot, since, until, passed):
    with bot.database.read() as session:
        organisation = bot.organisation(session)

    found = organisation.hours.between(
        since.replace(tzinfo=organisation.zone), until.replace(tzinfo=organisation.zone)
    )

    assert found == passed


def test_open_waiting_and_closed_are_told_apart(bot):
    kept_open = write(bot, "open")
    waiting = write(bot, "waits", waits=timedelta(hours=1))
    closed = write(bot, "closed", is_open=False)
    danger = write(bot, "danger", crisis=CrisisKind.SELF_HARM, is_open=False)

    assert set(ids(listed(bot))) == {kept_open, waiting, danger}
    assert set(ids(listed(bot, Show.WAITING))) == {waiting, danger}
    assert ids(listed(bot, Show.CLOSED)) == [closed]
    assert listed(bot).counts == {Show.OPEN: 3, Show.WAITING: 2, Show.CLOSED: 1}


def test_one_page_is_shown_alone(bot):
    with bot.database.write() as session:
        pages.add(
            session,
            "100200400",
            name="Toinen",
            token=None,
            is_live=False,
            cipher=bot.database.cipher,
            now=NOW,
            by="test",
        )
    write(bot, "here")
    there = write(bot, "there", page="100200400")

    assert ids(listed(bot, page_id="100200400")) == [there]


def test_five_hundred_threads_cost_as_many_queries_as_five_and_come_in_pages(bot):
    counts = []
    for amount in (5, 500):
        for number in range(amount):
            write(bot, f"{amount}-{number}", waits=timedelta(minutes=number) if number % 3 else None)
        counts.append(_count_queries(bot, lambda: listed(bot)))

    listing = listed(bot, number=2)
    assert counts[0] == counts[1] <= 8
    assert len(listing.entries) == PAGE_SIZE
    assert (listing.number, listing.pages) == (2, -(-505 // PAGE_SIZE))
    assert not {*ids(listing)} & {*ids(listed(bot))}
    assert listed(bot, number=99).number == listing.pages


def _count_queries(bot, do):
    seen = []

    def note(*arguments):
        seen.append(arguments[2])

    event.listen(bot.database.engine, "before_cursor_execute", note)
    do()
    event.remove(bot.database.engine, "before_cursor_execute", note)
    return len([each for each in seen if each.lstrip().upper().startswith("SELECT")])


def test_what_was_moved_to_the_client_system_waits_no_more_and_is_erased_after_a_day(bot):
    thread_id = write(bot, "moved", waits=timedelta(hours=1), owner=Owner.HUMAN)
    with bot.database.write() as session:
        closing.move_to_client_system(session, thread_id, by=WRITER, now=NOW)

    (entry,) = listed(bot, Show.CLOSED).entries
    with bot.database.write() as session:
        assert closing.erase_moved(session, now=NOW + timedelta(hours=23)) == 0
        assert closing.erase_moved(session, now=NOW + timedelta(hours=24)) == 1
        assert closing.erase_moved(session, now=NOW + timedelta(hours=25)) == 0
    assert (entry.thread.owner, entry.thread.moved_by, entry.waited) == (Owner.BOT, WRITER, None)
    assert entry.last is not None
    assert listed(bot, Show.CLOSED).entries[0].last.text_sealed is None


def test_nothing_is_moved_while_nobody_has_taken_the_alert_of_danger(bot):
    thread_id = write(bot, "danger", waits=timedelta(), crisis=CrisisKind.SUICIDE)
    with bot.database.write() as session:
        alerts.raise_alert(session, AlertKind.CRISIS, f"thread:{thread_id}", now=NOW)

    with pytest.raises(NotAllowed, match="Take the alert first"), bot.database.write() as session:
        closing.move_to_client_system(session, thread_id, by=WRITER, now=NOW)


def test_what_is_quiet_for_seven_days_closes_but_never_what_waits(bot):
    quiet = write(bot, "quiet", at=NOW - timedelta(days=7))
    write(bot, "fresh", at=NOW - timedelta(days=6))
    write(bot, "waits", at=NOW - timedelta(days=8), waits=timedelta(days=8))
    write(bot, "danger", at=NOW - timedelta(days=8), crisis=CrisisKind.SUICIDE)

    with bot.database.write() as session:
        assert closing.close_quiet(session, now=NOW) == 1

    assert ids(listed(bot, Show.CLOSED)) == [quiet]


def test_the_next_that_waits_is_the_most_urgent_other_one(bot):
    one = write(bot, "one", waits=timedelta(hours=1))
    two = write(bot, "two", waits=timedelta(hours=2))
    write(bot, "none")

    with bot.database.read() as session:
        assert queue.next_waiting(session, two) == one
        assert queue.next_waiting(session, one) == two
