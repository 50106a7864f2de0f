"""Keeping a conversation: one thread, one hour, as it is kept."""

from datetime import timedelta

import pytest
from sqlmodel import select

from social_bot.answering import saving
from social_bot.answering.inbox import Inbox
from social_bot.answering.intake import store_deliveries, take_in
from social_bot.answering.outcomes import SAVE_PAYLOAD
from social_bot.answering.store import MessageRow, SavedConversationRow, SendState, ThreadRow
from social_bot.channels.ports import EventKind, InboundEvent
from tests.conftest import NOW, PAGE


@pytest.fixture
def say(bot, models):
    """Write to the page, or press a button, and get what is to be sent."""
    inbox = Inbox(database=bot.database, models=models, gather=bot.organisation, own_app_id="1")
    count = iter(range(100))

    def say(text=None, *, payload=None, contact="7000000001"):
        number = next(count)
        event = InboundEvent(
            key=str(number),
            kind=EventKind.POSTBACK if payload else EventKind.MESSAGE,
            page_id=PAGE,
            contact_id=contact,
            occurred_at=NOW,
            message_id=f"m{number}",
            text=text,
            payload=payload,
        )
        store_deliveries(bot.database, [b"x"], now=NOW)
        take_in(bot.database, parse=lambda _: [event], now=NOW)
        inbox.answer_events(now=NOW)
        with bot.database.write() as session:
            rows = session.exec(select(MessageRow).where(MessageRow.send_state == SendState.PENDING)).all()
            for row in rows:
                row.send_state = SendState.SENT
            return "\n".join(bot.database.cipher.open(row.text_sealed) for row in rows)

    return say


def token_in(text):
    return text.partition(saving.PATH)[2].split()[0]


def opened(bot, token, *, now=NOW):
    with bot.database.read() as session:
        return saving.open_link(session, token, cipher=bot.database.cipher, now=now)


def test_the_menus_button_answers_with_a_link_to_this_conversation_alone(bot, say):
    say("Milloin olette auki?")
    say("Saako koiran ottaa mukaan?", contact="7000000002")

    answer = say(payload=SAVE_PAYLOAD)

    saved = opened(bot, token_in(answer))
    said = [line.text for line in saved.lines]
    assert bot.settings.base_url + saving.PATH in answer
    assert "Linkki toimii tunnin" in answer
    assert said[0] == "Milloin olette auki?"
    assert any("automaattinen vastaus" in (text or "") for text in said)
    assert not any("koiran" in (text or "") for text in said)


def test_it_shows_the_exchange_as_it_is_kept_masked(bot, say):
    say("Numeroni on 040 123 4567, milloin olette auki?")

    saved = opened(bot, token_in(say(payload=SAVE_PAYLOAD)))

    assert saved.lines[0].is_from_resident
    assert "4567" not in "".join(line.text or "" for line in saved.lines)


def test_the_link_works_for_an_hour_and_no_longer(bot, say):
    token = token_in(say(payload=SAVE_PAYLOAD))

    assert opened(bot, token, now=NOW + timedelta(minutes=59)) is not None
    assert opened(bot, token, now=NOW + timedelta(hours=1)) is None


@pytest.mark.parametrize("token", ["", "guess", "%", "a" * 500])
def test_a_guess_opens_nothing(bot, say, token):
    say(payload=SAVE_PAYLOAD)

    assert opened(bot, token) is None


def test_only_the_hash_of_the_token_is_kept_and_an_old_one_is_erased(bot, say):
    token = token_in(say(payload=SAVE_PAYLOAD))
    with bot.database.write() as session:
        (row,) = session.exec(select(SavedConversationRow)).all()
        saving.erase_old_links(session, now=NOW + timedelta(minutes=59))
        before = session.exec(select(SavedConversationRow)).all()
        saving.erase_old_links(session, now=NOW + timedelta(hours=1))
        after = session.exec(select(SavedConversationRow)).all()

    assert token not in str(row)
    assert (len(before), after) == (1, [])


def test_an_answer_that_was_not_sent_and_a_message_taken_back_are_not_shown(bot, say):
    say("Milloin olette auki?")
    answer = say(payload=SAVE_PAYLOAD)
    with bot.database.write() as session:
        thread = session.exec(select(ThreadRow)).one()
        for row in session.exec(select(MessageRow).where(MessageRow.thread_id == thread.id)).all():
            if row.is_automatic:
                row.send_state = SendState.FAILED
            else:
                row.text_sealed = None

    saved = opened(bot, token_in(answer))
    assert {line.text for line in saved.lines} == {None}
    assert all(line.is_from_resident for line in saved.lines)


def test_other_answers_make_no_link(bot, say):
    say("Milloin olette auki?")

    with bot.database.read() as session:
        assert session.exec(select(SavedConversationRow)).all() == []
