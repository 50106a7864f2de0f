"""Deeds about comments go out once: the intent first, a lost answer looked up, a refusal told to a person."""

import pytest

from social_bot.answering import comment_outbox
from social_bot.answering.comment_acts import Act
from social_bot.answering.comment_store import DeedKind, Outcome
from social_bot.answering.store import SendState
from social_bot.errors import (
    ConnectionLost,
    ContentRefused,
    NotAllowed,
    OutcomeUnknown,
    PageUnavailable,
    RecipientUnreachable,
)
from social_bot.organisation import pages
from social_bot.organisation.alerts import AlertKind
from tests.answering.commenting import (
    COMMENT,
    DANGER,
    OWN_MATTER,
    PERSONAL,
    TOPIC,
    FakeCommenter,
    act,
    change,
    deeds,
    do_all,
    let_answer,
    look,
    open_alerts,
    receive,
    rows,
)
from tests.conftest import NOW, PAGE


@pytest.fixture
def commenter() -> FakeCommenter:
    return FakeCommenter()


@pytest.fixture
def answered(bot):
    """A comment whose automatic answer waits to be sent."""
    let_answer(bot)
    receive(bot, change(TOPIC))
    return bot


def test_a_lost_answer_is_found_under_the_comment_and_not_given_again(answered, commenter, clock):
    commenter.next_errors = [(OutcomeUnknown("lost"), True)]
    do_all(answered, commenter, clock)
    before = deeds(answered)[0].send_state
    clock.forward(seconds=21)
    look(answered, commenter, clock)
    do_all(answered, commenter, clock)

    [deed] = deeds(answered)
    assert (before, deed.send_state, commenter.calls) == (SendState.UNCONFIRMED, SendState.SENT, 1)
    assert deed.result_sealed is not None


def test_a_lost_private_message_is_seen_at_the_comment(bot, commenter, clock):
    receive(bot, change(DANGER))
    commenter.next_errors = [(OutcomeUnknown("lost"), True)]
    do_all(bot, commenter, clock)
    clock.forward(seconds=21)
    look(bot, commenter, clock)

    assert deeds(bot)[0].send_state is SendState.SENT
    assert commenter.calls == 1


@pytest.mark.parametrize(("text", "kind"), [(OWN_MATTER, DeedKind.REPLY), (PERSONAL, DeedKind.PRIVATE)])
def test_what_is_not_found_is_told_and_never_sent_again(bot, commenter, clock, text, kind):
    receive(bot, change(text), change(text, verb="hide"))
    act(bot, Act(kind.value))
    commenter.next_errors = [(OutcomeUnknown("lost"), False)]
    do_all(bot, commenter, clock)
    for seconds in (21, 120, 600):
        clock.forward(seconds=seconds)
        look(bot, commenter, clock)
        do_all(bot, commenter, clock)

    assert commenter.calls == 1
    assert open_alerts(bot) == [(AlertKind.MESSAGE_UNCONFIRMED, "comment:1")]
    assert rows(bot)[0].waits_for_person
    with pytest.raises(NotAllowed):
        act(bot, Act(kind.value))


def test_the_event_of_our_own_answer_confirms_it(answered, commenter, clock):
    commenter.next_errors = [(OutcomeUnknown("lost"), True)]
    do_all(answered, commenter, clock)
    text = commenter.replies[0][1]
    receive(answered, change(text, comment="400_901", parent=COMMENT, by=PAGE))
    clock.forward(minutes=5)
    look(answered, commenter, clock)

    [deed] = deeds(answered)
    assert (deed.send_state, deed.looks) == (SendState.SENT, 0)
    assert rows(answered)[0].outcome is Outcome.AUTOMATIC


def test_an_event_that_is_faster_than_the_answer_of_the_call_changes_nothing(answered, commenter, clock):
    give = commenter.reply

    def reply_and_tell(page, comment_id, *, text):
        receive(answered, change(text, comment="400_901", parent=COMMENT, by=PAGE))
        return give(page, comment_id, text=text)

    commenter.reply = reply_and_tell
    do_all(answered, commenter, clock)

    assert [(deed.kind, deed.send_state) for deed in deeds(answered)] == [(DeedKind.REPLY, SendState.SENT)]


def test_a_page_that_was_down_is_tried_again_and_then_left_to_a_person(answered, commenter, clock):
    commenter.next_errors = [(PageUnavailable("down"), False)] * comment_outbox.TRIES
    for _ in range(comment_outbox.TRIES + 2):
        do_all(answered, commenter, clock)
        clock.forward(minutes=1)

    assert commenter.calls == comment_outbox.TRIES
    assert deeds(answered)[0].send_state is SendState.FAILED
    assert open_alerts(answered) == [(AlertKind.MESSAGE_FAILED, "comment:1")]
    assert rows(answered)[0].waits_for_person


def test_what_certainly_did_not_go_out_may_be_decided_anew(answered, commenter, clock):
    commenter.next_errors = [(ContentRefused("refused"), False)]
    do_all(answered, commenter, clock)
    act(answered, Act.REPLY)
    do_all(answered, commenter, clock)

    assert len(commenter.replies) == 1
    assert rows(answered)[0].outcome is Outcome.REPLY


def test_hiding_may_be_repeated_until_it_is_done(bot, commenter, clock):
    receive(bot, change(PERSONAL))
    act(bot, Act.HIDE)
    commenter.next_errors = [(OutcomeUnknown("lost"), True), (PageUnavailable("down"), False)]
    for _ in range(3):
        do_all(bot, commenter, clock)
        clock.forward(minutes=1)

    assert commenter.hidden == [COMMENT, COMMENT]
    assert deeds(bot)[0].send_state is SendState.SENT
    assert rows(bot)[0].is_hidden


def test_a_person_who_cannot_be_written_to_is_told_to_staff(bot, commenter, clock):
    receive(bot, change(DANGER))
    commenter.next_errors = [(RecipientUnreachable("no"), False)]
    do_all(bot, commenter, clock)

    assert deeds(bot)[0].send_state is SendState.DROPPED
    assert (AlertKind.MESSAGE_FAILED, "comment:1") in open_alerts(bot)


def test_a_dead_token_stops_the_page(answered, commenter, clock):
    commenter.next_errors = [(ConnectionLost("token"), False)]
    do_all(answered, commenter, clock)

    with answered.database.read() as session:
        assert pages.get(session, PAGE).is_disconnected
    assert commenter.calls == 1


def test_a_paused_page_holds_an_answer_but_never_the_text_for_danger(answered, commenter, clock):
    receive(answered, change(DANGER, comment="400_2"))
    with answered.database.write() as session:
        pages.pause(session, PAGE, until=clock.now.replace(hour=23), reason="throttled", now=clock.now)
    do_all(answered, commenter, clock)

    assert commenter.replies == []
    assert [comment for comment, _ in commenter.private] == ["400_2"]


def test_danger_goes_before_what_was_written_down_earlier(answered, commenter, clock):
    receive(answered, change(DANGER, comment="400_2"))

    comment_outbox.do_next(answered.database, commenter=commenter, clock=clock)

    assert (len(commenter.private), len(commenter.replies)) == (1, 0)


@pytest.mark.parametrize("when", ["removed", "hidden", "hidden at the page", "gone at the page"])
def test_before_an_automatic_answer_goes_the_comment_is_looked_at_once_more(answered, commenter, clock, when):
    match when:
        case "removed":
            receive(answered, change(verb="remove"))
        case "hidden":
            receive(answered, change(TOPIC, verb="hide"))
        case "hidden at the page":
            commenter.hidden.append(COMMENT)
        case _:
            commenter.gone.add(COMMENT)
    for _ in range(comment_outbox.TRIES + 1):
        do_all(answered, commenter, clock)
        clock.forward(minutes=1)

    assert commenter.replies == []
    assert deeds(answered)[0].send_state in (SendState.DROPPED, SendState.FAILED)


def test_a_worker_that_died_while_sending_leaves_a_question_and_no_second_answer(answered, commenter, clock):
    def die(*_, **__):
        raise SystemExit

    commenter.reply, give = die, commenter.reply
    with pytest.raises(SystemExit):
        do_all(answered, commenter, clock)
    commenter.reply = give
    clock.forward(minutes=2)
    look(answered, commenter, clock)
    do_all(answered, commenter, clock)

    assert deeds(answered)[0].send_state is SendState.UNCONFIRMED
    assert commenter.replies == []


def test_a_worker_that_died_while_hiding_is_followed_by_another(bot, commenter, clock):
    receive(bot, change(PERSONAL))
    act(bot, Act.HIDE)

    def die(*_, **__):
        raise SystemExit

    commenter.hide, hide = die, commenter.hide
    with pytest.raises(SystemExit):
        do_all(bot, commenter, clock)
    commenter.hide = hide
    clock.forward(minutes=2)
    look(bot, commenter, clock)
    do_all(bot, commenter, clock)

    assert commenter.hidden == [COMMENT]


def test_an_error_of_our_own_is_no_reason_to_send_again(answered, commenter, clock):
    commenter.next_errors = [(RuntimeError("bug"), True)]
    do_all(answered, commenter, clock)
    clock.forward(seconds=21)
    look(answered, commenter, clock)

    assert len(commenter.replies) == 1
    assert deeds(answered)[0].send_state is SendState.SENT


def test_a_private_message_that_waited_too_long_is_told_to_staff(bot, commenter, clock):
    receive(bot, change(DANGER))
    clock.forward(days=7)
    do_all(bot, commenter, clock)

    assert commenter.calls == 0
    assert deeds(bot)[0].note == "the platform's seven days have passed"
    assert (AlertKind.MESSAGE_FAILED, "comment:1") in open_alerts(bot)


def test_a_page_that_cannot_be_read_is_asked_again(answered, commenter, clock):
    commenter.next_errors = [(OutcomeUnknown("lost"), True)]
    do_all(answered, commenter, clock)
    find, commenter.find_reply = commenter.find_reply, _unavailable
    clock.forward(seconds=21)
    look(answered, commenter, clock)
    commenter.find_reply = find
    clock.forward(minutes=2)
    look(answered, commenter, clock)

    assert deeds(answered)[0].send_state is SendState.SENT


def _unavailable(*_, **__):
    raise PageUnavailable("down")


def test_nothing_of_a_comment_or_a_person_is_logged(answered, commenter, clock, caplog):
    receive(answered, change(f"{DANGER} lumiukkotehdas", comment="400_2"))
    commenter.next_errors = [(OutcomeUnknown("lost"), True), (ContentRefused("no"), False)]
    do_all(answered, commenter, clock)
    clock.forward(minutes=1)
    look(answered, commenter, clock)

    assert "deed not done" in caplog.text
    assert not any(word in caplog.text for word in ("lumiukkotehdas", "8100000001", "Testi", COMMENT))
    assert clock.now > NOW
