"""Comments: what is asked of Graph, and what the practice Page makes of it over real HTTP."""

import json
from datetime import timedelta

import httpx
import pytest

from social_bot.channels.ports import OutgoingMessage, SeenComment
from social_bot.errors import (
    ConnectionLost,
    ContentRefused,
    OutcomeUnknown,
    PageUnavailable,
    RecipientUnreachable,
)
from tests.channels.facebook.recording import ACCESS, NOW, PAGE, RecordingGraph, answer, error, fields_of

COMMENT, VISITOR_POST = "5001_9001", f"{PAGE}_7001"
MESSAGE = OutgoingMessage(text="Soita meille.", reference="sb1:comment:4")


@pytest.fixture
def graph():
    return RecordingGraph()


@pytest.fixture
def channel(graph):
    return graph.channel()


def test_an_answer_is_written_under_the_comment(graph, channel):
    graph.next.append(answer({"id": "5001_9002"}))

    assert channel.reply(ACCESS, COMMENT, text="Soita meille.") == "5001_9002"
    assert graph.edges() == [f"POST {COMMENT}/comments"]
    assert fields_of(graph.requests[0])["message"] == "Soita meille."


def test_hiding_and_taking_away_name_the_comment_itself(graph, channel):
    graph.next += [answer({"success": True}), answer({"success": "true"})]

    channel.hide(ACCESS, COMMENT)
    channel.delete(ACCESS, COMMENT)

    assert graph.edges() == [f"POST {COMMENT}", f"DELETE {COMMENT}"]
    assert fields_of(graph.requests[0])["is_hidden"] == "true"


@pytest.mark.parametrize(
    ("is_post", "recipient"), [(False, {"comment_id": COMMENT}), (True, {"post_id": COMMENT})]
)
def test_a_private_answer_names_the_comment_or_the_post_and_never_a_person(
    graph, channel, is_post, recipient
):
    assert channel.reply_privately(ACCESS, COMMENT, MESSAGE, is_post=is_post) == "m_sent"

    sent = fields_of(graph.requests[0])
    assert graph.edges() == [f"POST {PAGE}/messages"]
    assert json.loads(sent["recipient"]) == recipient
    assert json.loads(sent["message"]) == {"text": "Soita meille.", "metadata": "sb1:comment:4"}


LOST = [error(2, status=500), answer({}, status=503), httpx.ReadTimeout("slow"), answer({})]


@pytest.mark.parametrize("lost", LOST, ids=repr)
def test_a_lost_answer_leaves_open_whether_anybody_can_read_it(graph, channel, lost):
    graph.next += [lost, lost]

    with pytest.raises(OutcomeUnknown):
        channel.reply(ACCESS, COMMENT, text="Hei")
    with pytest.raises(OutcomeUnknown):
        channel.reply_privately(ACCESS, COMMENT, MESSAGE)


@pytest.mark.parametrize("lost", [*LOST, answer({"success": False})], ids=repr)
def test_what_may_be_repeated_is_no_riddle(graph, channel, lost):
    graph.next += [lost, lost]

    with pytest.raises(PageUnavailable):
        channel.hide(ACCESS, COMMENT)
    with pytest.raises(PageUnavailable):
        channel.delete(ACCESS, COMMENT)


@pytest.mark.parametrize("gone", [error(100, 33), error(100, message="Object with ID does not exist")])
def test_what_is_gone_is_taken_away_and_reads_as_nothing(graph, channel, gone):
    graph.next += [gone, gone]

    channel.delete(ACCESS, COMMENT)

    assert channel.read(ACCESS, COMMENT) is None


def test_a_refusal_that_says_something_else_is_one(graph, channel):
    graph.next += [error(100), error(100), error(200), error(10900)]

    with pytest.raises(ContentRefused):
        channel.delete(ACCESS, COMMENT)
    with pytest.raises(ContentRefused):
        channel.read(ACCESS, COMMENT)
    with pytest.raises(ConnectionLost):
        channel.hide(ACCESS, COMMENT)
    with pytest.raises(RecipientUnreachable):
        channel.reply_privately(ACCESS, COMMENT, MESSAGE)


@pytest.mark.parametrize(
    ("row", "seen"),
    [
        ({}, SeenComment(is_hidden=False, takes_private_reply=True)),
        ({"is_hidden": True}, SeenComment(is_hidden=True, takes_private_reply=True)),
        ({"can_reply_privately": False}, SeenComment(is_hidden=False, takes_private_reply=False)),
        (
            {"can_reply_privately": True, "private_reply_conversation": {"id": "t_1"}},
            SeenComment(is_hidden=False, takes_private_reply=False),
        ),
    ],
)
def test_a_comment_tells_whether_it_is_seen_and_may_be_answered_privately(graph, channel, row, seen):
    graph.next.append(answer({"id": COMMENT, **row}))

    assert channel.read(ACCESS, COMMENT) == seen


def test_of_a_visitors_post_only_what_a_post_has_is_asked(graph, channel):
    channel.read(ACCESS, VISITOR_POST, is_post=True)

    assert fields_of(graph.requests[0])["fields"] == "id,is_hidden,can_reply_privately"


def test_our_answer_is_found_by_its_author_its_text_and_its_time(graph, channel):
    def reply(number: int, *, by: str, text: str, minutes: float) -> dict[str, object]:
        made = (NOW + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S+0000")
        return {"id": f"5001_{number}", "message": text, "from": {"id": by}, "created_time": made}

    rows = [
        reply(1, by="8100000001", text="Hei", minutes=1),
        reply(2, by=PAGE, text="Muuta", minutes=1),
        reply(3, by=PAGE, text="Hei\r\n", minutes=0),
        reply(4, by=PAGE, text="Hei", minutes=-3),
        {**reply(5, by=PAGE, text="Hei", minutes=1), "from": {}},
    ]
    graph.next += [answer({"data": rows}), answer({"data": rows[3:]})]

    assert channel.find_reply(ACCESS, COMMENT, text="Hei", since=NOW - timedelta(minutes=1)) == "5001_3"
    assert channel.find_reply(ACCESS, COMMENT, text="Hei", since=NOW - timedelta(minutes=1)) is None
    assert graph.edges() == [f"GET {COMMENT}/comments"] * 2
    assert fields_of(graph.requests[0])["order"] == "reverse_chronological"
