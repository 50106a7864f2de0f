"""A text that has had its time gives way; a text of danger goes on as it was last approved, and staff hear."""

from datetime import date, timedelta

import pytest

from social_bot.answering.replies import approve_texts, load_library
from social_bot.answering.validity import tell_of_lapsed
from social_bot.organisation import alerts, pages
from social_bot.organisation.alerts import AlertKind
from tests.answering.talking import delivery, receive, said, send_all, texts_sent
from tests.conftest import APPROVER, NOW, PAGE

LAST_DAY = date(2026, 11, 24)  # yesterday


@pytest.fixture
def live_bot(bot):
    """A live page whose every text had its last day yesterday, but the general and the frame texts."""
    with bot.database.write() as session:
        page = pages.get(session, PAGE)
        page.is_live = True
        session.add(page)
        approve_texts(session, None, by=APPROVER, now=NOW - timedelta(days=9), valid_until=LAST_DAY)
        approve_texts(session, ["general", "disclosure", "contact"], by=APPROVER, now=NOW)
    return bot


@pytest.mark.parametrize(("today", "is_sent"), [(LAST_DAY, True), (LAST_DAY + timedelta(days=1), False)])
def test_a_text_is_sent_until_its_last_day(live_bot, today, is_sent):
    with live_bot.database.read() as session:
        library = load_library(session, (), approved_only=True, today=today)

    assert (("debt", "fi") in library.versions) is is_sent
    assert ("crisis_suicide", "fi") in library.versions
    assert ("crisis_phone", "sv") in library.versions


def test_a_topic_whose_text_has_lapsed_gets_the_general_one_and_staff_hear(live_bot, messenger, clock):
    receive(live_bot, delivery(said("Tarvitsen velkaneuvontaa ulosoton takia")))
    send_all(live_bot, messenger, clock)

    assert "Emme ole varmoja" in texts_sent(messenger)[0]


def test_a_crisis_text_goes_as_last_approved_and_staff_hear_that_its_time_is_over(live_bot, messenger, clock):
    receive(live_bot, delivery(said("En halua enää elää")))
    send_all(live_bot, messenger, clock)
    for _ in range(2):
        with live_bot.database.write() as session:
            tell_of_lapsed(session, today=LAST_DAY + timedelta(days=1), now=NOW)

    assert texts_sent(messenger)[0].startswith("Hätänumero 112")
    with live_bot.database.read() as session:
        told = [
            row.subject for row in alerts.unacknowledged(session) if row.kind is AlertKind.TEXT_UNAVAILABLE
        ]
    assert told.count("text:crisis_suicide.fi") == 1
    assert "text:general.fi" not in told
