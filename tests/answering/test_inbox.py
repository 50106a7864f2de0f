"""From webhook bytes to a sent answer: once, in order, and silent where a person speaks."""

from datetime import timedelta

import pytest
from sqlmodel import select

from social_bot.answering import intake, outbox
from social_bot.answering.crisis import CrisisKind
from social_bot.answering.holding import hand_back
from social_bot.answering.replies import approve_texts
from social_bot.answering.store import DeliveryRow, Direction, EventRow, SendState
from social_bot.answering.threads import Owner
from social_bot.errors import (
    ConnectionLost,
    NotAllowed,
    OutcomeUnknown,
    PageUnavailable,
    RecipientUnreachable,
)
from social_bot.organisation import alerts, pages
from social_bot.organisation.alerts import AlertKind
from tests.answering.talking import (
    OTHER_APP,
    OUR_APP,
    PERSON,
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
from tests.conftest import APPROVER, NOW, PAGE, WRITER


def test_a_question_is_answered_on_its_topic_in_its_language(bot, messenger, clock):
    receive(bot, delivery(said("Tarvitsen velkaneuvontaa ulosoton takia")))
    send_all(bot, messenger, clock)

    assert messenger.sent[0][0] == PERSON
    assert "Tämä on automaattinen vastaus" in texts_sent(messenger)[0]
    assert messages(bot, Direction.INBOUND)[0].note == "answered: debt"
    assert {row.send_state for row in messages(bot, Direction.OUTBOUND)} == {SendState.SENT}


def test_the_same_delivery_twice_is_answered_once(bot, messenger, clock):
    body = delivery(said("Tarvitsen velkaneuvontaa ulosoton takia"))
    receive(bot, body, body)
    receive(bot, body)
    send_all(bot, messenger, clock)

    assert len(messages(bot, Direction.INBOUND)) == 1
    assert len({message.reference for _, message in messenger.sent}) == len(messenger.sent) <= 2


def test_events_are_dealt_with_in_the_order_in_which_they_happened(bot):
    later, earlier = said("kaksi", "m_2", at=NOW + timedelta(seconds=1)), said("yksi", "m_1")

    receive(bot, delivery(later, earlier))

    texts = [bot.database.cipher.open(row.text_sealed or b"") for row in messages(bot, Direction.INBOUND)]
    assert texts == ["yksi", "kaksi"]


def test_a_raw_delivery_and_its_events_are_erased_once_dealt_with(bot):
    receive(bot, delivery(said("Hei")))

    with bot.database.read() as session:
        deliveries = [row.body_sealed for row in session.exec(select(DeliveryRow))]
        events = [row.content_sealed for row in session.exec(select(EventRow))]
    assert deliveries == [None]
    assert events == [None]


def test_personal_data_is_masked_before_it_is_stored_and_never_echoed(bot, messenger, clock):
    receive(bot, delivery(said("Soittakaa mulle 040 123 4567, hetu 131052-308T, velat painaa")))
    send_all(bot, messenger, clock)

    stored = bot.database.cipher.open(messages(bot, Direction.INBOUND)[0].text_sealed or b"")
    everything = stored + " ".join(texts_sent(messenger))
    assert "4567" not in everything
    assert "131052" not in everything
    assert set(messages(bot, Direction.INBOUND)[0].personal_data) == {"phone", "identity_code"}


def test_nothing_readable_of_a_resident_lies_in_the_database(bot, tmp_path):
    receive(bot, delivery(said("Harvinainen sana lumiukkotehdas")))
    bot.close()

    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*.db*"))
    assert b"lumiukkotehdas" not in content
    assert PERSON.encode() not in content


def test_danger_sends_the_crisis_text_and_alerts_staff(bot, messenger, clock):
    receive(bot, delivery(said("En halua enää elää")))
    send_all(bot, messenger, clock)

    assert threads(bot)[0].crisis is CrisisKind.SUICIDE
    assert open_alerts(bot) == [AlertKind.CRISIS]
    assert texts_sent(messenger)[0].startswith("Hätänumero 112")


def test_danger_in_a_thread_that_a_person_holds_alerts_staff_without_a_text(bot, messenger, clock):
    receive(bot, delivery(said("Hei")), delivery(echo("m_h1", OTHER_APP)))
    receive(bot, delivery(said("En halua enää elää", "m_2")))
    sent_before = len(messenger.sent)
    send_all(bot, messenger, clock)

    assert open_alerts(bot) == [AlertKind.CRISIS]
    assert len(messenger.sent) == sent_before == 0


@pytest.mark.parametrize("app_id", [OTHER_APP, None])
def test_after_a_person_or_another_app_has_spoken_the_bot_is_silent(bot, messenger, clock, app_id):
    receive(bot, delivery(said("Hei")), delivery(echo("m_h1", app_id)))
    receive(bot, delivery(said("Tarvitsen velkaneuvontaa ulosoton takia", "m_2")))
    send_all(bot, messenger, clock)

    assert threads(bot)[0].owner is Owner.HUMAN
    assert messenger.sent == []
    assert messages(bot, Direction.INBOUND)[-1].note == "the thread is held: human"


def test_a_waiting_answer_is_dropped_when_a_person_speaks_before_it_goes(bot, messenger, clock):
    receive(bot, delivery(said("Tarvitsen velkaneuvontaa ulosoton takia")))
    receive(bot, delivery(echo("m_h1", OTHER_APP)))
    send_all(bot, messenger, clock)

    assert messenger.sent == []
    assert {row.send_state for row in messages(bot, Direction.OUTBOUND)} == {SendState.DROPPED}


def test_our_own_echo_changes_nothing_and_confirms_the_answer(bot, messenger, clock):
    receive(bot, delivery(said("Hei")))
    row = messages(bot, Direction.OUTBOUND)[0]

    receive(bot, delivery(echo("m_out1", OUR_APP, metadata=f"sb1:out:{row.id}")))

    assert threads(bot)[0].owner is Owner.BOT
    assert messages(bot, Direction.OUTBOUND)[0].send_state is SendState.SENT


def test_what_arrives_on_standby_is_recorded_and_not_answered(bot, messenger, clock):
    receive(bot, delivery(said("Onko siellä joku?"), section="standby"))
    receive(bot, delivery(echo("m_h3", OTHER_APP), section="standby"))
    send_all(bot, messenger, clock)

    assert threads(bot)[0].owner is Owner.STANDBY
    assert len(messages(bot, Direction.INBOUND)) == 1
    assert messenger.sent == []


def test_a_thread_that_is_handed_back_is_answered_with_a_new_disclosure(bot, messenger, clock):
    receive(bot, delivery(said("Hei")), delivery(echo("m_h1", OTHER_APP)))
    with bot.database.write() as session:
        hand_back(session, threads(bot)[0].id or 0, by=WRITER, now=NOW)

    receive(bot, delivery(said("Tarvitsen velkaneuvontaa ulosoton takia", "m_2")))
    send_all(bot, messenger, clock)

    assert "Tämä on automaattinen vastaus" in texts_sent(messenger)[0]


def test_a_lost_answer_is_looked_up_and_never_sent_again(bot, messenger, clock):
    receive(bot, delivery(said("Hei")))
    messenger.next_errors = [(OutcomeUnknown("lost"), True)]
    send_all(bot, messenger, clock)
    state_before = messages(bot, Direction.OUTBOUND)[0].send_state
    calls_before = messenger.calls

    clock.forward(seconds=21)
    outbox.look_for_unconfirmed(bot.database, messenger=messenger, clock=clock)

    assert state_before is SendState.UNCONFIRMED
    assert messages(bot, Direction.OUTBOUND)[0].send_state is SendState.SENT
    assert messenger.calls == calls_before


def test_an_answer_that_is_not_found_waits_for_a_person(bot, messenger, clock):
    receive(bot, delivery(said("kiitos")))
    messenger.next_errors = [(OutcomeUnknown("lost"), False)]
    send_all(bot, messenger, clock)

    for seconds in (21, 120):
        clock.forward(seconds=seconds)
        outbox.look_for_unconfirmed(bot.database, messenger=messenger, clock=clock)
        send_all(bot, messenger, clock)

    assert messenger.calls == 1
    assert open_alerts(bot) == [AlertKind.MESSAGE_UNCONFIRMED]
    assert threads(bot)[0].waits_for_person


def test_a_page_that_was_down_is_tried_again_and_then_given_up(bot, messenger, clock):
    receive(bot, delivery(said("kiitos")))
    messenger.next_errors = [(PageUnavailable("down"), False)] * outbox.TRIES

    for _ in range(outbox.TRIES + 2):
        send_all(bot, messenger, clock)
        clock.forward(minutes=1)

    assert messenger.calls == outbox.TRIES
    assert messages(bot, Direction.OUTBOUND)[0].send_state is SendState.FAILED
    assert open_alerts(bot) == [AlertKind.MESSAGE_FAILED]


def test_a_thread_that_another_app_controls_is_left_to_it(bot, messenger, clock):
    receive(bot, delivery(said("kiitos")))
    messenger.next_errors = [(RecipientUnreachable("held", held_by_other=True), False)]

    send_all(bot, messenger, clock)

    assert threads(bot)[0].owner is Owner.STANDBY
    assert messages(bot, Direction.OUTBOUND)[0].send_state is SendState.DROPPED


def test_a_dead_token_stops_the_page_and_tells_staff(bot, messenger, clock):
    receive(bot, delivery(said("kiitos")), delivery(said("kiitos", "m_2", person="7000000002")))
    messenger.next_errors = [(ConnectionLost("token"), False)]

    send_all(bot, messenger, clock)

    with bot.database.read() as session:
        assert pages.get(session, PAGE).is_disconnected
    assert messenger.calls == 1
    assert AlertKind.PAGE_DISCONNECTED in open_alerts(bot)


def test_an_answer_whose_worker_died_while_sending_is_looked_up(bot, messenger, clock):
    receive(bot, delivery(said("kiitos")))
    messenger.on_call = _die
    with pytest.raises(SystemExit):
        outbox.send_next(bot.database, messenger=messenger, clock=clock)

    clock.forward(minutes=2)
    outbox.look_for_unconfirmed(bot.database, messenger=messenger, clock=clock)

    assert messages(bot, Direction.OUTBOUND)[0].send_state is SendState.UNCONFIRMED


def _die() -> None:
    raise SystemExit


def test_a_message_taken_back_by_its_writer_is_purged(bot):
    receive(bot, delivery(said("Jotain mitä kadun")))

    taken_back = {**said("", "m_1"), "message": {"mid": "m_1", "is_deleted": True}}
    receive(bot, delivery(taken_back))

    assert messages(bot, Direction.INBOUND)[0].text_sealed is None


def test_an_edit_that_shows_danger_alerts_staff(bot):
    receive(bot, delivery(said("Hei")))

    edited = {key: value for key, value in said("x").items() if key != "message"}
    receive(
        bot, delivery({**edited, "message_edit": {"mid": "m_1", "text": "En halua enää elää", "num_edit": 1}})
    )

    assert open_alerts(bot) == [AlertKind.CRISIS]


def test_danger_in_a_comment_alerts_staff_and_nothing_of_it_is_kept(bot, messenger, clock):
    comment: dict[str, object] = {
        "field": "feed",
        "value": {
            "item": "comment",
            "verb": "add",
            "comment_id": "400_1",
            "post_id": f"{PAGE}_400",
            "from": {"id": "8100000001", "name": "Testi Henkilö"},
            "created_time": int(NOW.timestamp()),
            "message": "En halua enää elää",
        },
    }
    receive(bot, delivery(comment, section="changes"))
    send_all(bot, messenger, clock)

    assert open_alerts(bot) == [AlertKind.CRISIS]
    assert messages(bot, Direction.INBOUND) == []
    assert messenger.sent == []


def test_a_live_page_sends_approved_texts_only(bot, messenger, clock):
    with bot.database.write() as session:
        page = pages.get(session, PAGE)
        page.is_live = True
        session.add(page)

    receive(bot, delivery(said("Tarvitsen velkaneuvontaa ulosoton takia")))
    send_all(bot, messenger, clock)
    sent_before = list(messenger.sent)
    with bot.database.write() as session:
        approve_texts(session, None, by=APPROVER, now=NOW)
    receive(bot, delivery(said("Tarvitsen velkaneuvontaa ulosoton takia", "m_2")))
    send_all(bot, messenger, clock)

    assert sent_before == []
    assert AlertKind.TEXT_UNAVAILABLE in open_alerts(bot)
    assert "Tämä on automaattinen vastaus" in texts_sent(messenger)[0]


def test_an_answer_written_in_practice_is_not_sent_once_the_page_is_live(bot, messenger, clock):
    receive(bot, delivery(said("kiitos")))
    with bot.database.write() as session:
        page = pages.get(session, PAGE)
        page.is_live = True
        session.add(page)

    send_all(bot, messenger, clock)

    assert messenger.sent == []
    assert messages(bot, Direction.OUTBOUND)[0].note == "a text of it is not approved"
    assert threads(bot)[0].waits_for_person


def test_each_sent_text_names_the_versions_that_it_was_made_of(bot):
    receive(bot, delivery(said("Tarvitsen velkaneuvontaa ulosoton takia")))

    versions = messages(bot, Direction.OUTBOUND)[0].versions
    assert {"disclosure", "debt", "contact"} <= {version["key"] for version in versions}
    assert all(len(str(version["hash"])) == 64 for version in versions)


@pytest.mark.parametrize("broken", ["receiving.recognise", "inbox.gather_briefing"])
def test_an_event_that_breaks_the_program_is_set_aside_with_an_alert(bot, monkeypatch, broken):
    intake.store_deliveries(bot.database, [delivery(said("Hei"))], now=NOW)
    intake.take_in(bot.database, parse=bot.parse_delivery, now=NOW)
    monkeypatch.setattr(f"social_bot.answering.{broken}", _break)

    for minute in range(4):
        bot.inbox.answer_events(now=NOW + timedelta(minutes=minute))

    with bot.database.read() as session:
        event = session.exec(select(EventRow)).one()
    assert (event.is_done, event.attempts) == (True, 3)
    assert open_alerts(bot) == [AlertKind.MESSAGE_FAILED]


def _break(*_: object, **__: object) -> None:
    raise RuntimeError


def test_a_delivery_that_is_not_json_is_kept_as_a_problem_and_holds_nothing_up(bot):
    receive(bot, b"not json", delivery(said("Hei")))

    with bot.database.read() as session:
        problems = [row.problem for row in session.exec(select(DeliveryRow))]
    assert problems == ["the body is not a delivery of the platform", None]
    assert len(messages(bot, Direction.INBOUND)) == 1


def test_a_paused_page_holds_an_ordinary_answer_but_never_a_crisis_text(bot, messenger, clock):
    receive(bot, delivery(said("kiitos")), delivery(said("En halua enää elää", "m_2")))
    with bot.database.write() as session:
        pages.pause(session, PAGE, until=NOW + timedelta(hours=6), reason="throttled", now=NOW)

    send_all(bot, messenger, clock)

    assert len(messenger.sent) == 1
    assert texts_sent(messenger)[0].startswith("Hätänumero 112")


def test_a_delivery_that_breaks_the_program_holds_nothing_up_and_staff_hear_of_it(bot, messenger, clock):
    def parse(body: bytes):
        if b"broken" in body:
            raise RuntimeError
        return bot.parse_delivery(body)

    intake.store_deliveries(
        bot.database, [delivery(said("broken")), delivery(said("En halua enää elää", "m_2"))], now=NOW
    )
    intake.take_in(bot.database, parse=parse, now=NOW)
    bot.inbox.answer_events(now=NOW)
    send_all(bot, messenger, clock)

    assert set(open_alerts(bot)) == {AlertKind.CRISIS, AlertKind.MESSAGE_FAILED}
    assert texts_sent(messenger)[0].startswith("Hätänumero 112")


def test_no_raw_delivery_outlives_a_quarter_of_an_hour(bot):
    def parse(body: bytes):
        raise RuntimeError

    intake.store_deliveries(bot.database, [delivery(said("Hei"))], now=NOW)
    intake.take_in(bot.database, parse=parse, now=NOW)
    kept = []
    for minutes in (14, 16):
        intake.erase_old_bodies(bot.database, now=NOW + timedelta(minutes=minutes))
        with bot.database.read() as session:
            kept.append(session.exec(select(DeliveryRow)).one().body_sealed is not None)

    assert kept == [True, False]


def test_an_answer_that_came_too_late_to_be_sent_leaves_the_thread_waiting_for_a_person(
    bot, messenger, clock
):
    receive(bot, delivery(said("kiitos")))

    clock.forward(hours=25)
    send_all(bot, messenger, clock)

    assert messages(bot, Direction.OUTBOUND)[0].send_state is SendState.DROPPED
    assert threads(bot)[0].waits_for_person


def test_a_thread_in_danger_is_handed_back_only_once_somebody_has_taken_the_alert(bot):
    receive(bot, delivery(said("En halua enää elää")))
    thread_id = threads(bot)[0].id or 0
    with bot.database.write() as session:
        with pytest.raises(NotAllowed, match="danger"):
            hand_back(session, thread_id, by=WRITER, now=NOW)
        alerts.acknowledge(session, alerts.unacknowledged(session)[0].id or 0, by=WRITER, now=NOW)
        hand_back(session, thread_id, by=WRITER, now=NOW)

    assert threads(bot)[0].crisis is None
