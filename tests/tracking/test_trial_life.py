"""The life of an outreach trial, walked at random: first what its days and decisions make of it, then the rows."""

from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from social_bot.bootstrap import Bot
from social_bot.organisation import operators
from social_bot.organisation.roles import Role
from social_bot.tracking import outreach_store as store
from social_bot.tracking import trial_deeds
from social_bot.tracking.forms import read_trial_form
from social_bot.tracking.outreach import Channel
from social_bot.tracking.outreach_input import InvalidFields
from social_bot.tracking.recognisable import read_first_names
from social_bot.tracking.trial_reports import report_trial
from social_bot.tracking.trials import (
    Decision,
    Due,
    Stage,
    Standing,
    TrialPlan,
    TrialState,
    state_of,
    what_is_due,
)
from tests.conftest import NOW
from tests.machines import PURE, STORED, walk
from tests.tracking.test_outreach import COORDINATOR, END, MID, START

FIRST = NOW.date()
FOR_GOOD = (TrialState.STOPPED, TrialState.CHANGED)


class Days(RuleBasedStateMachine):
    """Days go by, forms are written, decisions are made, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.today = FIRST - timedelta(days=3)
        self.trial = Standing(
            starts_on=FIRST, mid_on=FIRST + timedelta(days=10), ends_on=FIRST + timedelta(days=20)
        )

    @rule(days=st.integers(1, 12))
    def time_goes_by(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(has_mid=st.booleans())
    def write_a_form(self, has_mid: bool) -> None:  # noqa: FBT001  (drawn)
        self.trial = _with(
            self.trial, has_mid=self.trial.has_mid or has_mid, has_end=self.trial.has_end or not has_mid
        )

    @rule(decided=st.sampled_from(list(Decision)))
    def decide(self, decided: Decision) -> None:
        self.trial = _with(self.trial, decided=decided, is_decided_at_end=self.trial.has_end)

    @invariant()
    def it_asks_for_one_thing_at_a_time_and_in_order(self) -> None:
        due = what_is_due(self.trial, today=self.today)
        if due is Due.MID:
            assert not self.trial.has_mid
            assert self.trial.mid_on <= self.today < self.trial.ends_on
        if due is Due.END:
            assert not self.trial.has_end
        if due is Due.DECISION:
            assert self.trial.has_end
            assert not (self.trial.decided and self.trial.is_decided_at_end)

    @invariant()
    def it_is_over_only_by_a_decision(self) -> None:
        state = state_of(self.trial, today=self.today)
        if state in (*FOR_GOOD, TrialState.CONTINUED):
            assert self.trial.decided is not None
        if state is TrialState.CONTINUED:
            assert self.trial.is_decided_at_end
        if state is TrialState.PLANNED:
            assert self.today < self.trial.starts_on

    @invariant()
    def what_is_finished_waits_for_nothing_and_what_is_not_always_will(self) -> None:
        later = self.trial.ends_on + timedelta(days=100)
        is_finished = self.trial.has_end and (
            self.trial.decided in (Decision.STOP, Decision.CHANGE) or self.trial.is_decided_at_end
        )
        assert (what_is_due(self.trial, today=later) is None) is is_finished


class Life(RuleBasedStateMachine):
    """A coordinator writes forms, also from a page that is out of date, and decides."""

    def __init__(self, bot: Bot) -> None:
        super().__init__()
        self.bot = bot
        self.now = NOW
        self.versions = dict.fromkeys(Stage, 0)
        self.newest: dict[Stage, dict[str, str]] = {}
        self.decisions: list[tuple[Decision, datetime]] = []
        self.ended_at: datetime | None = None

    @initialize()
    def start(self) -> None:
        with self.bot.database.write() as session:
            operators.add(session, COORDINATOR, [Role.COORDINATOR], now=NOW, by="test")
            row = trial_deeds.start(
                session, self._plan(), START, form=self.form, names=self.names, by=COORDINATOR, now=NOW
            )
            self.trial_id = row.id or 0
        self.versions[Stage.START], self.newest[Stage.START] = 1, START

    @rule(
        stage=st.sampled_from([Stage.MID, Stage.END]),
        words=st.sampled_from(["Lupaavaa.", "Hidasta.", "Vielä aikaista sanoa."]),
        is_outdated=st.booleans(),
    )
    def write_a_form(self, stage: Stage, words: str, is_outdated: bool) -> None:  # noqa: FBT001  (drawn)
        answers = {**(MID if stage is Stage.MID else END), "overall_assessment": words}
        newest = self.versions[stage]
        seen = max(0, newest - is_outdated)
        is_same = self.newest.get(stage) == answers
        try:
            with self.bot.database.write() as session:
                trial_deeds.evaluate(
                    session,
                    self.trial_id,
                    stage,
                    answers,
                    form=self.form,
                    names=self.names,
                    seen_version=seen,
                    by=COORDINATOR,
                    now=self.now,
                )
        except InvalidFields:
            assert newest > seen, "only a form that somebody has written meanwhile is refused"
            return
        if not is_same:
            assert seen == newest, "nobody's words are written over unseen"
            self.versions[stage], self.newest[stage] = newest + 1, answers
            if stage is Stage.END:
                self.ended_at = self.ended_at or self.now

    @rule(decision=st.sampled_from(list(Decision)))
    def decide(self, decision: Decision) -> None:
        with self.bot.database.write() as session:
            trial_deeds.decide(
                session,
                self.trial_id,
                decision,
                decided_on=self.today.isoformat(),
                reason="Näin sovittiin.",
                names=self.names,
                today=self.today,
                by=COORDINATOR,
                now=self.now,
            )
        self.decisions.append((decision, self.now))

    @rule(days=st.integers(1, 12))
    def time_goes_by(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def every_version_is_kept_and_the_newest_counts(self) -> None:
        if not hasattr(self, "trial_id"):
            return
        with self.bot.database.read() as session:
            newest = store.newest_evaluations(session, [self.trial_id])[self.trial_id]
        assert {stage: row.version for stage, row in newest.items()} == {
            stage: version for stage, version in self.versions.items() if version
        }
        for stage, row in newest.items():
            written = {key: text for key, text in row.answers.items() if text}
            assert written == self.newest[stage]

    @invariant()
    def the_report_tells_what_was_decided(self) -> None:
        if not hasattr(self, "trial_id"):
            return
        with self.bot.database.read() as session:
            report = report_trial(session, self.trial_id, self.form, today=self.today)
        assert report.summary.due == what_is_due(self._standing(), today=self.today)
        assert report.summary.state == state_of(self._standing(), today=self.today)
        assert [row.decision for row in report.decisions] == [made for made, _ in self.decisions]

    def _standing(self) -> Standing:
        plan = self._plan()
        decided, decided_at = self.decisions[-1] if self.decisions else (None, None)
        return Standing(
            starts_on=plan.starts_on,
            mid_on=plan.mid_on,
            ends_on=plan.ends_on,
            has_mid=self.versions[Stage.MID] > 0,
            has_end=self.versions[Stage.END] > 0,
            decided=decided,
            is_decided_at_end=decided_at is not None
            and self.ended_at is not None
            and decided_at >= self.ended_at,
        )

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def form(self):
        return read_trial_form(self.bot.templates)

    @property
    def names(self) -> AbstractSet[str]:
        return read_first_names(self.bot.templates)

    def _plan(self) -> TrialPlan:
        return TrialPlan(
            title="Kirjaston aulassa",
            channel=Channel.LIBRARY,
            place="Kirjasto",
            starts_on=FIRST,
            mid_on=FIRST + timedelta(days=10),
            ends_on=FIRST + timedelta(days=20),
        )


def _with(trial: Standing, **values: object) -> Standing:
    return Standing(**{**vars(trial), **values})


def test_the_days_of_a_trial() -> None:
    walk(Days, PURE)


def test_the_life_of_a_trial(bot: Bot) -> None:
    walk(lambda: Life(bot), STORED)
