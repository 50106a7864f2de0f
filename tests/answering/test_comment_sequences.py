"""Whatever happens in whatever order: one public answer a thread, one private message a comment, own words left alone."""

from collections import Counter
from dataclasses import dataclass

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import delete, select

from social_bot.answering.comment_acts import Act
from social_bot.answering.comment_store import CommentRow, DeedKind, DeedRow
from social_bot.answering.store import DeliveryRow, EventRow
from social_bot.errors import InvalidInput, NotAllowed, OutcomeUnknown, PageUnavailable
from social_bot.organisation.alerts import AlertKind, AlertRow
from tests.answering.commenting import (
    CHAT,
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
    receive,
    rows,
    take_alerts,
)
from tests.conftest import PAGE, Clock

ROOTS = {"400_1": None, "400_2": "400_1", "400_3": "400_1", "400_4": None, "400_5": "400_4"}
OWN = {"400_8": "400_1", "400_9": None}
TEXTS = [CHAT, OWN_MATTER, PERSONAL, DANGER, TOPIC]


@dataclass(frozen=True)
class Told:
    """An event of the platform; the same one again is delivered with the same bytes."""

    comment: str
    verb: str
    text: str
    by: str | None
    time: int

    @property
    def body(self) -> bytes:
        return change(
            None if self.verb == "remove" else self.text,
            verb=self.verb,
            comment=self.comment,
            parent={**ROOTS, **OWN}[self.comment],
            by=PAGE if self.comment in OWN else self.by,
            time=self.time,
        )


@dataclass(frozen=True)
class Decided:
    what: Act
    number: int


events = st.builds(
    Told,
    comment=st.sampled_from([*ROOTS, *OWN]),
    verb=st.sampled_from(["add", "add", "add", "edited", "hide", "unhide", "remove"]),
    text=st.sampled_from(TEXTS),
    by=st.sampled_from(["8100000001", "8100000002", "8100000003", None]),
    time=st.integers(0, 3),
)
choices = st.builds(Decided, what=st.sampled_from([*Act]), number=st.integers(0, 4))
moments = st.sampled_from(["do", "look", "take alerts", "a day passes"])
errors = st.sampled_from(
    [
        (OutcomeUnknown("lost"), True),
        (OutcomeUnknown("lost"), False),
        (PageUnavailable("down"), False),
        (None, True),
    ]
)


@st.composite
def histories(draw):
    """Events doubled and shuffled among each other, with people's choices and the worker's rounds between."""
    told = draw(st.lists(events, min_size=1, max_size=8))
    doubled = told + draw(st.lists(st.sampled_from(told), max_size=4))
    others = draw(st.lists(st.one_of(choices, moments), max_size=8))
    return draw(st.permutations([*doubled, *others]))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(
    history=[
        Told("400_1", "add", DANGER, "8100000001", 0),
        *("do", "a day passes"),
        Told("400_1", "edited", DANGER, "8100000001", 0),
    ],
    troubles=[],
    page_answers=False,
)
@given(history=histories(), troubles=st.lists(errors, max_size=4), page_answers=st.booleans())
def test_nobody_is_answered_twice_and_nothing_of_our_own_at_all(bot, history, troubles, page_answers):
    forget_everything(bot)
    let_answer(bot, allowed=page_answers)
    commenter, clock = FakeCommenter(next_errors=list(troubles)), Clock()
    acts: list[Act] = []

    for step in [*history, "do", "look", "a day passes", "do"]:
        play(bot, step, commenter, clock, acts)

    assert [count for count in Counter(target for target, _ in commenter.replies).values() if count > 1] == []
    assert [count for count in Counter(target for target, _ in commenter.private).values() if count > 1] == []
    own = {bot.database.index(comment) for comment in OWN}
    assert own.isdisjoint(row.comment_index for row in rows(bot) if row.matter is not None)
    touched = [target for target, _ in (*commenter.replies, *commenter.private)] + commenter.hidden
    assert set(OWN).isdisjoint(touched)
    if not page_answers:
        assert [deed for deed in deeds(bot, DeedKind.REPLY) if deed.is_automatic] == []
    if not {Act.HIDE, Act.PRIVATE} & set(acts):
        assert commenter.hidden == []
    assert {row.text_sealed for row in rows(bot) if row.is_removed} <= {None}
    assert len(in_danger(history)) == len({row.subject for row in alerts_of_danger(bot)})


def play(bot, step, commenter, clock, acts) -> None:
    match step:
        case Told():
            receive(bot, step.body, now=clock.now)
        case Decided():
            decide(bot, step, clock, acts)
        case "do":
            do_all(bot, commenter, clock)
            clock.forward(seconds=30)
        case "look":
            clock.forward(minutes=3)
            look(bot, commenter, clock)
        case "take alerts":
            take_alerts(bot)
        case _:
            clock.forward(hours=25)


def decide(bot, step: Decided, clock, acts) -> None:
    kept = rows(bot)
    if not kept:
        return
    try:
        act(bot, step.what, number=kept[step.number % len(kept)].id or 0, now=clock.now)
    except (NotAllowed, InvalidInput):  # own words, of which there are none here
        return
    acts.append(step.what)


def in_danger(history) -> set[str]:
    """Residents' comments that told of danger; a comment is added once, whatever a second event says."""
    told = [step for step in history if isinstance(step, Told) and step.comment not in OWN]
    added: dict[str, Told] = {}
    for step in told:
        if step.verb == "add":
            added.setdefault(step.comment, step)
    edited = [step for step in told if step.verb == "edited"]
    return {step.comment for step in (*added.values(), *edited) if step.text == DANGER}


def alerts_of_danger(bot) -> list[AlertRow]:
    with bot.database.read() as session:
        return list(session.exec(select(AlertRow).where(AlertRow.kind == AlertKind.CRISIS)))


def forget_everything(bot) -> None:
    with bot.database.write() as session:
        for table in (DeedRow, CommentRow, EventRow, DeliveryRow, AlertRow):
            session.exec(delete(table))
