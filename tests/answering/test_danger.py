"""A conversation in danger: which text when, and nothing else, until a person hands it back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.danger import PHONE_KEY
from social_bot.answering.dialogue import Desk, decide
from social_bot.answering.outcomes import Answer, Decision, Inbound, Lane, Silence
from social_bot.answering.recognition import Recognition
from social_bot.answering.threads import History, Owner, Thread
from social_bot.answering.topics import Topic, TopicGuess
from social_bot.channels.ports import EventKind
from tests.conftest import NOW

SUICIDE = Recognition(
    language="fi",
    language_is_sure=True,
    topics=(TopicGuess(topic=Topic.DEBT, confidence=0.95),),
    is_individual=False,
    is_greeting=False,
    is_thanks=False,
    crisis=CrisisKind.SUICIDE,
    personal_data=(),
)
VIOLENCE = replace(SUICIDE, crisis=CrisisKind.VIOLENCE_NOW)
CALM = replace(SUICIDE, crisis=None)
IN_DANGER = Thread(is_disclosed=True, is_in_danger=True)
HELD = Thread(owner=Owner.HUMAN, held_since=NOW - timedelta(hours=1))
SECOND = timedelta(seconds=1)


def decided(
    recognition: Recognition | None, thread: Thread = IN_DANGER, *, said=None, is_open=True, **inbound: object
) -> Decision:
    given = Inbound(kind=EventKind.MESSAGE, occurred_at=NOW, recognition=recognition)
    return decide(
        replace(given, **inbound),  # type: ignore[arg-type]
        thread,
        desk=Desk(is_open=is_open),
        now=NOW,
        history=History(said={key: NOW - ago for key, ago in (said or {}).items()}),
    )


def key_of(decision: Decision) -> str | None:
    return decision.outcome.key if isinstance(decision.outcome, Answer) else None


@pytest.mark.parametrize(
    ("ago", "key"), [(timedelta(minutes=10) - SECOND, None), (timedelta(minutes=10), "crisis_suicide")]
)
def test_the_same_danger_gets_its_text_again_after_ten_minutes(ago, key):
    assert key_of(decided(SUICIDE, said={"crisis_suicide": ago})) == key


def test_another_danger_gets_its_text_at_once():
    assert key_of(decided(VIOLENCE, said={"crisis_suicide": SECOND})) == "crisis_violence_now"


@pytest.mark.parametrize("ago", [None, timedelta(hours=1), timedelta(hours=1) - SECOND])
def test_whatever_else_is_written_is_asked_to_phone_at_most_hourly(ago):
    decision = decided(CALM, said={PHONE_KEY: ago} if ago else {})

    is_quiet = ago is not None and ago < timedelta(hours=1)
    assert key_of(decision) == (None if is_quiet else PHONE_KEY)
    assert decision.waits_for_person


@pytest.mark.parametrize(
    ("recognition", "inbound"),
    [
        (CALM, {}),
        (replace(CALM, is_thanks=True), {}),
        (replace(CALM, is_greeting=True), {}),
        (replace(CALM, is_individual=True), {}),
        (replace(CALM, language="ru"), {}),
        (None, {"has_attachment": True}),
        (None, {"kind": EventKind.UNSUPPORTED}),
        (None, {"payload": "TOPIC:debt"}),
        (None, {"payload": "TOPICS", "kind": EventKind.POSTBACK}),
        (None, {"payload": "CALLBACK", "kind": EventKind.POSTBACK}),
        (CALM, {"occurred_at": NOW - timedelta(hours=2)}),
    ],
)
@pytest.mark.parametrize("is_open", [True, False])
def test_no_topic_menu_or_button_in_a_thread_in_danger(recognition, inbound, is_open):
    outcome = decided(recognition, is_open=is_open, **inbound).outcome

    assert isinstance(outcome, Answer)
    assert (outcome.lane, outcome.parts) == (Lane.CRISIS, (PHONE_KEY,))
    assert (outcome.offers_callback, outcome.asks_language, outcome.topics) == (False, False, ())


@pytest.mark.parametrize("owner", [Owner.HUMAN, Owner.STANDBY])
@pytest.mark.parametrize(
    ("spoke_ago", "is_sent"),
    [(None, True), (timedelta(minutes=10), True), (timedelta(minutes=10) - SECOND, False)],
)
def test_in_a_held_thread_the_text_goes_unless_a_person_wrote_within_ten_minutes(owner, spoke_ago, is_sent):
    thread = replace(HELD, owner=owner, human_spoke_at=NOW - spoke_ago if spoke_ago else None)

    decision = decided(SUICIDE, thread)

    assert key_of(decision) == ("crisis_suicide" if is_sent else None)
    assert decision.crisis is CrisisKind.SUICIDE
    assert decision.waits_for_person
    assert decision.thread.owner is owner


def test_in_a_held_thread_the_text_goes_once():
    sent_while_held = decided(SUICIDE, HELD, said={"crisis_suicide": timedelta(minutes=30)})
    sent_before = decided(SUICIDE, HELD, said={"crisis_suicide": timedelta(minutes=61)})
    spoken_since = decided(
        SUICIDE,
        replace(HELD, human_spoke_at=NOW - timedelta(minutes=20)),
        said={"crisis_suicide": timedelta(minutes=30)},
    )

    assert key_of(sent_while_held) is None
    assert key_of(sent_before) == key_of(spoken_since) == "crisis_suicide"


def test_in_a_held_thread_in_danger_nothing_else_is_said():
    assert isinstance(decided(CALM, replace(HELD, is_in_danger=True)).outcome, Silence)


def test_an_edit_that_shows_danger_gets_the_text_and_any_other_none():
    assert key_of(decided(SUICIDE, Thread(), kind=EventKind.EDIT)) == "crisis_suicide"
    assert isinstance(decided(CALM, Thread(), kind=EventKind.EDIT).outcome, Silence)


def test_danger_outlasts_what_follows_it():
    after = decided(CALM, decided(SUICIDE, Thread()).thread)

    assert after.thread.is_in_danger


def test_outside_the_platforms_day_nothing_is_sent_but_staff_hear_of_danger():
    decision = decided(SUICIDE, Thread(), occurred_at=NOW - timedelta(hours=24))

    assert isinstance(decision.outcome, Silence)
    assert (decision.crisis, decision.waits_for_person) == (CrisisKind.SUICIDE, True)


def test_where_nobody_is_on_duty_the_numbers_come_before_the_text_of_danger():
    nobody = Desk(is_open=True, somebody_reads=False)
    calm, danger = (
        decide(
            Inbound(kind=EventKind.MESSAGE, occurred_at=NOW, recognition=recognition),
            thread,
            desk=nobody,
            now=NOW,
        ).outcome
        for recognition, thread in ((CALM, Thread()), (SUICIDE, IN_DANGER))
    )

    assert isinstance(calm, Answer)
    assert isinstance(danger, Answer)
    assert calm.parts[:2] == ("nobody_reads", "disclosure")
    assert danger.parts == ("nobody_reads", "crisis_suicide")
    assert danger.key == "crisis_suicide"


@pytest.mark.parametrize(
    ("ago", "is_said"), [(timedelta(hours=12) - SECOND, False), (timedelta(hours=12), True)]
)
def test_that_nobody_reads_is_said_again_after_half_a_day_and_always_with_danger(ago, is_said):
    desk, history = Desk(is_open=False, somebody_reads=False), History(said={"nobody_reads": NOW - ago})
    calm, danger = (
        decide(
            Inbound(kind=EventKind.MESSAGE, occurred_at=NOW, recognition=recognition),
            Thread(),
            desk=desk,
            now=NOW,
            history=history,
        ).outcome
        for recognition in (CALM, SUICIDE)
    )

    assert isinstance(calm, Answer)
    assert isinstance(danger, Answer)
    assert ("nobody_reads" in calm.parts) is is_said
    assert danger.parts[0] == "nobody_reads"
