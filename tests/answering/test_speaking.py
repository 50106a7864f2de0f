"""A worker's own answer: its windows, its intent, what is kept of it, and what must be read twice."""

from datetime import timedelta

import pytest
from sqlmodel import select

from social_bot.answering import outbox, own_words, speaking, store
from social_bot.answering.own_words import Doubtful
from social_bot.answering.replies import approve_texts, load_library
from social_bot.answering.store import Direction, SendState
from social_bot.answering.threads import Owner
from social_bot.channels.facebook import protocol
from social_bot.channels.ports import HumanMessage
from social_bot.errors import InvalidInput, NotAllowed, OutcomeUnknown, RecipientUnreachable
from social_bot.organisation import directory, operators
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.roles import Role
from tests.answering.talking import delivery, messages, open_alerts, receive, said, send_all, threads
from tests.conftest import APPROVER, NOW, PAGE, WRITER

SECOND = timedelta(seconds=1)
WORDS = "Hei, täällä vastaa ihminen. Soita meille."


def answer(bot, text=WORDS, *, now=NOW, by=WRITER, insisted=None):
    with bot.database.write() as session:
        return speaking.answer_in_person(
            session,
            1,
            text,
            by=by,
            organisation=bot.organisation(session),
            cipher=bot.database.cipher,
            now=now,
            insisted=insisted,
        )


@pytest.fixture
def talk(bot, messenger, clock):
    """A thread in which somebody has written and the bot has answered."""
    receive(bot, delivery(said("Milloin olette auki?")))
    send_all(bot, messenger, clock)
    messenger.sent.clear()
    messenger.prefix = "m_person"
    return bot


def own(bot):
    return messages(bot, Direction.OUTBOUND)[-1]


def test_an_answer_takes_the_conversation_and_goes_out_once(talk, messenger, clock):
    answer(talk)
    send_all(talk, messenger, clock)

    [(_, sent)] = messenger.sent
    thread, row = threads(talk)[0], own(talk)
    assert sent == HumanMessage(text=WORDS, reference=f"sb1:out:{row.id}", by=WRITER)
    assert (thread.owner, thread.human_spoke_at, thread.waits_for_person) == (Owner.HUMAN, NOW, False)
    assert (row.send_state, row.by, row.is_automatic) == (SendState.SENT, WRITER, False)
    assert messenger.late == [False]


@pytest.mark.parametrize(
    ("after", "is_late"),
    [
        (timedelta(hours=24) - SECOND, False),
        (timedelta(hours=24), True),
        (timedelta(days=7) - SECOND, True),
    ],
)
def test_a_person_answers_for_seven_days_after_one_under_the_tag(talk, messenger, clock, after, is_late):
    clock.now = NOW + after
    answer(talk, now=clock.now)
    send_all(talk, messenger, clock)

    assert messenger.late == [is_late]


def test_after_seven_days_nothing_is_written_and_the_reason_is_said(talk):
    with pytest.raises(NotAllowed, match="More than seven days"):
        answer(talk, now=NOW + timedelta(days=7))

    assert own(talk).is_automatic


def test_what_is_not_sent_in_time_is_dropped_and_the_thread_waits(talk, messenger, clock):
    answer(talk, now=NOW + timedelta(days=7) - SECOND)
    clock.now = NOW + timedelta(days=7)
    send_all(talk, messenger, clock)

    row = own(talk)
    assert (row.send_state, row.note) == (SendState.DROPPED, "the platform's seven days have passed")
    assert messenger.sent == []
    assert threads(talk)[0].waits_for_person
    assert AlertKind.MESSAGE_FAILED in open_alerts(talk)


def test_only_a_persons_message_can_carry_the_tag():
    late = protocol.send_human_message(PAGE, "1", HumanMessage(text="a", reference="r", by="b"), is_late=True)
    soon = protocol.send_human_message(
        PAGE, "1", HumanMessage(text="a", reference="r", by="b"), is_late=False
    )

    assert (late.params["messaging_type"], late.params["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
    assert soon.params["messaging_type"] == "RESPONSE"
    assert "tag" not in soon.params
    assert not late.is_repeatable


def test_a_lost_answer_is_looked_up_and_never_sent_again(talk, messenger, clock):
    answer(talk, "Soita 040 123 4567.", insisted=own_words.digest_of("Soita 040 123 4567."))
    messenger.next_errors = [(OutcomeUnknown("lost"), True)]
    send_all(talk, messenger, clock)
    clock.forward(minutes=1)
    outbox.look_for_unconfirmed(talk.database, messenger=messenger, clock=clock)

    assert len(messenger.sent) == 1
    assert own(talk).send_state is SendState.SENT
    assert threads(talk)[0].human_spoke_at == clock.now


def test_what_has_gone_out_is_kept_masked_alone(talk, messenger, clock):
    text = "Soita 040 123 4567."
    answer(talk, text, insisted=own_words.digest_of(text))
    before = own(talk)
    send_all(talk, messenger, clock)

    after, cipher = own(talk), talk.database.cipher
    assert messenger.sent[0][1].text == text
    assert cipher.open(before.exact_sealed) == text
    assert cipher.open(after.text_sealed) == "Soita [••• puhelin]."
    assert after.exact_sealed is None


def test_another_app_that_holds_the_thread_is_said_and_the_person_told(talk, messenger, clock):
    answer(talk)
    messenger.next_errors = [(RecipientUnreachable("held", held_by_other=True), False)]
    send_all(talk, messenger, clock)

    assert threads(talk)[0].owner is Owner.STANDBY
    assert AlertKind.MESSAGE_FAILED in open_alerts(talk)
    with pytest.raises(NotAllowed, match="Another app holds"):
        answer(talk)


def test_doubtful_words_are_sent_only_when_insisted_upon_as_they_stand(talk):
    with pytest.raises(Doubtful) as doubt:
        answer(talk, "Hakemuksesi on käsittelyssä.")
    with pytest.raises(Doubtful):
        answer(talk, "Hakemuksesi on hylätty.", insisted=doubt.value.digest)
    answer(talk, "Hakemuksesi on käsittelyssä.", insisted=doubt.value.digest)

    with talk.database.read() as session:
        details = [
            row.detail for row in session.exec(select(AuditEntryRow)) if row.action == "message.answer"
        ]
    assert details == ["insisted: case"]


@pytest.mark.parametrize("text", ["", "   \n", "a" * 2001])
def test_nothing_and_too_much_are_refused(talk, text):
    with pytest.raises(InvalidInput):
        answer(talk, text)


def test_only_a_writer_answers(talk):
    with talk.database.write() as session:
        operators.add(session, "Koordinaattori", [Role.COORDINATOR], now=NOW, by="test")

    with pytest.raises(NotAllowed, match="does not hold the role"):
        answer(talk, by="Koordinaattori")


def test_danger_stays_until_the_thread_is_given_back(bot, messenger, clock):
    receive(bot, delivery(said("En halua enää elää")))
    answer(bot)

    thread = threads(bot)[0]
    assert thread.crisis is not None
    assert thread.waits_for_person


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Soita meille 0XX XXX XXXX.", []),
        ("Soita minulle 040 123 4567.", ["phone"]),
        ("Tunnus on 131052-308T.", ["identity_code"]),
        ("Hakemuksesi on saapunut.", ["case"]),
        ("Katsoin päätöstäsi.", ["case"]),
        ("Päätöksessäsi lukee näin.", ["case"]),
        ("Olet jo asiakkaamme.", ["case"]),
        ("Sosiaalityöntekijäsi soittaa.", ["case"]),
        ("Ditt beslut är klart.", ["case"]),
        ("Din andra ansökan har kommit.", ["case"]),
        ("Du är redan klient.", ["case"]),
        ("Your latest application is here.", ["case"]),
        ("You are already our client.", ["case"]),
        ("Hakemuksen voi tehdä verkossa.", []),
        ("Kela tekee päätöksen.", []),
        ("Ansökan görs hos FPA.", []),
        ("You can apply online.", []),
        ("Voit pyytää soittoa.", []),
    ],
)
def test_words_about_somebodys_own_case_and_private_data_are_named(bot, text, kinds):
    with bot.database.read() as session:
        found = own_words.look_over(text, bot.organisation(session))

    assert [concern.kind for concern in found] == kinds


def test_the_organisations_own_number_is_no_doubt_however_it_is_written(bot):
    with bot.database.write() as session:
        directory.put(session, "phone_main", "02 123 4567", now=NOW, by="test", zone=bot.settings.zone)
        organisation = bot.organisation(session)

    assert own_words.look_over("Soita +358 2 123 4567.", organisation) == ()
    assert own_words.masked("Soita +358 2 123 4567.", organisation) == "Soita +358 2 123 4567."
    assert own_words.look_over("Soita 02 123 4568.", organisation) != ()


def test_the_phone_text_for_use_elsewhere_is_the_approved_one(bot):
    with bot.database.write() as session:
        approve_texts(session, None, by=APPROVER, now=NOW)
        library = load_library(session, (), approved_only=True)
        text = speaking.phone_text(library, bot.organisation(session), "fi", now=NOW)

    assert "0XX XXX XXXX" in (text or "")


def test_a_thread_nobody_wrote_in_cannot_be_answered():
    assert speaking.window(None, NOW) is None
    assert (
        speaking.refusal(
            store.ThreadRow(page_id=PAGE, contact_index="", contact_sealed=b"", created_at=NOW).state,
            None,
            NOW,
        )
        == speaking.NOBODY_WROTE
    )
