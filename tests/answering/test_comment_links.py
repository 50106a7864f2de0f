"""A conversation that begins with our private message for a comment knows of the danger that the comment showed."""

import pytest
from pydantic import SecretStr

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.danger import PHONE_KEY
from social_bot.answering.store import Direction, SendState
from social_bot.answering.threads import COMMENT_REFERENCE
from social_bot.organisation import duty, operators
from social_bot.organisation.roles import Role
from tests.answering.commenting import DANGER, FakeCommenter, change, deeds, do_all, receive
from tests.answering.talking import OUR_APP, delivery, echo, messages, said, send_all, threads
from tests.conftest import NOW


@pytest.fixture
def commented(bot, clock):
    """A comment in danger, whose writer has had our private text."""
    commenter = FakeCommenter()
    receive(bot, change(DANGER))
    do_all(bot, commenter, clock)
    return bot


def our_echo(bot, mid="m_private1"):
    deed = deeds(bot)[0]
    return delivery(echo(mid, OUR_APP, metadata=f"{COMMENT_REFERENCE}{deed.id}"))


def test_the_thread_of_our_private_text_is_a_thread_in_danger_linked_to_its_comment(commented):
    receive(commented, our_echo(commented))
    receive(commented, our_echo(commented))

    (thread,), (row,) = threads(commented), messages(commented, Direction.OUTBOUND)
    deed = deeds(commented)[0]
    assert (thread.crisis, thread.comment_id) == (CrisisKind.SUICIDE, deed.comment_id)
    assert (row.key, row.send_state, row.versions) == ("crisis_suicide", SendState.SENT, deed.versions)


def test_whoever_answers_it_is_asked_to_phone_and_waits_for_a_person(commented, messenger, clock):
    receive(commented, our_echo(commented))
    receive(commented, delivery(said("Milloin olette auki?")))
    send_all(commented, messenger, clock)

    answers = [row.key for row in messages(commented, Direction.OUTBOUND)][1:]
    assert answers == [PHONE_KEY]
    assert threads(commented)[0].waits_for_person


def test_the_same_danger_written_at_once_does_not_get_the_same_text_again(commented, messenger, clock):
    receive(commented, our_echo(commented))
    receive(commented, delivery(said(DANGER)))
    send_all(commented, messenger, clock)

    assert messenger.sent == []
    assert threads(commented)[0].waits_for_person


def test_the_echo_confirms_a_private_message_whose_answer_was_lost(bot):
    receive(bot, change(DANGER))
    assert deeds(bot)[0].send_state is SendState.PENDING

    receive(bot, our_echo(bot))

    assert deeds(bot)[0].send_state is SendState.SENT


def test_an_echo_that_names_no_deed_of_ours_changes_nothing(bot):
    receive(bot, delivery(echo("m_x", OUR_APP, metadata=f"{COMMENT_REFERENCE}99")))

    assert (threads(bot)[0].crisis, messages(bot, Direction.OUTBOUND)) == (None, [])


@pytest.mark.parametrize("on_duty", [True, False])
def test_the_private_text_begins_with_saying_that_nobody_reads_where_nobody_does(bot, clock, on_duty):
    with bot.database.write() as session:
        operators.add(session, "Päivystäjä", [Role.DUTY], now=NOW, by="test")
        duty.add(
            session,
            "ma-su 0-24" if on_duty else "ma-su 1-2",
            level=1,
            people=["Päivystäjä"],
            addresses=[SecretStr("json://x")],
            accepts=lambda _: True,
            cipher=bot.database.cipher,
            now=NOW,
            by="test",
        )
    commenter = FakeCommenter()
    receive(bot, change(DANGER))
    do_all(bot, commenter, clock)

    keys = [version["key"] for version in deeds(bot)[0].versions]
    assert keys == (["crisis_suicide"] if on_duty else ["nobody_reads", "crisis_suicide"])
    assert commenter.private[0][1].text.startswith("Kukaan ei lue viestejä") is not on_duty
