"""The calendar feed: a secret address, no cookie, times in their zone, and no more of a text than its first line."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar
from sqlmodel import select

from social_bot.organisation import operators
from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.roles import Role
from social_bot.planning import feeds, store
from social_bot.planning.feeds import FeedRow
from social_bot.planning.posts import PostState
from tests.conftest import NOW, PAGE, WRITER


@pytest.fixture
def address(writer, world) -> str:
    page = writer.submit("/calendar-feed", standing_on="/calendar-feed").text
    return told(page)


def told(page: str) -> str:
    found = re.search(r"(/calendar/[\w-]+\.ics)", page)
    assert found is not None
    return found[1]


def events(answer):
    return {str(event["UID"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_a_calendar_reads_the_posts_without_a_cookie(anybody, timed_bot, world, address):
    answer = anybody.get(address)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "set-cookie" not in answer.headers
    found = events(answer)
    post = found[f"post-{world.posts[PostState.SCHEDULED]}@127.0.0.1"]
    assert str(post["SUMMARY"]) == "Ajastettu: Tule juttelemaan (scheduled)."
    assert str(post["LOCATION"]) == "Neuvonta"
    assert post["DTSTART"].dt.isoformat() == "2026-11-25T10:00:00+02:00"
    assert post["DTSTART"].params["TZID"] == "Europe/Helsinki"
    assert "BEGIN:VTIMEZONE" in answer.text


def test_nothing_of_a_text_but_its_first_line_is_told(anybody, timed_bot, world, address):
    with timed_bot.database.write() as session:
        row = store.get_post(session, world.posts[PostState.DRAFT])
        row.texts = {"fi": "Otsikko\n\nSalainen sisältö.", "sv": "Rubrik"}

    text = anybody.get(address).text

    assert "Otsikko" in text
    assert "Salainen" not in text
    assert "Rubrik" not in text


def test_what_was_cancelled_or_expired_is_left_out(anybody, world, address):
    found = events(anybody.get(address))

    for state in (PostState.CANCELLED, PostState.EXPIRED):
        assert f"post-{world.posts[state]}@127.0.0.1" not in found


def test_the_address_is_kept_as_a_hash_and_in_no_log(timed_bot, address):
    token = address.removeprefix("/calendar/").removesuffix(".ics")

    with timed_bot.database.read() as session:
        row = session.exec(select(FeedRow)).one()
        details = " ".join(
            entry.detail + entry.subject for entry in session.exec(select(AuditEntryRow)).all()
        )
    assert token not in str(row)
    assert row.token_hash not in details
    assert token not in details


def test_a_new_address_ends_the_old_one_and_a_withdrawn_one_is_gone(writer, anybody, address):
    renewed = told(writer.submit("/calendar-feed", standing_on="/calendar-feed").text)
    statuses = [anybody.get(address).status_code, anybody.get(renewed).status_code]
    writer.submit("/calendar-feed/withdraw", standing_on="/calendar-feed")

    assert statuses == [404, 200]
    assert anybody.get(renewed).status_code == 404
    assert renewed not in writer.read("/calendar-feed")


def test_the_feed_ends_with_the_access_of_its_worker(anybody, timed_bot, address):
    with timed_bot.database.write() as session:
        operators.deactivate(session, WRITER, now=NOW, by="test")

    assert anybody.get(address).status_code == 404


def test_a_worker_of_one_page_sees_the_posts_of_that_page_alone(anybody, timed_bot, address):
    with timed_bot.database.write() as session:
        operators.set_rights(
            session, WRITER, everywhere=[], on_pages={"999": [Role.WRITER]}, now=NOW, by="test"
        )

    assert events(anybody.get(address)) == {}


def test_a_feed_is_read_a_few_times_an_hour_and_not_more(anybody, timed_bot, clock, address):
    statuses = [anybody.get(address).status_code for _ in range(61)]
    clock.forward(hours=1, minutes=1)

    assert statuses == [200] * 60 + [429]
    assert anybody.get(address).status_code == 200


@pytest.mark.parametrize("path", ["/calendar/x.ics", "/calendar/.ics", "/calendar/" + "a" * 43 + ".ics"])
def test_an_unknown_address_is_not_found(anybody, path):
    assert anybody.get(path).status_code == 404


def test_the_second_of_two_equal_hours_is_told_in_utc(timed_bot):
    doubled = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    posts = [
        feeds.FedPost(id=number, page=PAGE, state=PostState.DRAFT, kind="post", title="Hei", publish_at=at)
        for number, at in enumerate(doubled)
    ]

    content = feeds.write_calendar(
        posts,
        name="Neuvonta",
        staff_url="https://mallila.example",
        zone=timed_bot.settings.zone,
        state_in_words=str,
        now=NOW - timedelta(days=40),
    )

    starts = [
        event.decoded("DTSTART").astimezone(UTC) for event in Calendar.from_ical(content).walk("VEVENT")
    ]
    assert starts == doubled
