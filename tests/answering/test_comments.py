"""From an event about a comment to what waits for a person, and what is written down to be done."""

from datetime import timedelta

import pytest

from social_bot.answering.comment_acts import KEEP_AFTER, Act, erase_ended
from social_bot.answering.comment_policy import Matter
from social_bot.answering.comment_store import DeedKind, Outcome
from social_bot.answering.replies import approve_texts
from social_bot.answering.store import SendState
from social_bot.errors import NotAllowed
from social_bot.organisation import pages
from social_bot.organisation.alerts import AlertKind
from tests.answering.commenting import (
    CHAT,
    COMMENT,
    DANGER,
    OWN_MATTER,
    PERSON,
    PERSONAL,
    POST,
    TOPIC,
    FakeCommenter,
    act,
    audited,
    change,
    deeds,
    do_all,
    let_answer,
    open_alerts,
    receive,
    rows,
    take_alerts,
    text_of,
)
from tests.conftest import APPROVER, NOW, PAGE


@pytest.fixture
def commenter() -> FakeCommenter:
    return FakeCommenter()


def test_a_general_question_waits_for_a_person_where_the_page_does_not_answer_by_itself(
    bot, commenter, clock
):
    receive(bot, change(TOPIC))
    do_all(bot, commenter, clock)

    [row] = rows(bot)
    assert (row.matter, row.waits_for_person) == (Matter.TOPIC, True)
    assert row.reason == "the page leaves comments to people"
    assert commenter.calls == 0


def test_a_general_question_is_answered_once_where_the_page_allows_it(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(TOPIC), change(TOPIC))
    receive(bot, change("Kuka auttaa veloissa?", comment="400_2", parent=COMMENT))
    do_all(bot, commenter, clock)

    [(under, text)] = commenter.replies
    assert under == COMMENT
    assert text.startswith("Tämä on automaattinen vastaus.\nOikeusaputoimisto")
    assert "0XX XXX XXXX" in text
    assert [row.outcome for row in rows(bot)] == [Outcome.AUTOMATIC, None]
    assert rows(bot)[1].reason == "the page has answered in this thread"


def test_what_is_kept_of_a_comment_is_masked_sealed_and_nameless(bot, tmp_path):
    receive(bot, change(f"{PERSONAL} lumiukkotehdas"))
    [row] = rows(bot)
    text = text_of(bot, row)
    bot.close()

    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*.db*"))
    assert text == "Soittakaa mulle [••• puhelin] toimeentulotuesta lumiukkotehdas"
    for word in ("lumiukkotehdas", "123 4567", "Testi Henkil", PERSON, COMMENT):
        assert word.encode() not in content


def test_nothing_is_kept_of_what_nobody_must_read(bot):
    receive(bot, change(CHAT), change("Hieno kuva", comment="400_2"))

    assert [row.matter for row in rows(bot)] == [Matter.CHAT, Matter.CHAT]
    assert {(row.text_sealed, row.comment_sealed, row.author_index) for row in rows(bot)} == {
        (None, None, None)
    }
    assert {row.outcome for row in rows(bot)} == {Outcome.NOTHING}


@pytest.mark.parametrize(
    ("text", "matter"), [(PERSONAL, Matter.PERSONAL_DATA), (OWN_MATTER, Matter.INDIVIDUAL)]
)
def test_personal_data_and_own_matters_are_only_ever_proposed(bot, commenter, clock, text, matter):
    let_answer(bot)
    receive(bot, change(text))
    do_all(bot, commenter, clock)

    [row] = rows(bot)
    assert (row.matter, row.keys, row.waits_for_person) == (matter, ["comment_individual"], True)
    assert commenter.calls == 0


def test_danger_alerts_staff_and_writes_to_the_person_alone(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(DANGER))
    do_all(bot, commenter, clock)

    [row] = rows(bot)
    [(comment, message)] = commenter.private
    assert open_alerts(bot) == [(AlertKind.CRISIS, f"comment:{row.id}")]
    assert comment == COMMENT
    assert message.text.startswith("Hätänumero 112")
    assert (commenter.replies, commenter.hidden) == ([], [])
    assert row.waits_for_person


def test_in_a_thread_with_danger_nobody_is_answered_in_public_by_itself(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(DANGER), change(TOPIC, comment="400_2", parent=COMMENT))
    do_all(bot, commenter, clock)

    assert commenter.replies == []
    assert rows(bot)[1].waits_for_person


def test_a_person_in_danger_is_written_to_once_a_day_and_staff_hear_of_every_comment(bot, commenter, clock):
    receive(bot, change(DANGER), change(f"{DANGER} oikeasti", comment="400_2"))
    do_all(bot, commenter, clock)
    receive(bot, change(DANGER, comment="400_3", by="8100000002"))
    clock.forward(hours=25)
    receive(bot, change(DANGER, comment="400_4", at=clock.now), now=clock.now)
    do_all(bot, commenter, clock)

    assert [comment for comment, _ in commenter.private] == [COMMENT, "400_3", "400_4"]
    assert len(open_alerts(bot)) == 4


def test_danger_that_is_older_than_seven_days_reaches_staff_alone(bot, commenter, clock):
    receive(bot, change(DANGER, at=NOW - timedelta(days=7)))
    do_all(bot, commenter, clock)

    assert commenter.private == []
    assert [kind for kind, _ in open_alerts(bot)] == [AlertKind.CRISIS]


def test_an_edit_that_shows_danger_alerts_staff_and_writes_once(bot, commenter, clock):
    receive(bot, change(CHAT))
    receive(bot, change(DANGER, verb="edited"), change(f"{DANGER}!", verb="edited"))
    do_all(bot, commenter, clock)

    [row] = rows(bot)
    assert (row.matter, text_of(bot, row)) == (Matter.DANGER, f"{DANGER}!")
    assert len(commenter.private) == 1
    assert len(open_alerts(bot)) == 2


def test_an_edit_that_shows_personal_data_comes_back_to_a_person(bot):
    receive(bot, change(OWN_MATTER))
    act(bot, Act.LEAVE)
    receive(bot, change(PERSONAL, verb="edited"))

    [row] = rows(bot)
    assert (row.matter, row.waits_for_person, row.outcome) == (Matter.PERSONAL_DATA, True, None)
    assert row.personal_data == ["phone"]


def test_an_edit_never_leads_to_an_answer_by_itself(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(CHAT), change(TOPIC, verb="edited"))
    do_all(bot, commenter, clock)

    assert commenter.replies == []
    assert rows(bot)[0].reason == "it was changed"


def test_an_edit_that_leaves_nothing_to_do_ends_the_matter(bot):
    receive(bot, change(OWN_MATTER), change(CHAT, verb="edited"))

    [row] = rows(bot)
    assert (row.waits_for_person, row.outcome) == (False, Outcome.CHANGED)


def test_danger_stays_danger_when_it_is_edited_away(bot):
    receive(bot, change(DANGER), change(CHAT, verb="edited"))

    [row] = rows(bot)
    assert (row.matter, row.waits_for_person, text_of(bot, row)) == (Matter.DANGER, True, DANGER)


def test_an_edit_that_comes_before_its_comment_is_not_undone_by_it(bot):
    receive(bot, change(PERSONAL, verb="edited"))
    receive(bot, change(OWN_MATTER))

    [row] = rows(bot)
    assert row.matter is Matter.PERSONAL_DATA
    assert "[••• puhelin]" in (text_of(bot, row) or "")


def test_our_own_comments_are_neither_kept_nor_answered(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(TOPIC, by=PAGE), change(DANGER, comment="400_2", parent=COMMENT, by=PAGE))
    do_all(bot, commenter, clock)

    assert rows(bot) == []
    assert commenter.calls == 0
    assert open_alerts(bot) == []


def test_a_comment_without_an_author_is_never_answered_by_itself(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(TOPIC, by=None), change(DANGER, comment="400_2", by=None))
    do_all(bot, commenter, clock)

    assert commenter.calls == 0
    assert [row.waits_for_person for row in rows(bot)] == [True, True]
    assert [kind for kind, _ in open_alerts(bot)] == [AlertKind.CRISIS]


def test_a_reply_to_a_comment_that_we_never_saw_is_not_answered_by_itself(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(TOPIC, comment="400_2", parent="400_7"))
    do_all(bot, commenter, clock)

    assert commenter.calls == 0


def test_a_colleague_who_answers_at_facebook_settles_the_thread(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(OWN_MATTER), change(PERSONAL, comment="400_2", parent=COMMENT))
    receive(bot, change("Soitan sinulle.", comment="400_3", parent=COMMENT, by=PAGE))
    receive(bot, change(TOPIC, comment="400_4", parent=COMMENT))
    do_all(bot, commenter, clock)

    assert [row.outcome for row in rows(bot)] == [Outcome.ANSWERED_THERE, None, None]
    assert commenter.calls == 0
    assert rows(bot)[0].settled_by == "the page at Facebook"


def test_a_colleague_who_is_faster_keeps_our_answer_from_going_out(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(TOPIC))
    receive(bot, change("Soita meille.", comment="400_3", parent=COMMENT, by=PAGE))
    do_all(bot, commenter, clock)

    assert commenter.calls == 0
    assert rows(bot)[0].outcome is Outcome.ANSWERED_THERE


def test_hiding_and_showing_at_facebook_are_followed(bot):
    receive(bot, change(PERSONAL))
    hidden = []
    for number, verb in enumerate(("hide", "unhide", "hide")):
        receive(bot, change(PERSONAL, verb=verb, time=number))
        hidden.append(rows(bot)[0].is_hidden)

    assert hidden == [True, False, True]
    assert rows(bot)[0].waits_for_person
    assert [entry.action for entry in audited(bot)][-3:] == ["comment.hide", "comment.unhide", "comment.hide"]


def test_what_is_hidden_before_we_read_it_is_not_answered(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(TOPIC, verb="hide"))
    receive(bot, change(TOPIC))
    do_all(bot, commenter, clock)

    assert commenter.calls == 0
    assert rows(bot)[0].reason == "it is hidden"


@pytest.mark.parametrize("text", [OWN_MATTER, PERSONAL, DANGER, CHAT])
def test_of_a_removed_comment_nothing_is_kept(bot, text):
    receive(bot, change(text))
    receive(bot, change(verb="remove"))

    [row] = rows(bot)
    assert row.is_removed
    assert (row.text_sealed, row.comment_sealed, row.thread_sealed, row.author_index) == (None,) * 4
    assert row.waits_for_person == (text == DANGER)
    assert audited(bot)[-1].action == "comment.removed"


def test_a_removal_that_comes_before_its_comment_holds(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(verb="remove"))
    receive(bot, change(TOPIC), change(PERSONAL, verb="edited"))
    do_all(bot, commenter, clock)

    [row] = rows(bot)
    assert (row.is_removed, row.text_sealed, row.waits_for_person) == (True, None, False)
    assert commenter.calls == 0


def test_danger_in_a_comment_that_is_gone_already_still_reaches_staff(bot, commenter, clock):
    receive(bot, change(verb="remove"))
    receive(bot, change(DANGER))
    do_all(bot, commenter, clock)

    assert [kind for kind, _ in open_alerts(bot)] == [AlertKind.CRISIS]
    assert commenter.calls == 0


@pytest.mark.parametrize(
    "gone",
    [
        change(verb="remove"),
        change(verb="remove", item="status", by=PAGE),
        change(verb="remove", item="photo", by=PAGE),
    ],
)
def test_with_a_comment_its_replies_go_and_with_a_post_its_comments(bot, gone):
    receive(bot, change(OWN_MATTER), change(PERSONAL, comment="400_2", parent=COMMENT))
    receive(bot, gone)

    assert [row.is_removed for row in rows(bot)] == [True, True]


def test_a_reaction_that_is_taken_back_removes_nothing(bot):
    receive(bot, change(OWN_MATTER), change(verb="remove", item="reaction"))
    receive(bot, change(verb="remove", item="like"))

    assert [row.is_removed for row in rows(bot)] == [False]


def test_a_visitors_post_waits_for_a_person_and_danger_in_it_is_answered_privately(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(TOPIC, item="post", post=f"{PAGE}_7"), change(DANGER, item="post", post=f"{PAGE}_8"))
    do_all(bot, commenter, clock)

    assert [row.is_post for row in rows(bot)] == [True, True]
    assert [row.waits_for_person for row in rows(bot)] == [True, True]
    assert [target for target, _ in commenter.private] == [f"{PAGE}_8"]
    assert commenter.replies == []


def test_a_colleague_who_comments_a_visitors_post_has_answered_it(bot):
    receive(bot, change(OWN_MATTER, item="post", post=f"{PAGE}_7"))
    receive(bot, change("Soita meille.", comment="7_1", post=f"{PAGE}_7", by=PAGE))

    assert rows(bot)[0].outcome is Outcome.ANSWERED_THERE


@pytest.mark.parametrize("item", ["mention", "rating"])
def test_danger_in_what_is_written_about_us_elsewhere_reaches_staff(bot, item):
    field = {"mention": "mention", "rating": "ratings"}[item]
    told = change(DANGER, item="post" if item == "mention" else "rating").replace(
        b'"field": "feed"', f'"field": "{field}"'.encode()
    )
    receive(bot, told)

    row = rows(bot)[0]
    assert (row.about.value, row.matter, row.waits_for_person) == (item, Matter.DANGER, True)
    assert open_alerts(bot) == [(AlertKind.CRISIS, row.subject)]
    assert deeds(bot) == []


@pytest.mark.parametrize("item", ["mention", "rating"])
@pytest.mark.parametrize("text", [CHAT, TOPIC])
def test_reviews_and_mentions_wait_for_a_person_and_are_never_answered_by_themselves(bot, item, text):
    let_answer(bot)
    field = {"mention": "mention", "rating": "ratings"}[item]
    receive(
        bot,
        change(text, item="post" if item == "mention" else "rating").replace(
            b'"field": "feed"', f'"field": "{field}"'.encode()
        ),
    )

    row = rows(bot)[0]
    assert (row.about.value, row.reason, row.waits_for_person) == (item, "a review or a mention", True)
    assert deeds(bot) == []
    with pytest.raises(NotAllowed, match="cannot be hidden"):
        act(bot, Act.PRIVATE)


def test_a_live_page_answers_with_approved_texts_only(bot, commenter, clock):
    let_answer(bot)
    with bot.database.write() as session:
        pages.get(session, PAGE).is_live = True
    receive(bot, change(TOPIC))
    do_all(bot, commenter, clock)
    calls_before, row = commenter.calls, rows(bot)[0]
    with bot.database.write() as session:
        approve_texts(session, None, by=APPROVER, now=NOW)
    receive(bot, change(TOPIC, comment="400_2"))
    do_all(bot, commenter, clock)

    assert (calls_before, row.reason, row.waits_for_person) == (0, "no approved text", True)
    assert (AlertKind.TEXT_UNAVAILABLE, "text:comment_debt.fi") in open_alerts(bot)
    assert len(commenter.replies) == 1


def test_an_answer_written_in_practice_is_not_sent_once_the_page_is_live(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(TOPIC))
    with bot.database.write() as session:
        pages.get(session, PAGE).is_live = True
    do_all(bot, commenter, clock)

    assert commenter.calls == 0
    assert deeds(bot)[0].send_state is SendState.DROPPED
    assert rows(bot)[0].waits_for_person


def test_what_is_done_is_audited_with_who_why_and_which_text(bot):
    let_answer(bot)
    receive(bot, change(TOPIC), change(DANGER, comment="400_2"), change(PERSONAL, comment="400_3"))
    act(bot, Act.HIDE, number=3)

    told = [(entry.action, entry.actor, entry.detail) for entry in audited(bot)]
    assert told == [
        (
            "comment.reply",
            "social_bot",
            "a general question on a certain topic; comment_disclosure.fi v1, comment_debt.fi v1",
        ),
        ("comment.propose", "social_bot", "somebody may be in danger"),
        ("comment.private", "social_bot", "somebody may be in danger; crisis_suicide.fi v1"),
        ("comment.propose", "social_bot", "everybody can read personal data here"),
        ("comment.hide", "Kirjoittaja 1", "everybody can read personal data here"),
    ]


def test_the_text_is_erased_a_day_after_the_matter_has_ended(bot, commenter, clock):
    receive(bot, change(OWN_MATTER), change(PERSONAL, comment="400_2"))
    act(bot, Act.REPLY)
    do_all(bot, commenter, clock)
    kept = []
    for moment in (NOW + KEEP_AFTER, NOW + KEEP_AFTER + timedelta(seconds=1)):
        erase_ended(bot.database, now=moment)
        kept.append([row.text_sealed is not None for row in rows(bot)])

    assert kept == [[True, True], [False, True]]
    assert [(deed.target_sealed, deed.result_sealed) for deed in deeds(bot)] == [(None, None)]


def test_what_waits_for_a_person_stays_however_long_it_waits(bot):
    receive(bot, change(OWN_MATTER), change(DANGER, comment="400_2"))
    late = NOW + timedelta(days=400)

    erase_ended(bot.database, now=late)
    take_alerts(bot)
    erase_ended(bot.database, now=late)

    assert [(row.outcome, row.text_sealed is None) for row in rows(bot)] == [(None, False), (None, False)]


def test_what_is_still_being_sent_is_not_erased(bot):
    receive(bot, change(DANGER))
    take_alerts(bot)

    erase_ended(bot.database, now=NOW + timedelta(days=31))

    assert rows(bot)[0].comment_sealed is not None


def test_a_comment_under_another_page_than_ours_is_left_alone(bot):
    receive(bot, change(DANGER).replace(f'"id": "{PAGE}"'.encode(), b'"id": "999"'))

    assert rows(bot) == []


def test_a_reply_under_our_own_answer_belongs_to_its_thread(bot, commenter, clock):
    let_answer(bot)
    receive(bot, change(TOPIC))
    do_all(bot, commenter, clock)
    receive(bot, change(OWN_MATTER, comment="400_5", parent="400_901"))

    first, second = rows(bot)
    assert first.thread_index == second.thread_index
    assert deeds(bot, DeedKind.REPLY)[0].once_key == second.thread_index


def test_a_post_of_our_own_is_no_comment(bot):
    receive(bot, change("Olemme auki.", item="status", by=PAGE, post=POST))

    assert rows(bot) == []
