"""While automatic answers are stopped people get the numbers once, and a person; texts of danger go on."""

import pytest

from social_bot.answering.outcomes import Lane
from social_bot.answering.store import Direction, SendState
from social_bot.organisation import stop
from social_bot.organisation.pages import PageRow
from tests.answering.talking import (
    FakeMessenger,
    delivery,
    messages,
    open_alerts,
    receive,
    said,
    send_all,
    texts_sent,
    threads,
)
from tests.conftest import APPROVER, NOW, WRITER


@pytest.fixture
def messenger() -> FakeMessenger:
    return FakeMessenger()


def press(bot, *, holds_answers=True, page_id=None) -> int:
    with bot.database.write() as session:
        row = stop.press(
            session, page_id=page_id, holds_answers=holds_answers, reason="Väärä numero", by=WRITER, now=NOW
        )
        return row.id or 0


def test_a_new_thread_gets_the_numbers_and_waits_for_a_person(bot, messenger, clock):
    press(bot)

    receive(bot, delivery(said("Mistä haen toimeentulotukea?")))
    send_all(bot, messenger, clock)

    (text,) = texts_sent(messenger)
    assert all(number in text for number in ("112", "0XX XXX XXX1", "0XX XXX XXXX"))
    assert "toimeentulotu" not in text
    assert threads(bot)[0].waits_for_person


def test_it_is_said_once_and_the_silence_after_it_has_a_reason(bot, messenger, clock):
    press(bot)

    receive(bot, delivery(said("Mistä haen toimeentulotukea?", "m_1")))
    receive(bot, delivery(said("Entä asuntoa?", "m_2")))
    send_all(bot, messenger, clock)

    assert len(texts_sent(messenger)) == 1
    assert messages(bot, Direction.INBOUND)[1].note == (
        "automatic answers are stopped, which the writer has been told"
    )


def test_an_answer_written_before_the_stop_does_not_go_out_and_says_why(bot, messenger, clock):
    receive(bot, delivery(said("Mistä haen toimeentulotukea?")))
    press(bot)

    send_all(bot, messenger, clock)

    (row, *_) = messages(bot, Direction.OUTBOUND)
    assert texts_sent(messenger) == []
    assert (row.send_state, row.note) == (SendState.DROPPED, "the emergency stop holds automatic answers")
    assert threads(bot)[0].waits_for_person


def test_a_text_of_danger_is_never_stopped(bot, messenger, clock):
    receive(bot, delivery(said("en jaksa enää elää", "m_1")))
    press(bot)
    receive(bot, delivery(said("tapan itseni", "m_2", person="7000000002")))

    send_all(bot, messenger, clock)

    assert {row.lane for row in messages(bot, Direction.OUTBOUND)} == {Lane.CRISIS}
    assert {row.send_state for row in messages(bot, Direction.OUTBOUND)} == {SendState.SENT}
    assert "crisis" in open_alerts(bot)


@pytest.mark.parametrize("stopped", [{"holds_answers": False}, {"page_id": "100200400"}])
def test_a_stop_of_posts_alone_or_of_another_page_leaves_answers_alone(bot, messenger, clock, stopped):
    with bot.database.write() as session:
        session.add(PageRow(id="100200400", name="Toinen", created_at=NOW))
    press(bot, **stopped)

    receive(bot, delivery(said("Mistä haen toimeentulotukea?")))
    send_all(bot, messenger, clock)

    assert "oimeentulotu" in texts_sent(messenger)[0]


def test_after_the_release_the_bot_answers_again(bot, messenger, clock):
    stop_id = press(bot)
    with bot.database.write() as session:
        stop.release(session, stop_id, by=APPROVER, now=NOW)

    receive(bot, delivery(said("Mistä haen toimeentulotukea?")))
    send_all(bot, messenger, clock)

    assert "oimeentulotu" in texts_sent(messenger)[0]
