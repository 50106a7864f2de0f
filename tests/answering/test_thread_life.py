"""The life of a conversation, walked at random: first who holds it, then the rows with a platform that loses answers."""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from social_bot.answering import closing, holding, outbox, store
from social_bot.answering.outcomes import Lane
from social_bot.answering.store import Direction, MessageRow, SendState, ThreadRow
from social_bot.answering.threads import Owner, owner_after, reference, referred_message
from social_bot.bootstrap import Bot
from social_bot.channels.ports import EventKind, HumanMessage, InboundEvent, OutgoingMessage, PageAccess
from social_bot.errors import NotAllowed, OutcomeUnknown, PageUnavailable, RecipientUnreachable
from social_bot.organisation import alerts
from social_bot.organisation.alerts import AlertKind
from tests.answering.talking import OTHER_APP, OUR_APP, FakeMessenger, delivery, receive, said
from tests.conftest import NOW, PAGE, WRITER, Clock
from tests.machines import PURE, STORED, walk

OURS = str(OUR_APP)
DANGER = "En halua enää elää"
TEXTS = ("Hei", "Tarvitsen velkaneuvontaa ulosoton takia", "kiitos", DANGER)
LOSSES = {
    "answered": None,
    "lost after": (OutcomeUnknown("lost"), True),
    "lost before": (OutcomeUnknown("lost"), False),
    "down": (PageUnavailable("down"), False),
    "held elsewhere": (RecipientUnreachable("held", held_by_other=True), False),
    "bug after": (RuntimeError("bug"), True),
}
OUT_OF_HANDS = (SendState.SENT, SendState.FAILED, SendState.DROPPED, SendState.UNCONFIRMED)


class Holding(RuleBasedStateMachine):
    """Who holds a thread, by events alone: only a handing over to us lets the bot speak again."""

    def __init__(self) -> None:
        super().__init__()
        self.owner = Owner.BOT
        self.is_silenced = False

    @rule(
        kind=st.sampled_from([EventKind.MESSAGE, EventKind.EDIT, EventKind.UNSEND, EventKind.READ]),
        app_id=st.sampled_from([OURS, str(OTHER_APP), None]),
    )
    def a_person_does_something(self, kind: EventKind, app_id: str | None) -> None:
        before = self.owner
        self._hear(kind, app_id=app_id)
        assert self.owner is before

    @rule()
    def we_speak(self) -> None:
        before = self.owner
        self._hear(EventKind.ECHO, app_id=OURS)
        self._hear(EventKind.ECHO, reference=reference(7))
        assert self.owner is before

    @rule(app_id=st.sampled_from([str(OTHER_APP), None]))
    def somebody_else_speaks(self, app_id: str | None) -> None:
        self._hear(EventKind.ECHO, app_id=app_id)
        self.is_silenced = True

    @rule()
    def something_comes_on_standby(self) -> None:
        self._hear(EventKind.STANDBY)
        self.is_silenced = True

    @rule(
        action=st.sampled_from(["pass", "take", "request"]), new=st.sampled_from([OURS, str(OTHER_APP), None])
    )
    def it_changes_hands(self, action: str, new: str | None) -> None:
        self._hear(EventKind.HANDOVER, action=action, new_owner_app_id=new)
        self.is_silenced = not (action == "pass" and new == OURS)

    @rule()
    def roles_are_told(self) -> None:
        before = self.owner
        self._hear(EventKind.HANDOVER, action="roles")
        assert self.owner is before

    @invariant()
    def the_bot_holds_it_only_where_nobody_else_may(self) -> None:
        assert (self.owner is Owner.BOT) is not self.is_silenced

    def _hear(self, kind: EventKind, **values: str | None) -> None:
        event = InboundEvent(key="k", kind=kind, page_id=PAGE, contact_id="7", **values)  # type: ignore[arg-type]
        self.owner = owner_after(event, self.owner, own_app_id=OURS)


class Platform(FakeMessenger):
    """Keeps when and to whom; finds what it was sent by person, text and time, as the real one does."""

    def __init__(self, clock: Clock, prefix: str) -> None:
        super().__init__(prefix=prefix)
        self.clock = clock
        self.times: list[datetime] = []

    def send(self, page: PageAccess, contact_id: str, message: OutgoingMessage | HumanMessage) -> str:
        try:
            return super().send(page, contact_id, message)
        finally:
            self.times += [self.clock()] * (len(self.sent) - len(self.times))

    def find_sent(self, page: PageAccess, contact_id: str, *, text: str, since: datetime) -> str | None:
        found = [
            number
            for number, ((person, message), at) in enumerate(zip(self.sent, self.times, strict=True), 1)
            if person == contact_id and message.text == text and at >= since
        ]
        return f"{self.prefix}{found[-1]}" if found else None


class Life(RuleBasedStateMachine):
    """One resident, deliveries twice and late, words taken back, workers, a platform that loses answers."""

    people = 0

    def __init__(self, bot: Bot) -> None:
        super().__init__()
        Life.people += 1
        self.bot, self.clock = bot, Clock(NOW + timedelta(days=Life.people * 40))
        self.person = str(7_200_000_000 + Life.people)
        self.platform = Platform(self.clock, f"m_out_{self.person}_")
        self.written: dict[str, bytes] = {}
        self.delivered: set[str] = set()
        self.taken_back: set[str] = set()
        self.was_in_danger = False

    # What the resident and the platform do

    @rule(text=st.sampled_from(TEXTS), is_late=st.sampled_from([False, False, True]))
    def write(self, text: str, is_late: bool) -> None:  # noqa: FBT001  (drawn)
        mid = f"m_{self.person}_{len(self.written)}"
        self.written[mid] = delivery(said(text, mid, at=self.clock(), person=self.person))
        if not is_late:
            self._deliver(mid)

    @precondition(lambda self: self.written)
    @rule(data=st.data())
    def deliver_once_more(self, data: st.DataObject) -> None:
        self._deliver(data.draw(st.sampled_from(sorted(self.written))))

    @precondition(lambda self: self.written)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        self._take_back(data.draw(st.sampled_from(sorted(self.written))))

    @rule(text=st.sampled_from(TEXTS))
    def write_and_take_back_before_it_arrives(self, text: str) -> None:
        mid = f"m_{self.person}_{len(self.written)}"
        self.written[mid] = delivery(said(text, mid, at=self.clock(), person=self.person))
        self._take_back(mid)
        self._deliver(mid)

    # What the program does

    @rule(loss=st.sampled_from(sorted(LOSSES)))
    def send(self, loss: str) -> None:
        found = LOSSES[loss]
        if found is not None:
            error, is_delivered = found
            self.platform.next_errors = [(type(error)(*error.args), is_delivered)]
        while outbox.send_next(self.bot.database, messenger=self.platform, clock=self.clock):
            pass
        self.platform.next_errors = []

    @rule()
    def look(self) -> None:
        outbox.look_for_unconfirmed(self.bot.database, messenger=self.platform, clock=self.clock)

    @rule(seconds=st.sampled_from([1, 6, 21, 95, 130, 3600]))
    def time_goes_by(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)

    @rule()
    def close_what_is_quiet(self) -> None:
        with self.bot.database.write() as session:
            closing.close_quiet(session, now=self.clock())

    # What workers do

    @rule(hands_back=st.booleans())
    def a_worker_takes_it_or_gives_it_back(self, hands_back: bool) -> None:  # noqa: FBT001  (drawn)
        thread = self.thread
        if thread is None:
            return
        act = holding.hand_back if hands_back else holding.claim
        danger_was_open = self._danger_is_open()
        try:
            with self.bot.database.write() as session:
                act(session, thread.id or 0, by=WRITER, now=self.clock())
        except NotAllowed:
            return
        assert not (hands_back and danger_was_open)

    @rule()
    def somebody_takes_the_alerts(self) -> None:
        with self.bot.database.write() as session:
            for alert in alerts.unacknowledged(session, subject=self.subject):
                alerts.acknowledge(session, alert.id or 0, by=WRITER, now=self.clock())

    # What must hold at every moment

    @invariant()
    def nothing_is_sent_twice(self) -> None:
        references = Counter(message.reference for _, message in self.platform.sent)
        assert set(references.values()) <= {1}

    @invariant()
    def each_message_is_kept_once(self) -> None:
        kept = Counter(row.mid_index for row in self.rows if row.direction is Direction.INBOUND)
        assert set(kept.values()) <= {1}
        for mid in self.delivered - self.taken_back:
            assert kept[self.bot.database.index(mid)] == 1

    @invariant()
    def of_what_was_taken_back_no_word_is_left(self) -> None:
        gone = {self.bot.database.index(mid) for mid in self.taken_back}
        for row in self.rows:
            if row.mid_index in gone:
                assert (row.text_sealed, row.original_sealed, row.exact_sealed) == (None, None, None)

    @invariant()
    def danger_stays_until_a_person_has_taken_it(self) -> None:
        thread = self.thread
        if thread is not None and self._danger_is_open():
            assert thread.crisis is not None
            assert thread.is_open

    @invariant()
    def a_person_knows_of_whatever_did_not_reach_somebody_in_danger(self) -> None:
        with self.bot.database.read() as session:
            told = [alert.kind for alert in alerts.everything(session) if alert.subject == self.subject]
        for row in self.rows:
            if row.lane is Lane.CRISIS and row.send_state in (SendState.FAILED, SendState.UNCONFIRMED):
                assert AlertKind.CRISIS in told

    def teardown(self) -> None:
        """Left alone, everything comes to rest, and what is said to have gone out stands in the conversation."""
        for seconds in (1, 7, 95, 130, 600):
            self.clock.forward(seconds=seconds)
            self.send("answered")
            self.look()
        there = {referred_message(message.reference) for _, message in self.platform.sent}
        for row in self.rows:
            if row.direction is Direction.OUTBOUND:
                assert row.send_state in OUT_OF_HANDS
                assert row.next_look_at is None
                if row.send_state is SendState.SENT:
                    assert row.id in there
        self.nothing_is_sent_twice()

    @property
    def thread(self) -> ThreadRow | None:
        with self.bot.database.read() as session:
            return store.find_thread(session, PAGE, self.bot.database.index(self.person))

    @property
    def subject(self) -> str:
        thread = self.thread
        return "none" if thread is None else f"thread:{thread.id}"

    @property
    def rows(self) -> list[MessageRow]:
        thread = self.thread
        if thread is None:
            return []
        with self.bot.database.read() as session:
            return list(store.list_messages(session, [thread.id or 0]))

    def _deliver(self, mid: str) -> None:
        receive(self.bot, self.written[mid], now=self.clock())
        self.delivered.add(mid)

    def _take_back(self, mid: str) -> None:
        item = said("", mid, at=self.clock(), person=self.person)
        item["message"] = {"mid": mid, "is_deleted": True}
        receive(self.bot, delivery(item), now=self.clock())
        self.taken_back.add(mid)

    def _danger_is_open(self) -> bool:
        thread = self.thread
        if thread is None:
            return False
        with self.bot.database.read() as session:
            return holding.is_danger_open(session, thread.id or 0)


def test_who_holds_a_conversation() -> None:
    walk(Holding, PURE)


def test_the_life_of_a_conversation(bot: Bot) -> None:
    walk(lambda: Life(bot), settings(STORED, max_examples=12))
