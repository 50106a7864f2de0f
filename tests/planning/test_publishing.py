"""Never twice, never silently missed: publishing with a page that loses, refuses and comes back."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from social_bot.bootstrap import Bot
from social_bot.channels.ports import OutgoingPost, PageAccess, SeenPost
from social_bot.errors import (
    ConnectionLost,
    ContentRefused,
    NotAllowed,
    OutcomeUnknown,
    PageBlocked,
    PageUnavailable,
    PlatformDetails,
)
from social_bot.organisation import alerts, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.planning import publishing, store
from social_bot.planning.composing import (
    add_post,
    approve_post,
    cancel_post,
    confirm_post,
    move_post,
    send_post_again,
)
from social_bot.planning.media import Media
from social_bot.planning.posts import PostContent, PostState
from social_bot.planning.store import PublishAttemptRow
from tests.conftest import APPROVER, NOW, PAGE, WRITER, Clock

WORKER = "worker-1"


@dataclass
class FakePage:
    """A page that keeps what it is sent. ``next_errors``: (error, was it published all the same)."""

    clock: Clock
    next_errors: list[tuple[Exception | None, bool]] = field(default_factory=list)
    seen: list[SeenPost] = field(default_factory=list)
    calls: int = 0
    on_call: Callable[[], None] = lambda: None

    def publish(self, page: PageAccess, post: OutgoingPost) -> str:
        self.calls += 1
        self.on_call()
        error, is_published = self.next_errors.pop(0) if self.next_errors else (None, True)
        external_id = f"{page.page_id}_{len(self.seen) + 1}"
        if is_published:
            self.seen.append(
                SeenPost(external_id=external_id, text=post.text, created_at=self.clock(), ours=True)
            )
        if error is not None:
            raise error
        return external_id

    def recent_posts(self, page: PageAccess, *, since: datetime) -> Sequence[SeenPost]:
        return [post for post in self.seen if post.created_at >= since]


@pytest.fixture
def page(clock: Clock) -> FakePage:
    return FakePage(clock)


def scheduled(bot: Bot, *, at: datetime = NOW, text: str = "Olemme auki.") -> int:
    with bot.database.write() as session:
        content = PostContent(
            page_id=PAGE, kind="post", texts={"fi": text, "sv": "Vi har öppet."}, publish_at=at
        )
        post = add_post(session, content, zone=bot.settings.zone, author=WRITER, now=NOW)
        approve_post(session, post.id or 0, content_hash=content.content_hash, by=APPROVER, now=NOW)
        return post.id or 0


def publish_due(bot: Bot, page: FakePage, clock: Clock) -> None:
    while publish_next(bot, page, clock):
        pass


def publish_next(bot: Bot, page: FakePage, clock: Clock) -> bool:
    return publishing.publish_next(bot.database, publisher=page, media=bot.media, clock=clock)


def look(bot: Bot, page: FakePage, clock: Clock) -> None:
    publishing.look_for_unconfirmed(bot.database, publisher=page, clock=clock, owner=WORKER)


def settle(bot: Bot, clock: Clock) -> None:
    publishing.settle_stale_posts(bot.database, now=clock())


def state_of(bot: Bot, post_id: int) -> PostState:
    with bot.database.read() as session:
        return store.get_post(session, post_id).state


def alert_kinds(bot: Bot) -> list[AlertKind]:
    with bot.database.read() as session:
        return [alert.kind for alert in alerts.unacknowledged(session)]


def test_a_due_post_is_published_with_both_texts_in_the_organisations_order(bot, page, clock):
    post_id = scheduled(bot)

    publish_due(bot, page, clock)

    assert state_of(bot, post_id) is PostState.PUBLISHED
    assert page.seen[0].text == "Olemme auki.\n\n— — —\n\nVi har öppet."
    with bot.database.read() as session:
        assert store.get_post(session, post_id).external_id == f"{PAGE}_1"


def test_a_post_to_come_is_left_alone(bot, page, clock):
    post_id = scheduled(bot, at=NOW + timedelta(seconds=1))

    publish_due(bot, page, clock)

    assert state_of(bot, post_id) is PostState.SCHEDULED
    assert page.calls == 0


def test_the_intent_is_committed_before_the_call(bot, page, clock):
    post_id = scheduled(bot)
    attempts: list[PublishAttemptRow | None] = []

    def look_into_the_database() -> None:
        with bot.database.read() as session:
            attempts.append(store.last_attempt(session, post_id))

    page.on_call = look_into_the_database
    publish_due(bot, page, clock)

    assert attempts[0] is not None
    assert attempts[0].number == 1
    assert attempts[0].ended_at is None


def test_two_workers_never_send_the_same_post(bot, clock):
    for number in range(12):
        scheduled(bot, text=f"Viesti {number}")
    both_send = threading.Barrier(2, timeout=30)
    firsts = threading.local()

    def wait_for_the_other() -> None:
        if not hasattr(firsts, "sent"):
            firsts.sent = both_send.wait()

    pages_of = [FakePage(clock, on_call=wait_for_the_other) for _ in range(2)]

    workers = [threading.Thread(target=publish_due, args=(bot, each, clock)) for each in pages_of]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    sent = [post.text for each in pages_of for post in each.seen]
    assert len(sent) == len(set(sent)) == 12


def test_a_post_whose_intent_another_worker_writes_is_passed_over(bot, page, clock):
    if not bot.database.is_postgresql:
        pytest.skip("on SQLite one writes at a time")
    first, second = scheduled(bot), scheduled(bot, text="Toinen")

    with bot.database.write() as session:
        store.claim_due(session, now=clock())
        publish_next(bot, page, clock)
        states = (state_of(bot, first), state_of(bot, second))

    assert states == (PostState.SCHEDULED, PostState.PUBLISHED)


def test_a_lost_answer_is_unconfirmed_and_found_by_looking_at_the_page(bot, page, clock):
    post_id = scheduled(bot)
    page.next_errors = [(OutcomeUnknown("lost"), True)]

    publish_due(bot, page, clock)
    state_before = state_of(bot, post_id)
    clock.forward(seconds=31)
    look(bot, page, clock)

    assert state_before is PostState.UNCONFIRMED
    assert state_of(bot, post_id) is PostState.PUBLISHED
    assert page.calls == 1


def test_what_is_not_found_after_three_looks_waits_for_a_person_and_is_not_sent_again(bot, page, clock):
    post_id = scheduled(bot)
    page.next_errors = [(OutcomeUnknown("lost"), False)]

    publish_due(bot, page, clock)
    for minutes in (1, 2, 10, 60):
        clock.forward(minutes=minutes)
        look(bot, page, clock)
        settle(bot, clock)
        publish_due(bot, page, clock)

    assert state_of(bot, post_id) is PostState.UNCONFIRMED
    assert page.calls == 1
    assert alert_kinds(bot) == [AlertKind.POST_UNCONFIRMED]


def test_another_post_with_the_same_text_is_not_taken_for_the_lost_one(bot, page, clock):
    first, second = scheduled(bot), scheduled(bot)
    page.next_errors = [(OutcomeUnknown("lost"), False)]

    publish_due(bot, page, clock)
    clock.forward(seconds=31)
    look(bot, page, clock)

    assert {state_of(bot, first), state_of(bot, second)} == {PostState.UNCONFIRMED, PostState.PUBLISHED}


def test_a_send_without_an_answer_reads_unconfirmed_after_eight_seconds_and_a_late_answer_settles_it(
    bot, page, clock
):
    post_id = scheduled(bot)
    states = []

    def wait_long() -> None:
        clock.forward(seconds=9)
        settle(bot, clock)
        states.append(state_of(bot, post_id))

    page.on_call = wait_long
    publish_due(bot, page, clock)

    assert states == [PostState.UNCONFIRMED]
    assert state_of(bot, post_id) is PostState.PUBLISHED


def test_a_post_that_an_older_release_claimed_and_did_not_begin_is_sent(bot, page, clock):
    post_id = scheduled(bot)
    with bot.database.write() as session:
        post = store.get_post(session, post_id, for_update=True)
        post.become(PostState.PUBLISHING)
        post.lease_owner, post.lease_until = "dead", clock() + timedelta(seconds=20)
        session.add(post)

    clock.forward(seconds=25)
    settle(bot, clock)
    publish_due(bot, page, clock)

    assert state_of(bot, post_id) is PostState.PUBLISHED
    assert page.calls == 1


def test_a_page_that_was_down_is_tried_again_for_nothing_was_done(bot, page, clock):
    post_id = scheduled(bot)
    page.next_errors = [(PageUnavailable("down"), False)]

    publish_due(bot, page, clock)
    state_before = state_of(bot, post_id)
    clock.forward(seconds=11)
    publish_due(bot, page, clock)

    assert state_before is PostState.SCHEDULED
    assert state_of(bot, post_id) is PostState.PUBLISHED
    assert len(page.seen) == 1


def test_a_throttled_page_is_paused_until_the_platform_says(bot, page, clock):
    post_id = scheduled(bot)
    until = NOW + timedelta(minutes=5)
    page.next_errors = [(PageUnavailable("throttled", retry_at=until, throttled=True), False)]

    publish_due(bot, page, clock)
    clock.forward(minutes=4)
    publish_due(bot, page, clock)
    calls_while_paused = page.calls
    clock.forward(minutes=2)
    publish_due(bot, page, clock)

    with bot.database.read() as session:
        row = pages.get(session, PAGE)
    assert (row.paused_until, row.pause_reason) == (until, "throttled")
    assert calls_while_paused == 1
    assert state_of(bot, post_id) is PostState.PUBLISHED


@pytest.mark.parametrize(
    "error", [ContentRefused("refused"), PageBlocked("blocked"), ConnectionLost("token")]
)
def test_a_refused_post_fails_with_its_reason_and_is_not_tried_again(bot, page, clock, error):
    post_id = scheduled(bot)
    page.next_errors = [(error, False)]

    publish_due(bot, page, clock)
    clock.forward(hours=1)
    publish_due(bot, page, clock)

    with bot.database.read() as session:
        post = store.get_post(session, post_id)
    assert (post.state, post.reason) == (PostState.FAILED, error.sentence)
    assert page.calls == 1
    assert AlertKind.POST_FAILED in alert_kinds(bot)


def test_a_dead_token_stops_every_other_post_of_the_page(bot, page, clock):
    scheduled(bot)
    other = scheduled(bot, at=NOW + timedelta(minutes=1))
    page.next_errors = [(ConnectionLost("token"), False)]

    publish_due(bot, page, clock)
    clock.forward(minutes=2)
    publish_due(bot, page, clock)

    assert page.calls == 1
    assert state_of(bot, other) is PostState.SCHEDULED
    assert AlertKind.PAGE_DISCONNECTED in alert_kinds(bot)


def test_what_the_platform_said_is_kept_for_the_technical_log(bot, page, clock):
    post_id = scheduled(bot)
    details = PlatformDetails(
        status=400, code=100, subcode=33, trace_id="trace", user_message="Liian iso kuva"
    )
    page.next_errors = [(ContentRefused("refused", details=details), False)]

    publish_due(bot, page, clock)

    with bot.database.read() as session:
        attempt = store.last_attempt(session, post_id)
    assert attempt is not None
    assert (attempt.status, attempt.code, attempt.subcode) == (400, 100, 33)
    assert (attempt.trace_id, attempt.user_message) == ("trace", "Liian iso kuva")


def test_a_broken_program_leaves_the_post_unconfirmed(bot, page, clock):
    post_id = scheduled(bot)
    page.next_errors = [(RuntimeError("bug"), True)]

    publish_due(bot, page, clock)

    assert state_of(bot, post_id) is PostState.UNCONFIRMED


def test_a_post_later_than_its_limit_is_missed_and_a_person_is_told(bot, page, clock):
    post_id = scheduled(bot)

    clock.forward(minutes=61)
    settle(bot, clock)
    publish_due(bot, page, clock)

    assert state_of(bot, post_id) is PostState.MISSED
    assert page.calls == 0
    assert alert_kinds(bot) == [AlertKind.POST_MISSED]


def test_a_post_that_is_too_late_before_any_sweep_is_missed_and_the_next_goes_out(bot, page, clock):
    late, next_one = scheduled(bot), scheduled(bot, at=NOW + timedelta(minutes=30), text="Toinen")
    clock.forward(minutes=61)

    publish_due(bot, page, clock)

    assert (state_of(bot, late), state_of(bot, next_one)) == (PostState.MISSED, PostState.PUBLISHED)
    assert page.calls == 1
    assert alert_kinds(bot) == [AlertKind.POST_MISSED]


def test_a_post_that_breaks_the_program_holds_no_other_one_up_and_is_missed_in_the_end(
    bot, page, clock, monkeypatch
):
    broken, next_one = scheduled(bot), scheduled(bot, text="Toinen")
    load = Media.load

    def load_or_break(media: Media, content: PostContent):
        if content.texts["fi"] == "Olemme auki.":
            raise PermissionError("the folder may not be read")
        return load(media, content)

    monkeypatch.setattr(Media, "load", load_or_break)
    publish_due(bot, page, clock)
    states = (state_of(bot, broken), state_of(bot, next_one))
    clock.forward(minutes=61)
    settle(bot, clock)

    assert states == (PostState.SCHEDULED, PostState.PUBLISHED)
    assert state_of(bot, broken) is PostState.MISSED
    assert page.calls == 1
    assert alert_kinds(bot) == [AlertKind.POST_MISSED]


def test_a_post_that_nobody_approved_in_time_expires(bot, page, clock):
    with bot.database.write() as session:
        content = PostContent(page_id=PAGE, kind="post", texts={"fi": "Hei"}, publish_at=NOW)
        post_id = add_post(session, content, zone=bot.settings.zone, author=WRITER, now=NOW).id or 0

    clock.forward(minutes=61)
    settle(bot, clock)

    assert state_of(bot, post_id) is PostState.EXPIRED


def test_content_changed_behind_the_approval_is_not_sent(bot, page, clock):
    post_id = scheduled(bot)
    with bot.database.write() as session:
        post = store.get_post(session, post_id)
        post.texts = {"fi": "Jotain muuta", "sv": "Något annat"}
        session.add(post)

    publish_due(bot, page, clock)

    assert state_of(bot, post_id) is PostState.FAILED
    assert page.calls == 0


def test_nobody_approves_their_own_post_whatever_their_roles(bot):
    with bot.database.write() as session:
        content = PostContent(page_id=PAGE, kind="post", texts={"fi": "Hei"}, publish_at=NOW)
        post_id = add_post(session, content, zone=bot.settings.zone, author=APPROVER, now=NOW).id or 0

        with pytest.raises(NotAllowed, match="somebody other than the author"):
            approve_post(session, post_id, content_hash=content.content_hash, by=APPROVER, now=NOW)


def test_a_moved_post_needs_a_new_approval(bot, page, clock):
    post_id = scheduled(bot)
    with bot.database.write() as session:
        move_post(session, post_id, NOW + timedelta(minutes=5), by=WRITER, zone=bot.settings.zone, now=NOW)

    clock.forward(minutes=6)
    publish_due(bot, page, clock)

    assert state_of(bot, post_id) is PostState.DRAFT
    assert page.calls == 0


def test_a_missed_post_is_given_a_new_time_and_goes_out_after_a_new_approval(bot, page, clock):
    post_id = scheduled(bot)
    clock.forward(minutes=61)
    settle(bot, clock)

    with bot.database.write() as session:
        later = clock() + timedelta(minutes=5)
        moved = move_post(session, post_id, later, by=WRITER, zone=bot.settings.zone, now=clock())
        approve_post(session, post_id, content_hash=moved.content.content_hash, by=APPROVER, now=clock())
    clock.forward(minutes=5)
    publish_due(bot, page, clock)

    assert state_of(bot, post_id) is PostState.PUBLISHED
    assert alert_kinds(bot) == []


def test_a_cancelled_post_is_not_sent_and_a_published_one_cannot_be_cancelled(bot, page, clock):
    cancelled, published = scheduled(bot), scheduled(bot, text="Toinen")
    with bot.database.write() as session:
        cancel_post(session, cancelled, by=WRITER, now=NOW)

    publish_due(bot, page, clock)

    assert state_of(bot, cancelled) is PostState.CANCELLED
    assert state_of(bot, published) is PostState.PUBLISHED
    with bot.database.write() as session, pytest.raises(NotAllowed):
        cancel_post(session, published, by=WRITER, now=NOW)


def test_a_person_may_say_that_an_unconfirmed_post_is_there(bot, page, clock):
    post_id = scheduled(bot)
    page.next_errors = [(OutcomeUnknown("lost"), True)]
    publish_due(bot, page, clock)

    with bot.database.write() as session:
        confirm_post(session, post_id, f"{PAGE}_77", by=WRITER, now=clock())

    assert state_of(bot, post_id) is PostState.PUBLISHED


def test_a_person_may_send_an_unconfirmed_post_again_even_after_its_time(bot, page, clock):
    post_id = scheduled(bot)
    page.next_errors = [(OutcomeUnknown("lost"), False)]
    publish_due(bot, page, clock)
    clock.forward(hours=3)

    with bot.database.write() as session:
        send_post_again(session, post_id, by=WRITER, now=clock())
    settle(bot, clock)
    publish_due(bot, page, clock)

    assert state_of(bot, post_id) is PostState.PUBLISHED
    assert len(page.seen) == 1


def test_sending_again_is_refused_while_the_answer_may_still_come(bot, page, clock):
    post_id = scheduled(bot)
    refusals = []

    def meanwhile() -> None:
        clock.forward(seconds=9)
        settle(bot, clock)
        with bot.database.write() as session, pytest.raises(NotAllowed) as refusal:
            send_post_again(session, post_id, by=WRITER, now=clock())
        refusals.append(str(refusal.value))

    page.on_call = meanwhile
    publish_due(bot, page, clock)

    assert refusals == ["Facebook may still answer. Wait two minutes and look at the page again."]
    assert len(page.seen) == 1


OUTCOMES: dict[str, tuple[Exception | None, bool]] = {
    "answer": (None, True),
    "lost after": (OutcomeUnknown("lost"), True),
    "lost before": (OutcomeUnknown("lost"), False),
    "down": (PageUnavailable("down"), False),
    "refused": (ContentRefused("refused"), False),
    "bug after": (RuntimeError("bug"), True),
}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    outcomes=st.lists(st.sampled_from(sorted(OUTCOMES)), max_size=6),
    waits=st.lists(st.integers(1, 900), max_size=8),
)
def test_whatever_happens_a_post_is_never_on_the_page_twice(bot, outcomes, waits):
    clock = Clock()
    page = FakePage(clock, next_errors=[OUTCOMES[name] for name in outcomes])
    post_id = scheduled(bot, text=f"Viesti {outcomes} {waits}")

    publish_due(bot, page, clock)
    for seconds in waits:
        clock.forward(seconds=seconds)
        settle(bot, clock)
        look(bot, page, clock)
        publish_due(bot, page, clock)

    assert len(page.seen) <= 1
    assert state_of(bot, post_id) is not PostState.PUBLISHING
    with bot.database.write() as session:  # leave nothing for the next example
        post = store.get_post(session, post_id)
        post.state, post.publish_at = PostState.CANCELLED, NOW
        session.add(post)
