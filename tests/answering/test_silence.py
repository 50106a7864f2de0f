"""Provable silence: whatever happens in whatever order, the bot never speaks over a person or to itself."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from social_bot.answering import outbox, store
from social_bot.answering.holding import claim, hand_back
from social_bot.answering.outcomes import Lane
from social_bot.answering.store import Direction, MessageRow, SendState, ThreadRow
from social_bot.answering.threads import Owner, referred_message
from social_bot.errors import NotAllowed
from social_bot.organisation import alerts
from tests.answering.talking import (
    OTHER_APP,
    OUR_APP,
    FakeMessenger,
    delivery,
    messages,
    receive,
    said,
    send_all,
)
from tests.conftest import NOW, PAGE, WRITER, Clock

TEXTS = (
    "Hei",
    "Tarvitsen velkaneuvontaa ulosoton takia",
    "kiitos",
    "En halua enää elää",
    "Mies hakkaa mua nyt",
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["message", "standby"]), st.sampled_from(TEXTS)),
        st.tuples(
            st.sampled_from(
                [
                    *("foreign_echo", "standby_echo", "own_echo", "twice", "pass_away", "pass_to_us", "take"),
                    *("request", "claim", "acknowledge", "hand_back", "send", "send", "send_all"),
                ]
            ),
            st.none(),
        ),
        st.tuples(st.just("wait"), st.integers(1, 90)),
    ),
    max_size=20,
)
SPEAKS = ("foreign_echo", "standby_echo", "standby", "pass_away", "take", "request")


class Conversation:
    """One person's thread: what happens in it, and whether a person holds it by our own reckoning."""

    persons = 0

    def __init__(self, bot):
        Conversation.persons += 1
        self.bot, self.clock = bot, Clock()
        self.person = str(7_100_000_000 + Conversation.persons)
        self.messenger = FakeMessenger(prefix=f"m_out_{self.person}_")
        self.number, self.is_held, self.last = 0, False, None

    def do(self, step, argument):
        sent, rows = len(self.messenger.sent), len(self.outbound())
        if step in ("send", "send_all"):
            self.send(only_one=step == "send")
        elif step == "wait":
            self.clock.forward(minutes=argument)
        elif step in ("claim", "acknowledge", "hand_back"):
            self.work(step)
        else:
            self.hear(step, argument)
        assert "echo" not in step or len(self.outbound()) == rows, "an echo was answered"
        self.check_sent(sent)

    def hear(self, step, argument):
        if step == "twice":
            body = self.last
        else:
            self.number += 1
            body = self.last = self.body(step, argument)
            self.is_held = (self.is_held or step in SPEAKS) and step != "pass_to_us"
        if body is not None:
            receive(self.bot, body, now=self.clock.now)

    def body(self, step, argument):
        mid = f"m_{self.person}_{self.number}"
        section = "standby" if "standby" in step else "messaging"
        item = said(argument or "Hei, täällä neuvoja.", mid, at=self.clock.now, person=self.person)
        if step in ("message", "standby"):
            return delivery(item, section=section)
        if "echo" in step:
            message = {"mid": mid, "is_echo": True, "text": "Hei", "app_id": OTHER_APP}
            if step == "own_echo":
                if not self.messenger.sent:
                    return None
                reference = self.messenger.sent[-1][1].reference
                message |= {"app_id": OUR_APP, "metadata": reference}
            people = {"sender": {"id": PAGE}, "recipient": {"id": self.person}}
            return delivery({**item, **people, "message": message}, section=section)
        del item["message"]
        action, owner = {
            "pass_away": ("pass_thread_control", {"new_owner_app_id": OTHER_APP}),
            "pass_to_us": ("pass_thread_control", {"new_owner_app_id": OUR_APP}),
            "take": ("take_thread_control", {"new_owner_app_id": OTHER_APP}),
            "request": ("request_thread_control", {"requested_owner_app_id": OTHER_APP}),
        }[step]
        return delivery({**item, action: owner})

    def work(self, step):
        thread = self.thread()
        if thread is None:
            return
        with self.bot.database.write() as session:
            if step == "acknowledge":
                for alert in alerts.unacknowledged(session):
                    alerts.acknowledge(session, alert.id or 0, by=WRITER, now=self.clock.now)
                return
            try:
                {"claim": claim, "hand_back": hand_back}[step](
                    session, thread.id or 0, by=WRITER, now=self.clock.now
                )
            except NotAllowed:
                return
        self.is_held = step == "claim"

    def send(self, *, only_one):
        while outbox.send_next(self.bot.database, messenger=self.messenger, clock=self.clock):
            if only_one:
                return

    def check_sent(self, before):
        with self.bot.database.read() as session:
            for _, message in self.messenger.sent[before:]:
                row = store.get_message(session, referred_message(message.reference) or 0)
                assert row is not None
                assert row.lane is Lane.CRISIS or not self.is_held, "the bot spoke over a person"
        thread = self.thread()
        assert thread is None or self.is_held <= (thread.owner is not Owner.BOT)

    def thread(self):
        with self.bot.database.read() as session:
            return store.find_thread(session, PAGE, self.bot.database.index(self.person))

    def outbound(self):
        thread = self.thread()
        if thread is None:
            return []
        with self.bot.database.read() as session:
            rows = store.list_messages(session, [thread.id or 0])
        return [row for row in rows if row.direction is Direction.OUTBOUND]


@pytest.mark.timeout(400)
@given(steps=STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_bot_never_speaks_over_a_person_nor_to_itself_nor_twice(bot, steps):
    _forget_others(bot)
    conversation = Conversation(bot)

    for step in steps:
        conversation.do(*step)
    conversation.do("send_all", None)

    references = Counter(message.reference for _, message in conversation.messenger.sent)
    assert set(references.values()) <= {1}
    answers = Counter(row.answers_id for row in conversation.outbound())
    assert all(parts <= 2 for parts in answers.values())


def _forget_others(bot):
    """What earlier examples left to send or to take is none of this one's."""
    with bot.database.write() as session:
        for row in session.exec(select(MessageRow).where(MessageRow.send_state == SendState.PENDING)).all():
            row.send_state = SendState.DROPPED
            session.add(row)
        for alert in alerts.unacknowledged(session):
            alerts.acknowledge(session, alert.id or 0, by=WRITER, now=NOW)


@pytest.mark.parametrize(
    "wrote_at",
    [
        NOW,
        datetime(2026, 10, 24, 12, 30, tzinfo=UTC),  # the night in which an hour is doubled lies within
        datetime(2027, 3, 27, 12, 30, tzinfo=UTC),  # … and the one in which an hour is missing
    ],
)
@pytest.mark.parametrize(
    ("passed", "state"),
    [
        (timedelta(hours=24) - timedelta(seconds=1), SendState.SENT),
        (timedelta(hours=24), SendState.DROPPED),
        (timedelta(hours=24) + timedelta(seconds=1), SendState.DROPPED),
    ],
)
def test_an_answer_goes_out_within_24_hours_to_the_second(bot, messenger, wrote_at, passed, state):
    clock = Clock(wrote_at)
    receive(bot, delivery(said("kiitos", at=wrote_at)), now=wrote_at)
    clock.now += passed

    send_all(bot, messenger, clock)

    assert [row.send_state for row in messages(bot, Direction.OUTBOUND)] == [state]


def test_an_answer_written_to_a_claimed_thread_is_not_sent(bot, messenger, clock):
    receive(bot, delivery(said("kiitos")))
    with bot.database.write() as session:
        thread = session.exec(select(ThreadRow)).one()
        claim(session, thread.id or 0, by=WRITER, now=NOW)
        with pytest.raises(NotAllowed):
            claim(session, thread.id or 0, by=WRITER, now=NOW)

    send_all(bot, messenger, clock)

    assert messenger.sent == []
