"""A conversation over time: danger, people, nights, outages and loops, through the rows and the sender."""

from datetime import timedelta

import pytest
from sqlmodel import select

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.dialogue import LOOP_LIMIT
from social_bot.answering.holding import hand_back, hand_back_quiet
from social_bot.answering.originals import erase_originals, read_original
from social_bot.answering.store import Direction, SendState
from social_bot.answering.threads import Owner
from social_bot.errors import NotAllowed, NotFound, RecipientUnreachable
from social_bot.organisation import alerts, operators
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.roles import Role
from tests.answering.talking import (
    OTHER_APP,
    delivery,
    echo,
    messages,
    open_alerts,
    receive,
    said,
    send_all,
    texts_sent,
    threads,
)
from tests.conftest import WRITER

DANGER, VIOLENCE = "En halua enää elää", "Mies hakkaa mua nyt"
DEBT = "Tarvitsen velkaneuvontaa ulosoton takia"


@pytest.fixture
def say(bot, messenger, clock):
    """The person writes, now or ``ago``, and what may be sent goes out; the texts that went."""
    number = 0

    def write(text, *, ago=timedelta(0), section="messaging"):
        nonlocal number
        number += 1
        before = len(messenger.sent)
        item = said(text, f"m_{number}", at=clock.now - ago)
        receive(bot, delivery(item, section=section), now=clock.now)
        send_all(bot, messenger, clock)
        return texts_sent(messenger)[before:]

    return write


def person_speaks(bot, clock, mid="m_h1"):
    receive(bot, delivery(echo(mid, OTHER_APP, at=clock.now)), now=clock.now)


def take_alert(bot, clock):
    with bot.database.write() as session:
        for alert in alerts.unacknowledged(session):
            alerts.acknowledge(session, alert.id or 0, by=WRITER, now=clock.now)


def test_a_conversation_in_danger_from_the_first_word_to_the_hand_back(bot, clock, say):
    first = say(DANGER)
    again_at_once = say(DANGER)
    other_kind = say(VIOLENCE)
    follow_up = say(DEBT)
    second_follow_up = say("Oletko siellä")
    clock.forward(minutes=10)
    again_later = say(DANGER)
    clock.forward(hours=1)
    hourly = say(DEBT)
    take_alert(bot, clock)
    still = say(DEBT)
    with bot.database.write() as session:
        hand_back(session, threads(bot)[0].id or 0, by=WRITER, now=clock.now)
    answered = say(DEBT)

    assert [len(texts) for texts in (first, again_at_once, other_kind, follow_up, second_follow_up)] == [
        1,
        0,
        1,
        1,
        0,
    ]
    assert (len(again_later), len(hourly), len(still)) == (1, 1, 0)
    assert all(text.startswith("Hätänumero 112") for text in (*first, *other_kind, *follow_up, *again_later))
    assert follow_up == hourly
    assert first == again_later != other_kind
    assert "Tämä on automaattinen vastaus" in answered[0]
    assert "elka" in answered[0]


def test_an_answer_that_waits_is_not_sent_once_danger_shows(bot, messenger, clock):
    receive(bot, delivery(said(DEBT)), delivery(said(DANGER, "m_2")))
    send_all(bot, messenger, clock)

    assert len(messenger.sent) == 1
    assert {row.note for row in messages(bot, Direction.OUTBOUND) if row.send_state is SendState.DROPPED} == {
        "somebody may be in danger here"
    }


@pytest.mark.parametrize(("minutes", "is_sent"), [(9, False), (10, True)])
def test_a_person_who_has_gone_quiet_does_not_keep_the_numbers_from_somebody_in_danger(
    bot, clock, say, minutes, is_sent
):
    say("Hei")
    person_speaks(bot, clock)
    clock.forward(minutes=minutes)

    sent = say(DANGER)
    repeated = say(DANGER)

    assert len(sent) == is_sent
    assert repeated == []
    assert threads(bot)[0].owner is Owner.HUMAN
    assert AlertKind.CRISIS in open_alerts(bot)


def test_a_crisis_text_is_dropped_when_a_person_speaks_before_it_goes(bot, messenger, clock):
    receive(bot, delivery(said(DANGER)), delivery(echo("m_h1", OTHER_APP)))
    send_all(bot, messenger, clock)

    assert messenger.sent == []
    assert threads(bot)[0].waits_for_person
    assert open_alerts(bot) == [AlertKind.CRISIS]


def test_on_standby_the_platform_may_refuse_the_crisis_text_which_staff_hear_of(bot, messenger, clock, say):
    messenger.next_errors = [(RecipientUnreachable("held", held_by_other=True), False)]

    say(DANGER, section="standby")

    (row,) = messages(bot, Direction.OUTBOUND)
    assert (row.send_state, messenger.calls) == (SendState.DROPPED, 1)
    assert set(open_alerts(bot)) == {AlertKind.CRISIS, AlertKind.MESSAGE_FAILED}
    assert threads(bot)[0].owner is Owner.STANDBY
    assert threads(bot)[0].waits_for_person


@pytest.mark.parametrize("section", ["messaging", "standby"])
@pytest.mark.parametrize("is_known", [True, False])
def test_danger_in_an_edited_message_gets_its_text(bot, messenger, clock, section, is_known):
    if is_known:
        receive(bot, delivery(said("Hei")))
    edited = {key: value for key, value in said("x").items() if key != "message"}
    edited["message_edit"] = {"mid": "m_1", "text": DANGER, "num_edit": 1}

    receive(bot, delivery(edited, section=section))
    receive(bot, delivery(edited, section=section))
    send_all(bot, messenger, clock)

    assert sum(text.startswith("Hätänumero 112") for text in texts_sent(messenger)) == 1
    assert open_alerts(bot) == [AlertKind.CRISIS]
    assert threads(bot)[0].crisis is CrisisKind.SUICIDE


def test_an_edit_that_overtakes_its_message_does_not_pass_for_it(bot):
    edited = {key: value for key, value in said("x").items() if key != "message"}
    edited["message_edit"] = {"mid": "m_1", "text": DANGER, "num_edit": 1}

    receive(bot, delivery(edited))
    receive(bot, delivery(said("Hei")))

    assert len(messages(bot, Direction.INBOUND)) == 2


# --- the original of a message in danger


@pytest.fixture
def original(bot, say, clock):
    """The id of a message in danger with an address in it."""
    say("Hei")
    say(f"{DANGER}, osoite on Mallikatu 5 B 12")
    with bot.database.write() as session:
        operators.add(session, "Päivystäjä", [Role.DUTY], now=clock.now, by="test")
    return messages(bot, Direction.INBOUND)[-1].id


def read(bot, message_id, clock, by="Päivystäjä"):
    with bot.database.write() as session:
        return read_original(session, message_id, by=by, cipher=bot.database.cipher, now=clock.now)


def test_the_original_is_kept_in_danger_alone_and_read_by_the_people_on_duty(bot, original, clock):
    calm, _ = messages(bot, Direction.INBOUND)

    assert "Mallikatu 5" in read(bot, original, clock)
    with pytest.raises(NotAllowed):
        read(bot, original, clock, by=WRITER)
    assert calm.original_sealed is None
    with bot.database.read() as session:
        entries = session.exec(
            select(AuditEntryRow).where(AuditEntryRow.action == "message.read_original")
        ).all()
    assert [(entry.actor, entry.subject) for entry in entries] == [("Päivystäjä", f"message:{original}")]


def test_what_follows_in_a_thread_in_danger_is_kept_too_for_the_address_may_come_then(
    bot, original, say, clock
):
    say("Asun Mallikatu 7:ssä")

    assert "Mallikatu 7" in read(bot, messages(bot, Direction.INBOUND)[-1].id, clock)


def test_the_original_is_erased_a_day_after_the_alert_was_taken(bot, original, clock):
    def erase():
        with bot.database.write() as session:
            return erase_originals(session, now=clock.now)

    clock.forward(days=3)
    while_open = erase()
    take_alert(bot, clock)
    clock.forward(hours=23, minutes=59)
    within_the_day = erase()
    clock.forward(minutes=1)
    after = erase()

    assert (while_open, within_the_day, after) == (0, 0, 1)
    with pytest.raises(NotFound):
        read(bot, original, clock)


# --- outages, nights, loops


def test_a_message_found_late_by_night_is_told_in_the_morning_and_a_new_one_is_answered_meanwhile(
    bot, messenger, clock, say
):
    clock.forward(hours=15)  # midnight in Helsinki

    late = say(DEBT, ago=timedelta(hours=3))
    second = say("Haloo", ago=timedelta(hours=2))
    fresh = say("Missä haetaan asuntoa?")
    clock.forward(hours=9, minutes=1)
    before = len(messenger.sent)
    send_all(bot, messenger, clock)

    assert late == second == []
    assert fresh
    assert "Saimme viestisi myöhässä" in texts_sent(messenger)[before]
    assert threads(bot)[0].waits_for_person


def test_danger_found_late_gets_the_numbers_at_once(clock, say):
    clock.forward(hours=15)

    assert "Hätänumero 112" in say(DANGER, ago=timedelta(hours=3))[0]


def test_that_nobody_reads_now_is_told_once_a_night(clock, say):
    clock.forward(hours=9)

    evening = [say(DEBT), say(DEBT)]
    clock.forward(hours=15)  # the next morning
    morning = say(DEBT)
    clock.forward(hours=9)
    next_evening = say(DEBT)

    told = [
        "Työntekijät eivät ole nyt paikalla" in "".join(texts) for texts in (*evening, morning, next_evening)
    ]
    assert told == [True, False, False, True]
    assert "Avaamme to 26.11. klo 9.00" in "".join(evening[0])


def test_two_machines_do_not_talk_for_ever(bot, clock, say):
    answers = [say(DEBT) for _ in range(LOOP_LIMIT + 3)]

    assert [bool(texts) for texts in answers] == [True] * LOOP_LIMIT + [False] * 3
    assert threads(bot)[0].owner is Owner.HUMAN
    assert threads(bot)[0].waits_for_person


def test_a_machine_that_sends_our_words_back_is_not_answered(bot, say):
    (*_, ours) = say(DEBT)

    assert say(ours) == []
    assert threads(bot)[0].waits_for_person


@pytest.mark.parametrize(
    ("after", "is_back"), [(None, False), (timedelta(hours=8), True), (timedelta(hours=9), False)]
)
def test_a_quiet_thread_comes_back_by_itself_only_where_that_is_wanted(bot, clock, say, after, is_back):
    say("Hei")
    person_speaks(bot, clock)
    clock.forward(hours=8)
    with bot.database.write() as session:
        hand_back_quiet(session, after=after, now=clock.now)

    answer = say(DEBT)

    assert bool(answer) is is_back
    assert not answer or "Tämä on automaattinen vastaus" in answer[0]


def test_a_thread_in_danger_never_comes_back_by_itself(bot, clock, say):
    say(DANGER)
    person_speaks(bot, clock)
    clock.forward(days=3)
    with bot.database.write() as session:
        assert hand_back_quiet(session, after=timedelta(hours=1), now=clock.now) == 0
