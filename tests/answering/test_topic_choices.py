"""Topics that the organisation answers itself."""

import pytest

from social_bot.answering import topic_choices
from social_bot.answering.store import Direction
from social_bot.errors import InvalidInput, NotAllowed
from tests.answering.commenting import TOPIC, change, deeds, let_answer, rows
from tests.answering.talking import delivery, messages, receive, said, threads
from tests.conftest import APPROVER, NOW, WRITER

QUESTION = "Kuka auttaa velkojen kanssa?"


def turn(bot, *, on, topic="debt", by=APPROVER):
    with bot.database.write() as session:
        topic_choices.turn(session, topic, on=on, by=by, now=NOW)


def keys_for(bot, mid):
    receive(bot, delivery(said(QUESTION, mid)))
    return messages(bot, Direction.OUTBOUND)[-1].key


def test_a_topic_that_is_left_to_people_gets_general_advice_and_a_person(bot):
    before = keys_for(bot, "m_1")
    waits_before = threads(bot)[0].waits_for_person
    turn(bot, on=False)
    during = keys_for(bot, "m_2")
    waits = threads(bot)[0].waits_for_person
    turn(bot, on=True)

    assert (before, waits_before) == ("debt", False)
    assert (during, waits) == ("general", True)
    assert keys_for(bot, "m_3") == "debt"


def test_its_button_leads_to_a_person_too(bot):
    turn(bot, on=False)
    receive(bot, delivery(said("Velat", quick_reply={"payload": "TOPIC:debt"})))

    assert messages(bot, Direction.OUTBOUND)[-1].key == "general"


def test_in_public_it_waits_for_a_person_with_the_general_text(bot):
    let_answer(bot)
    turn(bot, on=False)
    receive(bot, change(TOPIC))

    assert deeds(bot) == []
    assert (rows(bot)[0].reason, rows(bot)[0].keys) == ("the topic is left to people", ["comment_general"])


def test_only_an_approver_decides_and_only_on_topics(bot):
    with pytest.raises(NotAllowed):
        turn(bot, on=False, by=WRITER)
    for topic in ("other", "nonsense"):
        with pytest.raises(InvalidInput):
            turn(bot, on=False, topic=topic)
