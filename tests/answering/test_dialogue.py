"""What a message gets back: the whole policy as a table, without a database or a model."""

from dataclasses import replace
from datetime import timedelta

import pytest

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.dialogue import Answer, Clarify, Decision, HandOff, Inbound, Lane, Silence, decide
from social_bot.answering.recognition import Recognition
from social_bot.answering.threads import Owner, Thread
from social_bot.answering.topics import Topic, TopicGuess
from social_bot.channels.ports import EventKind
from social_bot.organisation.personal_data import PersonalDataKind
from tests.conftest import NOW

SEEN = Thread(is_disclosed=True)
UNSURE = (TopicGuess(topic=Topic.HOUSING, confidence=0.35), TopicGuess(topic=Topic.DEBT, confidence=0.3))
NOTHING = Recognition(
    language="fi",
    language_is_sure=True,
    topics=(),
    is_individual=False,
    is_greeting=False,
    is_thanks=False,
    crisis=None,
    personal_data=(),
)
ON_DEBT = replace(NOTHING, topics=(TopicGuess(topic=Topic.DEBT, confidence=0.95),))


def message(recognition: Recognition | None = NOTHING, **changes: object) -> Inbound:
    inbound = Inbound(kind=EventKind.MESSAGE, occurred_at=NOW, recognition=recognition)
    return replace(inbound, **changes)  # type: ignore[arg-type]


def decided(inbound: Inbound, thread: Thread = SEEN, *, is_open: bool = True) -> Decision:
    return decide(inbound, thread, is_open=is_open, now=NOW)


def answered(inbound: Inbound, thread: Thread = SEEN, *, is_open: bool = True) -> Answer:
    outcome = decided(inbound, thread, is_open=is_open).outcome
    assert isinstance(outcome, Answer)
    return outcome


@pytest.mark.parametrize(
    ("recognition", "lane", "key"),
    [
        (ON_DEBT, Lane.GENERAL, "debt"),
        (NOTHING, Lane.UNKNOWN, "general"),
        (replace(NOTHING, topics=UNSURE), Lane.CLARIFY, "clarify"),
        (replace(NOTHING, topics=(TopicGuess(topic=Topic.OTHER, confidence=0.9),)), Lane.UNKNOWN, "other"),
        (replace(NOTHING, is_greeting=True), Lane.GREETING, "greeting"),
        (replace(NOTHING, is_thanks=True), Lane.GREETING, "thanks"),
        (replace(ON_DEBT, is_individual=True), Lane.INDIVIDUAL, "individual"),
        (replace(ON_DEBT, crisis=CrisisKind.SUICIDE), Lane.CRISIS, "crisis_suicide"),
        (replace(NOTHING, language="ru"), Lane.UNKNOWN, "other_language"),
    ],
)
def test_each_lane_answers_with_its_text(recognition, lane, key):
    answer = answered(message(recognition))

    assert (answer.lane, answer.key) == (lane, key)


def test_danger_outranks_an_own_matter_a_topic_and_a_greeting():
    everything = replace(ON_DEBT, is_individual=True, is_greeting=True, crisis=CrisisKind.VIOLENCE_NOW)

    decision = decided(message(everything))

    assert isinstance(decision.outcome, HandOff)
    assert decision.outcome.parts == ("crisis_violence_now",)
    assert (decision.crisis, decision.waits_for_person) == (CrisisKind.VIOLENCE_NOW, True)
    assert not decision.outcome.offers_callback


def test_the_first_text_in_a_thread_says_that_it_is_automatic():
    first = decided(message(ON_DEBT), Thread())
    second = decided(message(ON_DEBT), first.thread)

    assert isinstance(first.outcome, Answer)
    assert isinstance(second.outcome, Answer)
    assert first.outcome.parts == ("disclosure", "debt", "contact")
    assert second.outcome.parts == ("debt", "contact")


def test_a_crisis_text_stands_alone_and_the_disclosure_comes_with_the_next_answer():
    first = decided(message(replace(NOTHING, crisis=CrisisKind.SELF_HARM)), Thread())
    second = decided(message(ON_DEBT), first.thread)

    assert isinstance(first.outcome, Answer)
    assert isinstance(second.outcome, Answer)
    assert first.outcome.parts == ("crisis_self_harm",)
    assert second.outcome.parts == ("disclosure", "debt", "contact")


@pytest.mark.parametrize(
    "recognition", [NOTHING, ON_DEBT, replace(NOTHING, topics=UNSURE), replace(NOTHING, is_greeting=True)]
)
@pytest.mark.parametrize("is_open", [True, False])
def test_every_general_text_carries_how_to_reach_a_person(recognition, is_open):
    answer = answered(message(recognition), is_open=is_open)

    assert answer.parts[-1] == "contact"
    assert answer.offers_callback


def test_an_unclear_message_after_hours_is_told_that_nobody_reads_now():
    assert "closed" in answered(message(NOTHING), is_open=False).parts
    assert "closed" not in answered(message(NOTHING), is_open=True).parts


def test_the_note_about_personal_data_is_added_once_and_never_instead():
    told = replace(ON_DEBT, personal_data=(PersonalDataKind.PHONE,))

    first = decided(message(told))
    second = decided(message(told), first.thread)

    assert isinstance(first.outcome, Answer)
    assert isinstance(second.outcome, Answer)
    assert first.outcome.parts == ("debt", "personal_data", "contact")
    assert second.outcome.parts == ("debt", "contact")


def test_unsure_of_the_language_both_languages_of_the_country_are_used_with_buttons():
    answer = answered(message(replace(NOTHING, language_is_sure=False)))

    assert answer.languages == ("fi", "sv")
    assert answer.asks_language


def test_the_threads_language_is_remembered_when_a_message_does_not_tell():
    answer = answered(message(replace(NOTHING, language_is_sure=False)), replace(SEEN, language="sv"))

    assert answer.languages == ("sv",)


def test_a_language_button_is_remembered():
    decision = decided(message(None, payload="LANG_SV"))

    assert decision.thread.language == "sv"
    assert isinstance(decision.outcome, Answer)
    assert decision.outcome.languages == ("sv",)


def test_a_choice_offers_at_most_three_topics():
    guesses = tuple(TopicGuess(topic=topic, confidence=0.2) for topic in list(Topic)[:5])

    outcome = answered(message(replace(NOTHING, topics=guesses)))

    assert isinstance(outcome, Clarify)
    assert len(outcome.topics) == 3


@pytest.mark.parametrize(
    ("payload", "key"),
    [
        ("TOPIC:debt", "debt"),
        ("TOPIC:nonsense", "general"),
        ("CALLBACK", "callback_prompt"),
        ("GET_STARTED", "greeting"),
        ("SOMETHING_OLD", "general"),
    ],
)
def test_a_button_is_answered_by_its_payload(payload, key):
    assert answered(message(None, kind=EventKind.POSTBACK, payload=payload)).key == key


@pytest.mark.parametrize(
    "inbound", [message(None, has_attachment=True), message(None, kind=EventKind.UNSUPPORTED)]
)
def test_an_attachment_alone_gets_the_general_text_once_per_thread(inbound):
    first = decided(inbound)
    second = decided(inbound, first.thread)

    assert isinstance(first.outcome, Answer)
    assert first.outcome.key == "general"
    assert isinstance(second.outcome, Silence)


def test_an_empty_message_gets_no_answer():
    assert decided(message(None)).outcome == Silence(reason="the message is empty")


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in EventKind
        if kind not in (EventKind.MESSAGE, EventKind.POSTBACK, EventKind.UNSUPPORTED)
    ],
)
def test_no_other_event_is_answered(kind):
    assert isinstance(decided(message(ON_DEBT, kind=kind)).outcome, Silence)


@pytest.mark.parametrize("owner", [Owner.HUMAN, Owner.STANDBY])
def test_the_bot_is_silent_in_a_held_thread_but_staff_hear_of_danger(owner):
    decision = decided(message(replace(NOTHING, crisis=CrisisKind.SUICIDE)), replace(SEEN, owner=owner))

    assert isinstance(decision.outcome, Silence)
    assert decision.crisis is CrisisKind.SUICIDE
    assert decision.waits_for_person


@pytest.mark.parametrize(
    ("age", "is_answered"), [(timedelta(hours=24) - timedelta(seconds=1), True), (timedelta(hours=24), False)]
)
def test_a_message_older_than_the_platforms_window_gets_no_answer(age, is_answered):
    decision = decided(message(ON_DEBT, occurred_at=NOW - age))

    assert isinstance(decision.outcome, Answer) is is_answered


def test_an_own_matter_goes_to_a_person():
    decision = decided(message(replace(ON_DEBT, is_individual=True)))

    assert isinstance(decision.outcome, HandOff)
    assert decision.waits_for_person
