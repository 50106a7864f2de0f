"""What a message gets back: the whole policy as a table, without a database or a model."""

from dataclasses import replace
from datetime import timedelta

import pytest

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.dialogue import LOOP_LIMIT, NOTHING_SAID, Desk, decide
from social_bot.answering.outcomes import Answer, Clarify, Decision, HandOff, Inbound, Lane, Silence
from social_bot.answering.recognition import Recognition
from social_bot.answering.threads import History, Owner, Thread
from social_bot.answering.topics import Topic, TopicGuess
from social_bot.channels.ports import EventKind
from social_bot.organisation.personal_data import PersonalDataKind
from tests.conftest import NOW

SEEN = Thread(is_disclosed=True, last_message_at=NOW)
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


def decided(
    inbound: Inbound, thread: Thread = SEEN, *, is_open: bool = True, history: History = NOTHING_SAID
) -> Decision:
    return decide(inbound, thread, desk=Desk(is_open=is_open), now=NOW, history=history)


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


def test_a_crisis_text_stands_alone_and_the_disclosure_comes_with_the_next_answer_after_danger():
    first = decided(message(replace(NOTHING, crisis=CrisisKind.SELF_HARM)), Thread())
    second = decided(message(ON_DEBT), replace(first.thread, is_in_danger=False))

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
    told = replace(ON_DEBT, personal_data=(PersonalDataKind.EMAIL,))

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
        ("SAVE", "save_conversation"),
        ("NOT_HELPED", "not_helped"),
        ("LANGUAGES", "choose_language"),
        ("LANG_SV", "greeting"),
        ("GET_STARTED", "greeting"),
        ("SOMETHING_OLD", "general"),
    ],
)
def test_a_button_is_answered_by_its_payload(payload, key):
    assert answered(message(None, kind=EventKind.POSTBACK, payload=payload)).key == key


def test_who_was_not_helped_is_handed_to_a_person():
    outcome = answered(message(None, kind=EventKind.POSTBACK, payload="NOT_HELPED"))

    assert isinstance(outcome, HandOff)
    assert outcome.offers_callback


def test_the_menu_of_topics_shows_them_all_on_two_pages():
    first = answered(message(None, kind=EventKind.POSTBACK, payload="TOPICS"))
    second = answered(message(None, payload=f"TOPICS{first.next_topics}"))

    assert {*first.topics, *second.topics} == {topic for topic in Topic if topic is not Topic.OTHER}
    assert max(len(first.topics), len(second.topics)) <= 10
    assert second.next_topics is None


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


def test_a_typed_phone_number_is_not_kept_which_is_said_once_with_the_way_to_ask_for_a_call():
    told = replace(NOTHING, is_thanks=True, personal_data=(PersonalDataKind.PHONE,))

    first = decided(message(told), replace(SEEN, personal_data_was_noted=True))
    second = decided(message(told), first.thread)

    assert isinstance(first.outcome, Answer)
    assert isinstance(second.outcome, Answer)
    assert (first.outcome.parts, first.outcome.offers_callback) == (("thanks", "phone_not_kept"), True)
    assert (second.outcome.parts, second.outcome.offers_callback) == (("thanks",), False)


@pytest.mark.parametrize(
    ("silence", "is_told"), [(timedelta(hours=24), True), (timedelta(hours=24) - timedelta(seconds=1), False)]
)
def test_after_a_day_of_silence_an_answer_says_again_that_it_is_automatic(silence, is_told):
    answer = answered(message(ON_DEBT), replace(SEEN, last_message_at=NOW - silence))

    assert ("disclosure" in answer.parts) is is_told


@pytest.mark.parametrize(
    ("said", "closed_since", "is_told"),
    [
        (None, NOW - timedelta(hours=2), True),
        (NOW - timedelta(hours=1), NOW - timedelta(hours=2), False),
        (NOW - timedelta(hours=3), NOW - timedelta(hours=2), True),
        (NOW - timedelta(hours=3), None, False),  # without opening hours there is no other period
    ],
)
def test_that_nobody_reads_is_told_once_in_a_closed_period(said, closed_since, is_told):
    decision = decide(
        message(ON_DEBT),
        SEEN,
        desk=Desk(is_open=False, closed_since=closed_since),
        now=NOW,
        history=History(said={"closed": said} if said else {}),
    )

    assert isinstance(decision.outcome, Answer)
    assert ("closed" in decision.outcome.parts) is is_told


def test_after_too_many_answers_in_ten_minutes_the_bot_leaves_the_thread_to_a_person():
    before = decided(message(ON_DEBT), history=History(answers_lately=LOOP_LIMIT - 1))
    after = decided(message(ON_DEBT), history=History(answers_lately=LOOP_LIMIT))

    assert isinstance(before.outcome, Answer)
    assert isinstance(after.outcome, Silence)
    assert (after.thread.owner, after.thread.held_since) == (Owner.HUMAN, NOW)
    assert after.waits_for_person


@pytest.mark.parametrize("crisis", [None, CrisisKind.SUICIDE])
def test_our_own_text_come_back_is_not_answered_and_shows_no_danger(crisis):
    decision = decided(message(replace(ON_DEBT, crisis=crisis)), history=History(is_bounce=True))

    assert isinstance(decision.outcome, Silence)
    assert decision.crisis is None


@pytest.mark.parametrize("owner", [Owner.HUMAN, Owner.STANDBY])
def test_the_bot_is_silent_in_a_held_thread(owner):
    decision = decided(message(ON_DEBT), replace(SEEN, owner=owner))

    assert isinstance(decision.outcome, Silence)
    assert decision.waits_for_person


LATE = message(ON_DEBT, occurred_at=NOW - timedelta(minutes=31))


@pytest.mark.parametrize("minutes", [30, 31])
def test_a_message_found_late_gets_one_word_of_it_and_goes_to_a_person(minutes):
    decision = decided(message(ON_DEBT, occurred_at=NOW - timedelta(minutes=minutes)))

    assert isinstance(decision.outcome, Answer)
    assert decision.outcome.key == ("late" if minutes > 30 else "debt")
    assert decision.waits_for_person is (minutes > 30)


def test_the_second_late_message_is_not_told_again():
    decision = decided(LATE, history=History(said={"late": NOW - timedelta(minutes=1)}))

    assert isinstance(decision.outcome, Silence)
    assert decision.waits_for_person


@pytest.mark.parametrize(
    ("opens", "goes_at"),
    [
        (NOW + timedelta(hours=8), NOW + timedelta(hours=8)),
        (LATE.occurred_at + timedelta(hours=24) - timedelta(seconds=1),) * 2,
        (LATE.occurred_at + timedelta(hours=24), None),
        (None, None),
    ],
)
def test_a_late_message_is_answered_when_people_are_at_work_or_not_at_all(opens, goes_at):
    decision = decide(LATE, SEEN, desk=Desk(is_open=False, next_opening=opens), now=NOW)

    if goes_at is None:
        assert isinstance(decision.outcome, Silence)
    else:
        assert isinstance(decision.outcome, Answer)
        assert decision.outcome.not_before == goes_at
        assert "closed" not in decision.outcome.parts
    assert decision.waits_for_person


def test_danger_found_late_gets_its_text_at_once_by_night():
    decision = decide(
        replace(LATE, recognition=replace(NOTHING, crisis=CrisisKind.SUICIDE)),
        SEEN,
        desk=Desk(is_open=False, next_opening=NOW + timedelta(hours=8)),
        now=NOW,
    )

    assert isinstance(decision.outcome, Answer)
    assert (decision.outcome.key, decision.outcome.not_before) == ("crisis_suicide", None)


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
