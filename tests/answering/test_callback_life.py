"""The life of a request to be phoned, walked at random: first its moves, then the rows beside a model of them."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from social_bot.answering import callbacks, store
from social_bot.answering.callbacks import MOVES, TRIES
from social_bot.answering.store import CallbackRow, CallbackState
from social_bot.bootstrap import Bot
from social_bot.errors import NotAllowed
from social_bot.organisation import alerts
from social_bot.organisation.alerts import AlertKind
from tests.conftest import APPROVER, NOW, WRITER, Clock
from tests.machines import PURE, STORED, walk

_S = CallbackState
ENDS = (_S.DONE, _S.UNREACHABLE, _S.CANCELLED)
PHONES = ("040 123 4567", "050 123 4567", "09 310 1691")


class Moves(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.state = _S.REQUESTED
        self.way = [self.state]

    @rule(to=st.sampled_from(list(CallbackState)))
    def ask(self, to: CallbackState) -> None:
        if to in MOVES[self.state]:
            self.state = to
            self.way.append(to)

    @invariant()
    def an_end_is_an_end_and_nothing_begins_anew(self) -> None:
        assert not any(state in ENDS for state in self.way[:-1])
        assert _S.REQUESTED not in self.way[1:]

    @invariant()
    def whoever_waits_can_still_be_phoned_or_given_up(self) -> None:
        if self.state not in ENDS:
            assert set(ENDS) <= MOVES[self.state]


class Life(RuleBasedStateMachine):
    """Residents who ask again and again, workers who phone, answers that do not come."""

    requests = Bundle("requests")
    days = 0

    def __init__(self, bot: Bot) -> None:
        super().__init__()
        Life.days += 30
        self.bot, self.clock = bot, Clock(NOW + timedelta(days=Life.days))
        self.states: dict[int, CallbackState] = {}
        self.tries: dict[int, int] = {}
        self.numbers: dict[str, int] = {}

    @rule(target=requests, phone=st.sampled_from(PHONES), is_discreet=st.booleans())
    def ask(self, phone: str, is_discreet: bool):  # noqa: FBT001  (drawn)
        with self.bot.database.write() as session:
            row = callbacks.request(
                session,
                phone=phone,
                language="fi",
                organisation=self.bot.organisation(session),
                database=self.bot.database,
                now=self.clock(),
                is_discreet=is_discreet,
            )
            number, was_asked = row.id or 0, row.is_discreet
        waiting = self.numbers.get(phone)
        assert was_asked or not is_discreet, "who once asked for discretion has it"
        if waiting is not None:
            assert number == waiting, "a number waits once"
            return multiple()
        assert number not in self.states
        self.numbers[phone] = number
        self.states[number], self.tries[number] = _S.REQUESTED, 0
        return number

    @rule(number=requests, to=st.sampled_from([WRITER, APPROVER]))
    def assign(self, number: int, to: str) -> None:
        self._act(number, _S.ASSIGNED, callbacks.assign, to=to)

    @rule(number=requests)
    def reach(self, number: int) -> None:
        if self._act(number, _S.DONE, callbacks.record_reached):
            self.tries[number] += 1

    @rule(number=requests)
    def cancel(self, number: int) -> None:
        self._act(number, _S.CANCELLED, callbacks.cancel)

    @rule(number=requests, is_sent_twice=st.booleans())
    def nobody_answers(self, number: int, is_sent_twice: bool) -> None:  # noqa: FBT001  (drawn)
        seen = self.tries[number]
        for _ in range(1 + is_sent_twice):
            self._no_answer(number, seen)

    @rule(hours=st.sampled_from([1, 7, 30, 100]))
    def time_goes_by(self, hours: int) -> None:
        self.clock.forward(hours=hours)
        with self.bot.database.write() as session:
            callbacks.raise_late(session, now=self.clock())

    @invariant()
    def the_rows_are_as_the_model_says(self) -> None:
        for number, row in self._rows().items():
            assert (row.state, row.tries) == (self.states[number], self.tries[number])

    @invariant()
    def a_number_is_kept_as_long_as_it_is_of_use(self) -> None:
        for row in self._rows().values():
            is_open = row.state not in ENDS
            assert (row.phone_index is not None) is is_open
            assert (row.settled_at is None) is is_open
            assert (row.phone_sealed is not None) is (is_open or row.state is _S.UNREACHABLE)

    @invariant()
    def nobody_is_phoned_for_ever(self) -> None:
        assert all(row.tries <= TRIES for row in self._rows().values())

    @invariant()
    def a_broken_promise_is_told_until_it_is_settled(self) -> None:
        with self.bot.database.read() as session:
            told = {
                alert.subject
                for alert in alerts.unacknowledged(session)
                if alert.kind is AlertKind.CALLBACK_LATE
            }
        for number, row in self._rows().items():
            if row.state in ENDS:
                assert f"callback:{number}" not in told
            elif callbacks.is_late(row, now=self.clock()):
                assert f"callback:{number}" in told

    def teardown(self) -> None:
        """Every request can be brought to its end, whatever has happened to it."""
        for number, state in list(self.states.items()):
            if state not in ENDS:
                assert self._act(number, _S.CANCELLED, callbacks.cancel)
        self.a_number_is_kept_as_long_as_it_is_of_use()

    def _no_answer(self, number: int, seen: int) -> None:
        is_open, is_news = self.states[number] not in ENDS, seen == self.tries[number]
        try:
            with self.bot.database.write() as session:
                callbacks.record_no_answer(
                    session,
                    number,
                    by=WRITER,
                    organisation=self.bot.organisation(session),
                    now=self.clock(),
                    seen_tries=seen,
                )
        except NotAllowed:
            assert not (is_open and is_news)
            return
        assert is_open
        assert is_news
        self.tries[number] += 1
        if self.tries[number] == TRIES:
            self._end(number, _S.UNREACHABLE)

    def _act(self, number: int, state: CallbackState, act, **values: str) -> bool:
        allowed = state in MOVES[self.states[number]]
        try:
            with self.bot.database.write() as session:
                act(session, number, by=WRITER, now=self.clock(), **values)
        except NotAllowed:
            assert not allowed
            return False
        assert allowed
        self._end(number, state)
        return True

    def _end(self, number: int, state: CallbackState) -> None:
        self.states[number] = state
        if state in ENDS:
            self.numbers = {phone: each for phone, each in self.numbers.items() if each != number}

    def _rows(self) -> dict[int, CallbackRow]:
        with self.bot.database.read() as session:
            rows = store.list_callbacks(session)
        return {row.id or 0: row for row in rows if row.id in self.states}


def test_the_moves_of_a_callback() -> None:
    walk(Moves, PURE)


def test_the_life_of_a_callback(bot: Bot) -> None:
    walk(lambda: Life(bot), settings(STORED, max_examples=25))
