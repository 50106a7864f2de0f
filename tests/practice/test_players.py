"""Residents who play by themselves."""

from collections import Counter

from social_bot.practice.players import plan_act, play

PAGE_ID = "100200300"


def test_the_same_seed_plays_the_same_rehearsal():
    first = [plan_act("a", count) for count in range(50)]

    assert first == [plan_act("a", count) for count in range(50)]
    assert first != [plan_act("b", count) for count in range(50)]


def test_a_rehearsal_holds_messages_comments_and_reactions():
    kinds = Counter(plan_act("rehearsal", count).kind for count in range(100))

    assert min(kinds.values()) > 5
    assert set(kinds) == {"write", "comment", "react"}


def test_residents_write_even_where_there_is_nothing_to_comment_on(make_practice):
    practice = make_practice()

    for count in range(30):
        play(practice, PAGE_ID, plan_act("rehearsal", count))

    spoken = [practice.conversation(PAGE_ID, f"710000000{number}") for number in range(1, 5)]
    practice.stop()
    assert sum(len(messages) for messages in spoken) > 5
