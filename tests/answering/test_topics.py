"""What a confidence allows: one answer, a choice of two or three, or nothing."""

import subprocess
import sys

import pytest

from social_bot.answering.recognition import Models
from social_bot.answering.topics import ANSWER_AT, Topic, TopicGuess, certain_topic, topics_to_offer


def _guesses(*pairs: tuple[Topic, float]) -> tuple[TopicGuess, ...]:
    return tuple(TopicGuess(topic=topic, confidence=confidence) for topic, confidence in pairs)


def test_one_sure_topic_is_answered_at_once() -> None:
    guesses = _guesses((Topic.DEBT, ANSWER_AT), (Topic.HOUSING, 0.2))

    assert certain_topic(guesses) is Topic.DEBT
    assert topics_to_offer(guesses) == ()


def test_two_or_three_likely_topics_are_offered() -> None:
    guesses = _guesses((Topic.DEBT, 0.3), (Topic.OTHER, 0.2), (Topic.HOUSING, 0.15), (Topic.MONEY_FOOD, 0.1))

    assert certain_topic(guesses) is None
    assert topics_to_offer(guesses) == (Topic.DEBT, Topic.HOUSING, Topic.MONEY_FOOD)


@pytest.mark.parametrize(
    "guesses",
    [
        (),
        _guesses((Topic.OTHER, 0.45), (Topic.DEBT, 0.4)),
        _guesses((Topic.DEBT, 0.11), (Topic.HOUSING, 0.11), (Topic.MONEY_FOOD, 0.11)),
        _guesses((Topic.DEBT, 0.2), (Topic.HOUSING, 0.05), (Topic.MONEY_FOOD, 0.04)),
    ],
)
def test_nothing_is_offered_where_nothing_is_likely(guesses: tuple[TopicGuess, ...]) -> None:
    assert topics_to_offer(guesses) == ()


def test_every_topic_has_its_names_and_a_button_in_three_languages(models: Models) -> None:
    names = models.topics

    assert [entry.topic for entry in names] == list(Topic)
    assert [entry.number for entry in names] == list(range(1, 21))
    for entry in names:
        assert set(entry.names) == set(entry.buttons) == {"fi", "sv", "en"}
        assert all(0 < len(button) <= 20 for button in entry.buttons.values())


def test_importing_the_rooms_modules_loads_nothing_heavy() -> None:
    code = (
        "import sys, social_bot.answering.recognition, social_bot.organisation.personal_data\n"
        "print(sorted({'numpy', 'py3langid', 'ruamel', 'stdnum', 'phonenumbers'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
