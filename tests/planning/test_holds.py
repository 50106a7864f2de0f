"""After a stop no post is sent; what it held comes back when a person releases it, or is asked about."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from social_bot.errors import NotAllowed, PageUnavailable
from social_bot.organisation import alerts, stop
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.pages import PageRow
from social_bot.planning import holds, store
from social_bot.planning.posts import PostState
from social_bot.planning.store import PublishAttemptRow
from tests.conftest import APPROVER, NOW, PAGE, WRITER
from tests.planning.test_publishing import (
    FakePage,
    publish_due,
    publish_next,
    scheduled,
    settle,
    state_of,
)


@pytest.fixture
def page(clock) -> FakePage:
    return FakePage(clock)


def press(bot, *, page_id=None, holds_answers=False) -> int:
    with bot.database.write() as session:
        row, _ = holds.press_stop(
            session, page_id=page_id, holds_answers=holds_answers, reason="Väärä numero", by=WRITER, now=NOW
        )
        return row.id or 0


def release(bot, stop_id, clock) -> Sequence[holds.Return]:
    with bot.database.write() as session:
        return holds.release_stop(session, stop_id, by=APPROVER, now=clock())


def reason_of(bot, post_id) -> str | None:
    with bot.database.read() as session:
        return store.get_post(session, post_id).reason


def test_a_stop_puts_every_scheduled_post_on_hold_at_once(bot, page, clock):
    due, later = scheduled(bot), scheduled(bot, at=NOW + timedelta(days=3))

    press(bot)
    publish_due(bot, page, clock)

    assert [state_of(bot, each) for each in (due, later)] == [PostState.HELD, PostState.HELD]
    assert reason_of(bot, due) == holds.STOPPED
    assert page.calls == 0


def test_a_stop_of_another_page_leaves_this_one_alone(bot, page, clock):
    post_id = scheduled(bot)
    with bot.database.write() as session:
        other = PageRow(id="100200400", name="Toinen", created_at=NOW)
        session.add(other)

    press(bot, page_id="100200400")
    publish_due(bot, page, clock)

    assert state_of(bot, post_id) is PostState.PUBLISHED


def test_a_post_approved_after_the_stop_is_held_as_well(bot, page, clock):
    press(bot)
    post_id = scheduled(bot)

    publish_due(bot, page, clock)
    settle(bot, clock)

    assert page.calls == 0
    assert state_of(bot, post_id) is PostState.HELD


def test_a_send_that_may_be_tried_again_waits_for_the_release(bot, page, clock):
    post_id = scheduled(bot)
    page.next_errors = [(PageUnavailable("down"), False)]
    page.on_call = lambda: press(bot) if page.calls == 1 else None

    publish_due(bot, page, clock)
    clock.forward(minutes=5)
    settle(bot, clock)
    publish_due(bot, page, clock)

    assert page.calls == 1
    assert state_of(bot, post_id) is PostState.HELD


def test_a_held_post_is_not_missed_before_a_person_releases_it(bot, clock):
    post_id = scheduled(bot)
    press(bot)

    clock.forward(hours=5)
    settle(bot, clock)

    assert state_of(bot, post_id) is PostState.HELD


def test_release_sends_what_is_in_time_and_asks_about_the_rest(bot, page, clock):
    late, now_due, to_come = (
        scheduled(bot, text="a"),
        scheduled(bot, at=NOW + timedelta(minutes=90), text="b"),
        scheduled(bot, at=NOW + timedelta(days=1), text="c"),
    )
    stop_id = press(bot)
    clock.forward(hours=2)

    returned = release(bot, stop_id, clock)
    publish_due(bot, page, clock)

    assert [(each.post.id, each.state, each.goes_at_once(clock())) for each in returned] == [
        (late, PostState.MISSED, False),
        (now_due, PostState.SCHEDULED, True),
        (to_come, PostState.SCHEDULED, False),
    ]
    assert [post.text[0] for post in page.seen] == ["b"]
    assert reason_of(bot, late) == holds.MISSED
    with bot.database.read() as session:
        assert [alert.kind for alert in alerts.unacknowledged(session)] == [AlertKind.POST_MISSED]


def test_what_was_changed_behind_the_approval_comes_back_as_a_draft(bot, clock):
    post_id = scheduled(bot, at=NOW + timedelta(days=1))
    stop_id = press(bot)
    with bot.database.write() as session:
        post = store.get_post(session, post_id)
        post.texts = {"fi": "Jotain muuta"}
        session.add(post)

    release(bot, stop_id, clock)

    assert state_of(bot, post_id) is PostState.DRAFT


def test_what_another_stop_holds_stays(bot, page, clock):
    post_id = scheduled(bot)
    everything, one_page = press(bot), press(bot, page_id=PAGE)

    after_first = release(bot, everything, clock)
    publish_due(bot, page, clock)
    after_second = release(bot, one_page, clock)

    assert after_first == []
    assert page.calls == 0
    assert [each.post.id for each in after_second] == [post_id]


def test_one_post_may_be_let_past_the_stop_and_a_later_stop_holds_it_again(bot, page, clock):
    first = scheduled(bot, at=NOW + timedelta(hours=1), text="a")
    second = scheduled(bot, at=NOW + timedelta(hours=1), text="b")
    press(bot)

    with bot.database.write() as session:
        holds.release_post(session, first, by=APPROVER, now=NOW)
    settle(bot, clock)
    after_one = [state_of(bot, each) for each in (first, second)]
    press(bot, page_id=PAGE)
    after_another = state_of(bot, first)

    assert after_one == [PostState.SCHEDULED, PostState.HELD]
    assert after_another is PostState.HELD


def test_a_writer_lets_nothing_past(bot):
    post_id = scheduled(bot)
    press(bot)

    with bot.database.write() as session, pytest.raises(NotAllowed):
        holds.release_post(session, post_id, by=WRITER, now=NOW)


def test_the_preview_of_a_release_tells_what_the_release_does(bot, clock):
    for minutes in (0, 90, 600):
        scheduled(bot, at=NOW + timedelta(minutes=minutes), text=str(minutes))
    stop_id = press(bot)
    clock.forward(hours=2)

    with bot.database.read() as session:
        foreseen = holds.preview_release(session, stop.get(session, stop_id), now=clock())
        foreseen_states = [(each.post.id, each.state) for each in foreseen]
    returned = release(bot, stop_id, clock)

    assert foreseen_states == [(each.post.id, each.state) for each in returned]
    assert len(returned) == 3


@given(steps=st.lists(st.sampled_from(["stop", "release", "send", "settle", "approve"]), max_size=14))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
def test_in_no_order_of_steps_is_a_post_sent_while_stopped(bot, clock, steps):
    page = FakePage(clock)
    stopped_at: int | None = None
    _release_all(bot, clock)
    standing: int | None = None
    scheduled(bot, text="alku")
    for number, step in enumerate(steps):
        if step == "stop" and standing is None:
            standing, stopped_at = press(bot), page.calls
        elif step == "release" and standing is not None:
            release(bot, standing, clock)
            standing = stopped_at = None
        elif step == "send":
            publish_next(bot, page, clock)
        elif step == "settle":
            settle(bot, clock)
        elif step == "approve":
            scheduled(bot, text=f"Viesti {number}")

        assert stopped_at is None or page.calls == stopped_at, f"sent while stopped: {steps[: number + 1]}"


def _release_all(bot, clock) -> None:
    """Hypothesis uses one database for every example."""
    with bot.database.write() as session:
        for row in stop.standing(session):
            holds.release_stop(session, row.id or 0, by=APPROVER, now=clock())
        for post in store.list_posts(session, states=[PostState.SCHEDULED, PostState.PUBLISHING]):
            post.state = PostState.CANCELLED
            session.add(post)


def test_no_intent_is_written_after_the_commit_of_a_stop_by_two_workers_at_once(bot, clock):
    """Two workers send as fast as they can while somebody presses the stop."""
    for number in range(30):
        scheduled(bot, text=f"Viesti {number}")
    has_sent, never = threading.Event(), threading.Event()

    def answer_slowly() -> None:
        has_sent.set()
        never.wait(0.03)

    workers = [
        threading.Thread(target=publish_due, args=(bot, FakePage(clock, on_call=answer_slowly), clock))
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    has_sent.wait(20)
    press(bot)
    intents = count_intents(bot)
    for worker in workers:
        worker.join()
    settle(bot, clock)

    with bot.database.read() as session:
        held = len(store.list_posts(session, states=[PostState.HELD]))
    assert count_intents(bot) == intents
    assert 0 < intents < 30
    assert held == 30 - intents


def count_intents(bot) -> int:
    with bot.database.read() as session:
        return len(session.exec(select(PublishAttemptRow)).all())
