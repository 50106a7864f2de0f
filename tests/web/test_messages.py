"""Conversations and requests for a call."""

import logging

import pytest

from social_bot.answering import store
from social_bot.answering.replies import newest_versions
from social_bot.answering.store import CallbackState
from social_bot.answering.threads import Owner
from social_bot.organisation import alerts, operators
from social_bot.organisation.roles import Role
from social_bot.web.wording import Words
from tests.conftest import APPROVER, WRITER
from tests.web.conftest import PERSON, PHONE


def callback_of(bot, callback_id):
    with bot.database.read() as session:
        return next(row for row in store.list_callbacks(session) if row.id == callback_id)


def test_the_list_puts_danger_first_and_masks(writer, world):
    page = writer.read("/inbox")

    assert "Vaara: " in page
    assert "040 123 4567" not in page


def test_a_conversation_tells_what_was_answered_and_why(writer, world):
    page = writer.read(f"/inbox/{world.thread}")

    assert "[••• puhelin]" in page
    assert "040 123 4567" not in page
    assert "Yleinen kysymys · lähinnä: Perustoimeentulotuki" in page
    assert "Vastattiin tekstillä: Perustoimeentulotuki" in page
    assert "henkilötietoja peitetty: puhelinnumero" in page
    assert f"hyväksyjä {APPROVER}" in page
    assert "Lähetetty" in page


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("the thread is held: human", "Botti oli hiljaa, koska ihminen vastaa."),
        ("the platform's 24 hours have passed", "Tätä ei lähetetty, koska viestistä oli yli 24 tuntia."),
        ("answered: other_language", "Vastattiin tekstillä: Palvelu muilla kielillä"),
        ("answered: debt", "Vastattiin tekstillä: Velat ja ulosotto"),
        (
            "Facebook did not answer properly, and nothing was changed. Try again in a moment.",
            "Facebook ei vastannut kunnolla, eikä mitään muutettu.",
        ),
    ],
)
def test_why_a_message_got_what_it_got_is_said_in_words(writer, timed_bot, world, note, sentence):
    with timed_bot.database.write() as session:
        message = store.list_messages(session, [world.thread])[0]
        message.note = note
        session.add(message)

    assert sentence in writer.read(f"/inbox/{world.thread}")


def test_what_its_writer_took_back_is_not_shown(writer, timed_bot, world):
    with timed_bot.database.write() as session:
        message = store.list_messages(session, [world.thread])[0]
        message.text_sealed = None
        session.add(message)

    page = writer.read(f"/inbox/{world.thread}")

    assert "Ei tekstiä (kuva, painike tai peruttu viesti)" in page
    assert "toimeentulotukea? Numeroni" not in page


def test_the_time_of_a_conversation_is_said_as_people_say_it(writer, clock, world):
    at_once = writer.read("/inbox")
    clock.forward(hours=2)
    soon = writer.read("/inbox")
    clock.forward(hours=13)
    later = writer.enter(WRITER).read("/inbox")

    assert "juuri nyt" in at_once
    assert "2 tuntia sitten" in soon
    assert ">ke 25.11. klo 9.00</time>" in later


def test_the_platforms_ids_are_on_no_page(writer, world):
    pages = [writer.read(path) for path in ("/", "/inbox", f"/inbox/{world.thread}", "/callbacks")]

    assert not any(PERSON in page or "m_out" in page for page in pages)


def test_a_conversation_is_given_back_to_the_bot(writer, timed_bot, world):
    with timed_bot.database.write() as session:
        store.get_thread(session, world.thread).owner = Owner.HUMAN
    refused = writer.submit(f"/inbox/{world.thread}/hand-back", standing_on=f"/inbox/{world.thread}")
    with timed_bot.database.write() as session:
        alerts.take(session, f"thread:{world.thread}", by="Kirjoittaja 1", now=timed_bot.now())

    answer = writer.submit(f"/inbox/{world.thread}/hand-back", standing_on=f"/inbox/{world.thread}")

    with timed_bot.database.read() as session:
        thread = store.get_thread(session, world.thread)
    assert refused.status_code == 403
    assert "Joku voi olla vaarassa" in refused.text
    assert answer.headers["location"] == f"/inbox/{world.thread}?done=handed_back"
    assert (thread.owner, thread.waits_for_person) == (Owner.BOT, False)
    assert "Palauta botille" not in writer.read(f"/inbox/{world.thread}")


def test_a_coordinator_gives_nothing_back(coordinator, world):
    answer = coordinator.submit(f"/inbox/{world.thread}/hand-back", standing_on="/inbox")

    assert answer.status_code == 403


def test_a_writer_sees_the_number_as_a_link_to_call(writer, world):
    page = writer.read("/callbacks")

    assert f'<a class="phone" href="tel:+358401234567">{PHONE}</a>' in page
    assert "Luvattu viimeistään ke 25.11. klo 15.00" in page
    assert "niin pian kuin mahdollista · suomi" in page


def test_nobody_else_sees_the_number(coordinator, world):
    page = coordinator.read("/callbacks")

    assert PHONE not in page
    assert "1234567" not in page
    assert "Numerot näkyvät vain kirjoittajille." in page


def test_a_call_after_its_promise_is_late(writer, clock, world):
    clock.forward(hours=8)

    assert "<span>Myöhässä</span>" in writer.read("/callbacks")


def test_a_call_that_reached_somebody_is_done(writer, timed_bot, world):
    writer.submit(f"/callbacks/{world.callback}/reached", standing_on="/callbacks")

    page = writer.read("/callbacks?done=reached")
    assert callback_of(timed_bot, world.callback).state is CallbackState.DONE
    assert "Merkitty: soitit ja tavoitit ihmisen." in page
    assert PHONE not in page


def test_two_calls_without_an_answer_end_a_request(writer, timed_bot, world):
    writer.submit(f"/callbacks/{world.callback}/no-answer", standing_on="/callbacks")
    page = writer.read("/callbacks")
    writer.submit(f"/callbacks/{world.callback}/no-answer", standing_on="/callbacks")

    assert "soitettu juuri nyt, ei vastausta" in page
    assert callback_of(timed_bot, world.callback).state is CallbackState.UNREACHABLE


def test_a_form_that_is_sent_twice_notes_one_call(writer, timed_bot, world):
    twice = {"token": writer.token("/callbacks"), "tries": "0"}
    first, second = (writer.post(f"/callbacks/{world.callback}/no-answer", data=twice) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 403)
    assert "Tämä puhelu on merkitty jo." in second.text
    assert callback_of(timed_bot, world.callback).tries == 1


def test_who_makes_the_call_is_seen_by_all(writer, approver, world):
    before = approver.read("/callbacks")
    answer = writer.submit(f"/callbacks/{world.callback}/assign", standing_on="/callbacks")

    page = approver.read("/callbacks")
    assert answer.headers["location"].startswith("/callbacks?done=call_taken")
    assert WRITER not in before
    assert f"· {WRITER}" in page
    assert "Minä soitan tämän" not in writer.read("/callbacks")


def test_the_caller_sees_that_nobody_may_hear_of_the_call(writer, timed_bot, world):
    before = writer.read("/callbacks")
    with timed_bot.database.write() as session:
        store.get_callback(session, world.callback).is_discreet = True

    assert "Älä jätä viestiä." not in before
    assert "<strong>Älä jätä viestiä. Älä kerro, kuka soittaa.</strong>" in writer.read("/callbacks")


def test_a_request_is_cancelled(writer, timed_bot, world):
    writer.submit(f"/callbacks/{world.callback}/cancel", standing_on="/callbacks")

    assert callback_of(timed_bot, world.callback).state is CallbackState.CANCELLED


def test_what_is_settled_cannot_be_settled_again(writer, world):
    writer.submit(f"/callbacks/{world.callback}/cancel", standing_on="/callbacks")

    answer = writer.submit(f"/callbacks/{world.callback}/reached", standing_on="/callbacks")

    assert answer.status_code == 403
    assert "Tämän soittopyynnön tila on jo: peruttu." in answer.text


@pytest.mark.parametrize("act", ["reached", "no-answer", "cancel"])
def test_a_coordinator_settles_no_call(coordinator, timed_bot, world, act):
    answer = coordinator.submit(f"/callbacks/{world.callback}/{act}", standing_on="/callbacks")

    assert answer.status_code == 403
    assert callback_of(timed_bot, world.callback).state is CallbackState.REQUESTED


def test_no_number_reaches_the_log(writer, world, caplog):
    caplog.set_level(logging.DEBUG)

    writer.read("/callbacks")
    writer.submit(
        "/callback?lang=fi", standing_on="/callback", phone="040 765 4321", window="any", language="fi"
    )

    assert not any(part in caplog.text for part in ("1234567", "123 4567", "765 4321", "7654321"))


def test_a_writer_takes_a_conversation_from_the_bot(writer, timed_bot, world):
    with timed_bot.database.write() as session:
        thread = store.get_thread(session, world.thread)
        thread.owner = Owner.BOT
        session.add(thread)

    answer = writer.submit(f"/inbox/{world.thread}/claim", standing_on=f"/inbox/{world.thread}")

    with timed_bot.database.read() as session:
        assert store.get_thread(session, world.thread).owner is Owner.HUMAN
    assert answer.headers["location"] == f"/inbox/{world.thread}?done=claimed"
    assert "Ota keskustelu itsellesi" not in writer.read(f"/inbox/{world.thread}")


def test_only_the_people_on_duty_read_a_message_in_danger_unmasked(browse, writer, timed_bot, world):
    with timed_bot.database.write() as session:
        operators.add(session, "Päivystäjä", [Role.DUTY], now=timed_bot.now(), by="test")
        message = store.list_messages(session, [world.thread])[0]
        message.original_sealed = timed_bot.database.cipher.seal("Asun Mallikatu 5:ssä")
        session.add(message)
    path = f"/inbox/{world.thread}/original/{message.id}"
    on_duty = browse().enter("Päivystäjä")

    refused = writer.submit(path, standing_on=f"/inbox/{world.thread}")
    shown = on_duty.submit(path, standing_on=f"/inbox/{world.thread}")

    assert refused.status_code == 403
    assert "Asun Mallikatu 5:ssä" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert "Lue viesti peittämättömänä" in on_duty.read(f"/inbox/{world.thread}")
    assert "Lue viesti peittämättömänä" not in writer.read(f"/inbox/{world.thread}")


def test_every_approved_text_has_a_name(timed_bot, world):
    with timed_bot.database.read() as session:
        keys = {row.key for row in newest_versions(session)}
    names = {names.topic.value: names.names for names in timed_bot.models.topics}
    words = Words(language="fi", topic_names=lambda: names)

    assert all(words.text(key) for key in keys)
