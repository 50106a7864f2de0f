"""What a comment gets: nothing public by itself but a sure general answer; danger and personal data first."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.answering.comment_policy import (
    PRIVATE_WINDOW,
    PUBLIC_WINDOW,
    CommentDecision,
    Matter,
    Remark,
    Setting,
    decide_comment,
    may_write_privately,
)
from social_bot.answering.crisis import CrisisKind
from social_bot.answering.recognition import Recognition
from social_bot.answering.topics import Topic, TopicGuess
from social_bot.organisation.personal_data import PersonalDataKind
from tests.conftest import NOW


def seen(topic: Topic | None = Topic.DEBT, *, confidence: float = 0.9, **more) -> Recognition:
    fields = {
        "language": "fi",
        "language_is_sure": True,
        "is_individual": False,
        "is_greeting": False,
        "is_thanks": False,
        "crisis": None,
        "personal_data": (),
    }
    guesses = (TopicGuess(topic=topic, confidence=confidence),) if topic else ()
    return Recognition(topics=guesses, **{**fields, **more})


def decide(
    recognition: Recognition | None, *, now=NOW, setting: Setting | None = None, **more
) -> CommentDecision:
    fields = {"asks": True, "written_at": NOW, "has_author": True, **more}
    setting = setting or Setting(page_answers=True, thread_is_free=True)
    return decide_comment(Remark(recognition=recognition, **fields), setting, now=now)


def test_a_general_question_on_a_certain_topic_is_answered_by_itself():
    decision = decide(seen())

    assert (decision.answers, decision.waits_for_person) == (True, False)
    assert decision.keys == ("comment_debt", "comment_general")
    assert decision.languages == ("fi",)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"setting": Setting(page_answers=False, thread_is_free=True)}, "the page leaves comments to people"),
        (
            {"setting": Setting(page_answers=True, thread_is_free=False)},
            "the page has answered in this thread",
        ),
        ({"is_post": True}, "a post by a visitor"),
        ({"is_edit": True}, "it was changed"),
        ({"has_author": False}, "its author is not known"),
        ({"is_hidden": True}, "it is hidden"),
        ({"now": NOW + PUBLIC_WINDOW}, "it was found late"),
        ({"recognition": seen(Topic.VIOLENCE_SHELTER)}, "the topic is a delicate one"),
        ({"recognition": seen(language_is_sure=False)}, "its language is not certain"),
        ({"recognition": seen(language="ru")}, "its language is not certain"),
    ],
)
def test_whatever_is_not_plain_is_proposed_to_a_person(changes, reason):
    recognition = changes.pop("recognition", seen())

    decision = decide(recognition, **changes)

    assert (decision.answers, decision.waits_for_person) == (False, True)
    assert (decision.matter, decision.reason) == (Matter.TOPIC, reason)


def test_a_delicate_topic_is_named_in_no_public_text():
    assert decide(seen(Topic.MENTAL_HEALTH)).keys == ("comment_general",)


@pytest.mark.parametrize(
    ("recognition", "matter"),
    [
        (seen(crisis=CrisisKind.SUICIDE, personal_data=(PersonalDataKind.PHONE,)), Matter.DANGER),
        (seen(personal_data=(PersonalDataKind.PHONE,), is_individual=True), Matter.PERSONAL_DATA),
        (seen(personal_data=(PersonalDataKind.NAME,), is_thanks=True), Matter.PERSONAL_DATA),
        (seen(is_individual=True), Matter.INDIVIDUAL),
        (seen(), Matter.TOPIC),
        (seen(confidence=0.2), Matter.UNCLEAR),
        (seen(Topic.OTHER), Matter.CHAT),
        (seen(None, is_greeting=True), Matter.CHAT),
        (seen(is_thanks=True), Matter.CHAT),
    ],
)
def test_the_most_urgent_that_a_comment_shows_counts(recognition, matter):
    assert decide(recognition).matter is matter


def test_what_asks_nothing_of_us_is_left_and_a_question_never_is():
    assert decide(seen(confidence=0.1), asks=False).matter is Matter.CHAT
    assert decide(seen(confidence=0.1), asks=True).matter is Matter.UNCLEAR
    assert decide(seen(Topic.OTHER, language="ru"), asks=False).matter is Matter.UNCLEAR


def test_a_visitors_post_always_waits_for_a_person():
    assert decide(seen(Topic.OTHER), is_post=True).waits_for_person
    assert decide(None, is_post=True).waits_for_person
    assert not decide(None).waits_for_person


def test_an_own_matter_gets_the_neutral_line():
    decision = decide(seen(is_individual=True))

    assert (decision.keys, decision.answers) == (("comment_individual",), False)


def test_danger_writes_privately_and_says_nothing_in_public():
    decision = decide(seen(crisis=CrisisKind.SUICIDE))

    assert (decision.writes_privately, decision.answers, decision.keys) == (True, False, ())
    assert decision.waits_for_person


@pytest.mark.parametrize(
    "changes",
    [
        {"has_author": False},
        {"now": NOW + PRIVATE_WINDOW},
        {"setting": Setting(page_answers=True, thread_is_free=True, was_written_to=True)},
    ],
)
def test_danger_is_told_to_staff_also_where_nobody_may_be_written_to(changes):
    decision = decide(seen(crisis=CrisisKind.SUICIDE), **changes)

    assert (decision.writes_privately, decision.waits_for_person) == (False, True)


def test_the_seven_days_end_to_the_second():
    last = NOW + PRIVATE_WINDOW - timedelta(seconds=1)

    assert may_write_privately(NOW, last)
    assert not may_write_privately(NOW, NOW + PRIVATE_WINDOW)


@given(
    recognition=st.builds(
        seen,
        st.sampled_from([None, *Topic]),
        confidence=st.floats(0, 1),
        language=st.sampled_from(["fi", "sv", "en", "ru", "other"]),
        language_is_sure=st.booleans(),
        is_individual=st.booleans(),
        is_greeting=st.booleans(),
        is_thanks=st.booleans(),
        crisis=st.sampled_from([None, *CrisisKind]),
        personal_data=st.sampled_from([(), (PersonalDataKind.PHONE,)]),
    ),
    has_author=st.booleans(),
    is_post=st.booleans(),
    is_edit=st.booleans(),
    is_hidden=st.booleans(),
    asks=st.booleans(),
    setting=st.builds(
        Setting, page_answers=st.booleans(), thread_is_free=st.booleans(), was_written_to=st.booleans()
    ),
    age=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=10)),
)
def test_nothing_delicate_is_ever_answered_in_public_by_itself(recognition, setting, age, **more):
    decision = decide(recognition, setting=setting, now=NOW + age, **more)

    if decision.answers:
        assert setting.page_answers
        assert setting.thread_is_free
        assert more["has_author"]
        assert not any(more[name] for name in ("is_post", "is_edit", "is_hidden"))
        assert not any((recognition.crisis, recognition.personal_data, recognition.is_individual))
        assert decision.topic is recognition.topics[0].topic is not Topic.OTHER
    if recognition.crisis:
        assert decision.matter is Matter.DANGER
        assert decision.waits_for_person
        assert decision.writes_privately <= (age < PRIVATE_WINDOW)
    assert decision.answers + decision.waits_for_person + (decision.matter is Matter.CHAT) == 1
