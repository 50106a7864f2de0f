"""What a person decides about a comment, and what they may not."""

from datetime import timedelta

import pytest

from social_bot.answering.comment_acts import KEEP_AFTER, Act, choices, erase_ended
from social_bot.answering.comment_policy import PRIVATE_WINDOW
from social_bot.answering.comment_store import DeedKind, Outcome
from social_bot.answering.own_words import Doubtful
from social_bot.answering.store import SendState
from social_bot.errors import NotAllowed, NotFound, OutcomeUnknown
from social_bot.organisation import operators, pages
from social_bot.organisation.roles import Role
from tests.answering.commenting import (
    COMMENT,
    DANGER,
    OWN_MATTER,
    PERSONAL,
    TOPIC,
    FakeCommenter,
    act,
    audited,
    change,
    deeds,
    do_all,
    let_answer,
    look,
    open_alerts,
    receive,
    rows,
    take_alerts,
)
from tests.conftest import APPROVER, NOW, PAGE, WRITER


@pytest.fixture
def commenter() -> FakeCommenter:
    return FakeCommenter()


def offered(bot, number: int = 1, now=NOW):
    with bot.database.read() as session:
        return choices(session, rows(bot)[number - 1], bot.organisation(session), now=now)


def test_an_answer_that_a_person_gives_is_an_approved_text_and_not_called_automatic(bot, commenter, clock):
    receive(bot, change(OWN_MATTER))
    written = offered(bot).acts[Act.REPLY]
    act(bot, Act.REPLY, digest=written.digest)
    do_all(bot, commenter, clock)

    [row] = rows(bot)
    assert commenter.replies == [(COMMENT, written.text)]
    assert written.text.startswith("Kommentit näkyvät kaikille.")
    assert "automaattinen" not in written.text
    assert (row.outcome, row.settled_by, row.waits_for_person) == (Outcome.REPLY, WRITER, False)
    assert audited(bot)[-1].detail == "an own matter; comment_individual.fi v1"


def test_an_answer_goes_under_the_first_comment_of_its_thread(bot, commenter, clock):
    receive(bot, change("Kiitos"), change(OWN_MATTER, comment="400_2", parent=COMMENT))
    act(bot, Act.REPLY, number=2)
    do_all(bot, commenter, clock)

    assert [target for target, _ in commenter.replies] == [COMMENT]


def test_a_text_that_has_changed_since_it_was_shown_is_not_sent(bot):
    receive(bot, change(OWN_MATTER))

    with pytest.raises(NotAllowed, match="has changed"):
        act(bot, Act.REPLY, digest="of another text")
    assert deeds(bot) == []


def test_hiding_and_writing_privately_are_one_choice_and_two_deeds(bot, commenter, clock):
    receive(bot, change(PERSONAL))
    act(bot, Act.PRIVATE)
    do_all(bot, commenter, clock)

    [row] = rows(bot)
    [(comment, message)] = commenter.private
    assert commenter.hidden == [COMMENT]
    assert comment == COMMENT
    assert "Piilotimme kirjoituksesi." in message.text
    assert "4567" not in message.text
    assert (row.is_hidden, row.outcome) == (True, Outcome.PRIVATE)


def test_hiding_alone_writes_to_nobody(bot, commenter, clock):
    receive(bot, change(PERSONAL))
    act(bot, Act.HIDE)
    do_all(bot, commenter, clock)

    assert (commenter.hidden, commenter.private, commenter.replies) == ([COMMENT], [], [])


def test_leaving_does_nothing_and_is_written_down(bot, commenter, clock):
    receive(bot, change(OWN_MATTER))
    act(bot, Act.LEAVE)
    do_all(bot, commenter, clock)

    assert commenter.calls == 0
    assert (audited(bot)[-1].action, audited(bot)[-1].actor) == ("comment.leave", WRITER)


def test_a_thread_has_one_public_answer_whoever_gives_it(bot, commenter, clock):
    receive(bot, change(OWN_MATTER), change(PERSONAL, comment="400_2", parent=COMMENT))
    act(bot, Act.REPLY)
    do_all(bot, commenter, clock)

    with pytest.raises(NotAllowed, match="answered in this thread"):
        act(bot, Act.REPLY, number=2)
    act(bot, Act.PRIVATE, number=2)
    assert len(deeds(bot, DeedKind.REPLY)) == 1


def test_a_comment_has_one_private_message_ever(bot, commenter, clock):
    receive(bot, change(PERSONAL))
    act(bot, Act.PRIVATE)
    do_all(bot, commenter, clock)
    receive(bot, change(f"{PERSONAL} heti", verb="edited"), change(verb="unhide", time=1))

    with pytest.raises(NotAllowed, match="Facebook allows one"):
        act(bot, Act.PRIVATE)
    act(bot, Act.HIDE)
    do_all(bot, commenter, clock)
    assert len(commenter.private) == 1


def test_nobody_is_written_to_privately_after_seven_days(bot):
    receive(bot, change(PERSONAL))
    late = NOW + PRIVATE_WINDOW

    assert Act.PRIVATE in offered(bot, now=late - timedelta(seconds=1)).acts
    with pytest.raises(NotAllowed, match="seven days"):
        act(bot, Act.PRIVATE, now=late)


def test_danger_is_decided_only_once_somebody_has_taken_it_and_never_answered_in_public(
    bot, commenter, clock
):
    receive(bot, change(DANGER))
    do_all(bot, commenter, clock)
    for what in (Act.LEAVE, Act.HIDE):
        with pytest.raises(NotAllowed, match="Take the alert first"):
            act(bot, what)
    take_alerts(bot)

    with pytest.raises(NotAllowed, match="never answered in public"):
        act(bot, Act.REPLY)
    with pytest.raises(NotAllowed, match="Facebook allows one"):
        act(bot, Act.PRIVATE)
    act(bot, Act.LEAVE)
    assert rows(bot)[0].outcome is Outcome.LEAVE


def test_in_danger_a_person_sends_the_text_for_it_where_it_did_not_go_by_itself(bot, commenter, clock):
    receive(bot, change(DANGER, by=None))
    take_alerts(bot)
    act(bot, Act.PRIVATE)
    do_all(bot, commenter, clock)

    assert commenter.private[0][1].text.startswith("Hätänumero 112")


def test_what_is_decided_is_decided_once(bot):
    receive(bot, change(OWN_MATTER))
    act(bot, Act.LEAVE)

    with pytest.raises(NotAllowed, match="dealt with already"):
        act(bot, Act.REPLY)


def test_about_a_comment_that_is_gone_nothing_can_be_done_but_to_leave_it(bot):
    receive(bot, change(DANGER), change(verb="remove"))
    take_alerts(bot)

    for what in (Act.HIDE, Act.PRIVATE):
        with pytest.raises(NotAllowed, match="gone"):
            act(bot, what)
    act(bot, Act.LEAVE)
    assert not rows(bot)[0].waits_for_person


def test_what_is_hidden_is_not_hidden_again(bot):
    receive(bot, change(PERSONAL), change(PERSONAL, verb="hide"))

    with pytest.raises(NotAllowed, match="hidden already"):
        act(bot, Act.HIDE)
    act(bot, Act.PRIVATE)
    assert [deed.kind for deed in deeds(bot)] == [DeedKind.PRIVATE]


def test_only_writers_decide_and_only_approvers_let_a_page_answer(bot):
    receive(bot, change(OWN_MATTER))
    with bot.database.write() as session:
        operators.add(session, "Koordinaattori", [Role.COORDINATOR], now=NOW, by="test")

    with pytest.raises(NotAllowed, match="role writer"):
        act(bot, Act.LEAVE, by="Koordinaattori")
    with pytest.raises(NotAllowed, match="role approver"), bot.database.write() as session:
        pages.let_answer_comments(session, PAGE, allowed=True, by=WRITER, now=NOW)
    with bot.database.write() as session:
        pages.let_answer_comments(session, PAGE, allowed=True, by=APPROVER, now=NOW)
        assert pages.get(session, PAGE).answers_comments
        pages.let_answer_comments(session, PAGE, allowed=False, by=APPROVER, now=NOW)
        assert not pages.get(session, PAGE).answers_comments


def test_a_live_page_offers_no_text_that_nobody_has_approved(bot):
    receive(bot, change(OWN_MATTER))
    with bot.database.write() as session:
        pages.get(session, PAGE).is_live = True

    with pytest.raises(NotAllowed, match="approved"):
        act(bot, Act.REPLY)
    act(bot, Act.HIDE)


def test_an_answer_of_ours_is_taken_away_and_the_thread_gets_no_other(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(TOPIC))
    do_all(bot, commenter, clock)
    act(bot, Act.WITHDRAW)
    do_all(bot, commenter, clock)
    receive(bot, change(verb="remove", comment="400_901", parent=COMMENT, by=PAGE))
    receive(bot, change(TOPIC, comment="400_2", parent=COMMENT))
    do_all(bot, commenter, clock)

    assert commenter.deleted == ["400_901"]
    assert len(commenter.replies) == 1
    assert not rows(bot)[0].is_removed
    with pytest.raises(NotAllowed, match="no answer of ours"):
        act(bot, Act.WITHDRAW)


def test_nothing_is_taken_away_that_was_not_put_there(bot):
    receive(bot, change(OWN_MATTER))

    with pytest.raises(NotAllowed, match="no answer of ours"):
        act(bot, Act.WITHDRAW)
    with pytest.raises(NotFound, match="social-bot comment list"):
        act(bot, Act.LEAVE, number=99)


def test_deciding_takes_what_was_told_about_it(bot, commenter, clock):
    receive(bot, change(OWN_MATTER))
    with bot.database.write() as session:
        from social_bot.organisation import alerts
        from social_bot.organisation.alerts import AlertKind

        alerts.raise_alert(session, AlertKind.MESSAGE_FAILED, "comment:1", now=NOW)
    act(bot, Act.LEAVE)

    assert open_alerts(bot) == []


def test_a_swedish_question_gets_swedish_and_another_language_english(bot):
    receive(
        bot,
        change("Hur länge tar det innan ni svarar på min ansökan?"),
        change("Где мои деньги и мое решение?", comment="400_2"),
    )

    assert offered(bot, 1).acts[Act.REPLY].language == "sv"
    assert offered(bot, 2).acts[Act.REPLY].language == "en"


def test_the_deed_keeps_the_versions_of_its_text(bot):
    receive(bot, change(OWN_MATTER))
    act(bot, Act.REPLY)

    [deed] = deeds(bot)
    assert [version["key"] for version in deed.versions] == ["comment_individual"]
    assert (deed.by, deed.is_automatic, deed.send_state) == (WRITER, False, SendState.PENDING)


def test_a_person_answers_as_the_page_in_their_own_words_after_everybodys_answer_too(bot, commenter, clock):
    receive(bot, change(TOPIC))
    act(bot, Act.REPLY)
    do_all(bot, commenter, clock)
    act(bot, Act.OWN, text="Hyvä kysymys. Soita meille.")
    do_all(bot, commenter, clock)

    assert commenter.replies[-1] == (COMMENT, "Hyvä kysymys. Soita meille.")
    assert len(commenter.replies) == 2
    assert rows(bot)[0].outcome is Outcome.REPLY
    with pytest.raises(NotAllowed):  # pressed twice
        act(bot, Act.OWN, text="Hyvä kysymys. Soita meille.")


def test_after_a_persons_answer_the_page_answers_nothing_more_by_itself_in_the_thread(bot, commenter, clock):
    receive(bot, change(OWN_MATTER))
    act(bot, Act.OWN, text="Soita meille.")
    let_answer(bot)
    receive(bot, change(TOPIC, comment="400_2", parent=COMMENT))
    do_all(bot, commenter, clock)

    assert [text for _, text in commenter.replies] == ["Soita meille."]
    assert rows(bot)[1].waits_for_person


def test_the_event_of_our_own_words_is_not_taken_for_a_colleagues(bot, commenter, clock):
    receive(bot, change(OWN_MATTER), change(PERSONAL, comment="400_2", parent=COMMENT))
    act(bot, Act.OWN, text="Soita meille.")
    commenter.next_errors = [(OutcomeUnknown("lost"), True)]
    do_all(bot, commenter, clock)
    receive(bot, change("Soita meille.", comment="400_77", parent=COMMENT, by=PAGE))

    own = next(deed for deed in deeds(bot, DeedKind.REPLY) if deed.text_sealed)
    assert (own.send_state, own.result_index is not None) == (SendState.SENT, True)
    assert rows(bot)[1].waits_for_person


def test_a_lost_answer_in_own_words_is_looked_up_and_not_sent_again(bot, commenter, clock):
    receive(bot, change(OWN_MATTER))
    act(bot, Act.OWN, text="Soita meille.")
    commenter.next_errors = [(OutcomeUnknown("lost"), True)]
    do_all(bot, commenter, clock)
    clock.forward(minutes=1)
    look(bot, commenter, clock)

    assert len(commenter.replies) == 1
    assert next(deed for deed in deeds(bot, DeedKind.REPLY) if deed.text_sealed).send_state is SendState.SENT


def test_doubtful_words_in_public_need_a_second_press(bot, commenter, clock):
    receive(bot, change(OWN_MATTER))
    with pytest.raises(Doubtful) as doubt:
        act(bot, Act.OWN, text="Hakemuksesi on käsittelyssä.")
    act(bot, Act.OWN, text="Hakemuksesi on käsittelyssä.", digest=doubt.value.digest)

    assert [entry.detail for entry in audited(bot) if entry.action == "comment.answer"] == [
        "an own matter; insisted: case"
    ]


def test_danger_is_not_answered_in_public_in_own_words_either(bot):
    receive(bot, change(DANGER))
    take_alerts(bot)

    with pytest.raises(NotAllowed, match="never answered in public"):
        act(bot, Act.OWN, text="Soita 112.")


def test_what_was_hidden_is_shown_again(bot, commenter, clock):
    receive(bot, change(OWN_MATTER))
    act(bot, Act.HIDE)
    do_all(bot, commenter, clock)
    hidden = rows(bot)[0].is_hidden
    act(bot, Act.SHOW)
    do_all(bot, commenter, clock)

    assert (hidden, rows(bot)[0].is_hidden, commenter.hidden) == (True, False, [])
    assert rows(bot)[0].outcome is Outcome.HIDE
    with pytest.raises(NotAllowed, match="not hidden"):
        act(bot, Act.SHOW)


def test_own_words_are_erased_with_the_comment_they_answer(bot, commenter, clock):
    receive(bot, change(OWN_MATTER))
    act(bot, Act.OWN, text="Soita meille.")
    do_all(bot, commenter, clock)
    erase_ended(bot.database, now=NOW + KEEP_AFTER + timedelta(minutes=1))

    assert all(deed.text_sealed is None for deed in deeds(bot))
