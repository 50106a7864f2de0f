"""What arrives in another order than it happened, or while something is out of order here."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from social_bot.answering import intake, outbox, receiving, store
from social_bot.answering.comment_store import DeedKind, DeedRow
from social_bot.answering.store import DeliveryRow, Direction, EventRow, MessageRow, SendState
from social_bot.bootstrap import Bot
from social_bot.channels.ports import OutgoingMessage
from social_bot.errors import OutcomeUnknown
from social_bot.organisation.alerts import AlertKind
from tests.answering.talking import (
    FakeMessenger,
    delivery,
    echo,
    messages,
    open_alerts,
    receive,
    said,
    send_all,
    texts_sent,
)
from tests.conftest import NOW, PAGE

DANGER = "En halua enää elää"


def taken_back(mid: str = "m_1") -> dict[str, object]:
    item = said("", mid)
    item["message"] = {"mid": mid, "is_deleted": True}
    return item


def test_a_message_that_arrives_after_it_was_taken_back_is_neither_kept_nor_answered(bot, clock, messenger):
    receive(bot, delivery(taken_back()))
    receive(bot, delivery(said("Mistä saan velkaneuvontaa?")))
    send_all(bot, messenger, clock)

    (message,) = messages(bot, Direction.INBOUND)
    assert (message.text_sealed, message.original_sealed) == (None, None)
    assert texts_sent(messenger) == []


@pytest.mark.parametrize("is_late", [True, False])
def test_danger_in_what_was_taken_back_is_answered_and_told_and_its_words_are_not_kept(
    bot, clock, messenger, is_late
):
    events = [delivery(said(DANGER)), delivery(taken_back())]
    for body in reversed(events) if is_late else events:
        receive(bot, body)
    send_all(bot, messenger, clock)

    (message,) = messages(bot, Direction.INBOUND)
    assert (message.text_sealed, message.original_sealed) == (None, None)
    assert texts_sent(messenger)[0].startswith("Hätänumero 112")
    assert AlertKind.CRISIS in open_alerts(bot)


def test_what_the_page_itself_took_back_is_no_message_of_a_resident(bot):
    item = echo("m_h1", None)
    item["message"] = {"mid": "m_h1", "is_echo": True, "is_deleted": True}

    receive(bot, delivery(item))

    assert messages(bot, Direction.INBOUND) == []


def test_an_answer_that_was_lost_is_not_found_in_an_earlier_one_with_the_same_text(bot, clock):
    messenger = FakeMessenger()
    receive(bot, delivery(said("Mistä saan velkaneuvontaa?")))
    send_all(bot, messenger, clock)
    with bot.database.write() as session:
        first = session.exec(select(MessageRow).where(MessageRow.send_state == SendState.SENT)).first()
        assert first is not None
        again = MessageRow(
            **first.model_dump(exclude={"id", "mid_index", "send_state"}), send_state=SendState.PENDING
        )
        session.add(again)
    messenger.next_errors = [(OutcomeUnknown("lost"), False)]
    send_all(bot, messenger, clock)
    for _ in range(3):
        clock.forward(minutes=2)
        outbox.look_for_unconfirmed(bot.database, messenger=messenger, clock=clock)

    last = messages(bot, Direction.OUTBOUND)[-1]
    assert (last.send_state, last.next_look_at) == (SendState.UNCONFIRMED, None)
    assert AlertKind.MESSAGE_UNCONFIRMED in open_alerts(bot)


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param({"send_state": SendState.SENT, "has_id": True}, id="recorded"),
        pytest.param({"send_state": SendState.SENDING, "has_id": False}, id="being sent"),
    ],
)
def test_an_answer_that_was_lost_is_not_found_in_a_private_message_with_the_same_text(bot, clock, deed):
    messenger = FakeMessenger(next_errors=[(OutcomeUnknown("lost"), False)])
    receive(bot, delivery(said(DANGER)))
    send_all(bot, messenger, clock)
    (answer,) = [
        each for each in messages(bot, Direction.OUTBOUND) if each.send_state == SendState.UNCONFIRMED
    ]
    text = bot.database.cipher.open(answer.text_sealed or b"")
    messenger.sent.append(("person", OutgoingMessage(text=text, reference="private")))
    with bot.database.write() as session:
        session.add(
            DeedRow(
                page_id=PAGE,
                kind=DeedKind.PRIVATE,
                send_state=deed["send_state"],
                text_sealed=answer.text_sealed,
                result_index=bot.database.index(f"m_out{len(messenger.sent)}") if deed["has_id"] else None,
                by="bot",
                written_at=NOW,
            )
        )
    for _ in range(3):
        clock.forward(minutes=2)
        outbox.look_for_unconfirmed(bot.database, messenger=messenger, clock=clock)

    (looked,) = [each for each in messages(bot, Direction.OUTBOUND) if each.id == answer.id]
    assert (looked.send_state, looked.next_look_at) == (SendState.UNCONFIRMED, None)
    assert AlertKind.MESSAGE_UNCONFIRMED in open_alerts(bot)


def test_a_delivery_that_no_worker_has_looked_at_outlives_the_quarter_of_an_hour(bot: Bot):
    intake.store_deliveries(bot.database, [delivery(said("Hei"))], now=NOW)

    intake.erase_old_bodies(bot.database, now=NOW + timedelta(hours=2))
    taken_in = intake.take_in(bot.database, parse=bot.parse_delivery, now=NOW + timedelta(hours=2))

    assert taken_in == 1
    with bot.database.read() as session:
        assert session.exec(select(DeliveryRow)).one().body_sealed is None


def test_an_event_that_a_full_database_does_not_take_is_never_set_aside(bot: Bot, monkeypatch):
    intake.store_deliveries(bot.database, [delivery(said("Hei"))], now=NOW)
    intake.take_in(bot.database, parse=bot.parse_delivery, now=NOW)
    now = NOW

    def full(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, RuntimeError("the disk is full"))

    with monkeypatch.context() as trouble:
        trouble.setattr(receiving, "write_answer", full)
        for _ in range(5):
            bot.inbox.answer_events(now=now)
            now += timedelta(seconds=11)
    bot.inbox.answer_events(now=now)

    with bot.database.read() as session:
        assert session.exec(select(EventRow)).one().is_done
    assert [message.note for message in messages(bot, Direction.INBOUND)] == ["answered: greeting"]


def test_one_worker_is_given_only_the_events_that_it_has_claimed_itself(bot: Bot):
    intake.store_deliveries(bot.database, [delivery(said("Hei")), delivery(said("Moi", "m_2"))], now=NOW)
    intake.take_in(bot.database, parse=bot.parse_delivery, now=NOW)
    until = NOW + timedelta(seconds=10)

    with bot.database.write() as session:
        first = store.claim_events(session, now=NOW, until=until, limit=1)
    with bot.database.write() as session:
        second = store.claim_events(session, now=NOW, until=until, limit=5)

    assert (len(first), len(second)) == (1, 1)
    assert {row.page_id for row in (*first, *second)} == {PAGE}
