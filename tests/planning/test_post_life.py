"""The life of a post, walked at random: first its table of moves, then the rows with a page that loses answers."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from social_bot.bootstrap import Bot
from social_bot.channels.ports import OutgoingPost, PageAccess
from social_bot.errors import NotAllowed, SocialBotError
from social_bot.organisation import alerts
from social_bot.planning import holds, publishing, store
from social_bot.planning.composing import (
    add_post,
    approve_post,
    cancel_post,
    confirm_post,
    move_post,
    send_post_again,
    submit_post,
)
from social_bot.planning.posts import MOVES, PostContent, PostState, move
from social_bot.planning.store import PostRow
from tests.conftest import APPROVER, NOW, PAGE, WRITER, Clock
from tests.machines import PURE, STORED, walk
from tests.planning.test_publishing import OUTCOMES, WORKER, FakePage

_S = PostState
ENDS = {_S.PUBLISHED, _S.CANCELLED}
MUST_BE_TOLD = {_S.MISSED, _S.FAILED}


class Moves(RuleBasedStateMachine):
    """Any state is asked for at any time; what the table refuses changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.state = _S.DRAFT
        self.way = [self.state]

    @rule(to=st.sampled_from(list(PostState)))
    def ask(self, to: PostState) -> None:
        before = self.state
        try:
            self.state = move(before, to)
        except NotAllowed:
            assert to not in MOVES[before]
        else:
            self.way.append(to)

    @invariant()
    def an_end_is_an_end(self) -> None:
        assert not any(state in ENDS for state in self.way[:-1])

    @invariant()
    def nothing_is_published_that_was_not_being_sent(self) -> None:
        if self.state is _S.PUBLISHED:
            assert self.way[-2] in (_S.PUBLISHING, _S.UNCONFIRMED)

    @invariant()
    def nothing_is_sent_that_was_not_approved(self) -> None:
        """Before each send the post was scheduled, whatever it had been before."""
        for before, after in zip(self.way, self.way[1:], strict=False):
            if after is _S.PUBLISHING:
                assert before is _S.SCHEDULED

    @invariant()
    def what_failed_or_expired_comes_back_through_a_draft_alone(self) -> None:
        for before, after in zip(self.way, self.way[1:], strict=False):
            if before in (_S.FAILED, _S.EXPIRED):
                assert after in (_S.DRAFT, _S.CANCELLED)


class WorkerDied(BaseException):
    pass


class Page(FakePage):
    """Looks at the post that it is sent, and may kill the worker that sends it."""

    before: Callable[[], None] = staticmethod(lambda: None)
    kills: tuple[bool, bool] = (False, False)

    def publish(self, page: PageAccess, post: OutgoingPost) -> str:
        self.before()
        if self.kills[0]:
            raise WorkerDied
        external_id = super().publish(page, post)
        if self.kills[1]:
            raise WorkerDied
        return external_id


class Life(RuleBasedStateMachine):
    """One post, its writer and approver, workers that die, a page that loses answers, a stop that is pressed."""

    number = 0

    def __init__(self, bot: Bot) -> None:
        super().__init__()
        self.bot = bot
        self.clock = Clock()
        self.page = Page(self.clock)
        self.page.before = self._look_before_sending
        self.chosen_again = 0
        self.stop_id: int | None = None
        self.ended: PostState | None = None

    @initialize(minutes=st.integers(0, 90))
    def write(self, minutes: int) -> None:
        Life.number += 1
        content = PostContent(
            page_id=PAGE,
            kind="post",
            texts={"fi": f"Viesti {Life.number}"},
            publish_at=NOW + timedelta(minutes=minutes),
        )
        with self.bot.database.write() as session:
            post = add_post(session, content, zone=self.bot.settings.zone, author=WRITER, now=NOW)
            self.post_id = post.id or 0

    # What people do; what is not allowed is refused and changes nothing

    @rule()
    def submit(self) -> None:
        self._try(lambda session: submit_post(session, self.post_id, by=WRITER, now=self.clock()))

    @rule(by=st.sampled_from([APPROVER, APPROVER, APPROVER, WRITER]))
    def approve(self, by: str) -> None:
        content_hash = self.post.content.content_hash
        done = self._try(
            lambda session: approve_post(
                session, self.post_id, content_hash=content_hash, by=by, now=self.clock()
            )
        )
        assert not (done and by == WRITER)

    @rule(minutes=st.integers(1, 200))
    def give_another_time(self, minutes: int) -> None:
        at, zone = self.clock() + timedelta(minutes=minutes), self.bot.settings.zone
        self._try(lambda s: move_post(s, self.post_id, at, by=WRITER, zone=zone, now=self.clock()))

    @precondition(lambda self: self.post.state in (_S.FAILED, _S.MISSED, _S.EXPIRED))
    @rule()
    def cancel(self) -> None:
        self._try(lambda session: cancel_post(session, self.post_id, by=WRITER, now=self.clock()))

    @precondition(lambda self: self.post.state is _S.UNCONFIRMED)
    @rule()
    def say_that_it_is_there(self) -> None:
        if self.page.seen:
            external_id = self.page.seen[-1].external_id
            self._try(lambda s: confirm_post(s, self.post_id, external_id, by=WRITER, now=self.clock()))

    @precondition(lambda self: self.post.state is _S.UNCONFIRMED)
    @rule()
    def choose_to_send_again(self) -> None:
        """A person looks at the page first, as the program asks them to."""
        if len(self.page.seen) > self.chosen_again:
            return
        self.chosen_again += self._try(
            lambda session: send_post_again(session, self.post_id, by=WRITER, now=self.clock())
        )

    @precondition(lambda self: self.stop_id is None)
    @rule()
    def stop(self) -> None:
        with self.bot.database.write() as session:
            row, _ = holds.press_stop(
                session, page_id=PAGE, holds_answers=False, reason="Koe", by=WRITER, now=self.clock()
            )
            self.stop_id = row.id

    @precondition(lambda self: self.stop_id is not None)
    @rule()
    def release(self) -> None:
        with self.bot.database.write() as session:
            holds.release_stop(session, self.stop_id or 0, by=APPROVER, now=self.clock())
        self.stop_id = None

    # What the program does

    @rule(
        outcome=st.sampled_from(sorted(OUTCOMES)),
        kills=st.sampled_from([(False, False)] * 4 + [(True, False), (False, True)]),
    )
    def publish(self, outcome: str, kills: tuple[bool, bool]) -> None:
        self.page.next_errors, self.page.kills = [_fresh(outcome)], kills
        with suppress(WorkerDied):
            while publishing.publish_next(
                self.bot.database, publisher=self.page, media=self.bot.media, clock=self.clock
            ):
                pass
        self.page.next_errors, self.page.kills = [], (False, False)

    @rule()
    def look(self) -> None:
        publishing.look_for_unconfirmed(
            self.bot.database, publisher=self.page, clock=self.clock, owner=WORKER
        )

    @rule(seconds=st.sampled_from([1, 9, 21, 31, 130, 700, 1900, 4000]))
    def time_goes_by(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)
        publishing.settle_stale_posts(self.bot.database, now=self.clock())

    # What must hold at every moment

    @invariant()
    def it_is_on_the_page_as_often_as_somebody_chose(self) -> None:
        assert len(self.page.seen) <= 1 + self.chosen_again

    @invariant()
    def what_is_called_published_is_there(self) -> None:
        if hasattr(self, "post_id") and self.post.state is _S.PUBLISHED:
            assert self.post.external_id in [each.external_id for each in self.page.seen]

    @invariant()
    def an_end_is_an_end(self) -> None:
        if not hasattr(self, "post_id"):
            return
        assert self.ended in (None, self.post.state)
        if self.post.state in ENDS:
            self.ended = self.post.state

    @invariant()
    def somebody_knows_of_what_did_not_go_out(self) -> None:
        if hasattr(self, "post_id") and self.post.state in MUST_BE_TOLD:
            with self.bot.database.read() as session:
                assert alerts.unacknowledged(session, subject=f"post:{self.post_id}")

    def teardown(self) -> None:
        """Whatever was going on comes to rest within a day without anybody doing anything."""
        if not hasattr(self, "post_id"):
            return
        for minutes in (1, 2, 15, 90, 1440):
            self.clock.forward(minutes=minutes)
            self.publish("answer", (False, False))
            publishing.settle_stale_posts(self.bot.database, now=self.clock())
            self.look()
        waits = {_S.SCHEDULED, _S.PUBLISHING}
        assert self.post.state not in waits
        try:
            self.it_is_on_the_page_as_often_as_somebody_chose()
        finally:
            self._leave_nothing_behind()

    @property
    def post(self) -> PostRow:
        with self.bot.database.read() as session:
            return store.get_post(session, self.post_id)

    def _look_before_sending(self) -> None:
        post = self.post
        assert post.state is _S.PUBLISHING
        assert post.is_approved
        assert post.approved_by == APPROVER
        assert post.publish_at <= self.clock() <= post.goes_out_until
        assert self.stop_id is None
        assert self._attempt_is_open()

    def _attempt_is_open(self) -> bool:
        with self.bot.database.read() as session:
            attempt = store.last_attempt(session, self.post_id)
            return attempt is not None and attempt.ended_at is None

    def _try(self, act: Callable[..., object]) -> bool:
        try:
            with self.bot.database.write() as session:
                act(session)
        except SocialBotError:
            return False
        return True

    def _leave_nothing_behind(self) -> None:
        with self.bot.database.write() as session:
            if self.stop_id is not None:
                holds.release_stop(session, self.stop_id, by=APPROVER, now=self.clock())
            post = store.get_post(session, self.post_id)
            post.state, post.external_id = _S.CANCELLED, f"gone_{self.post_id}"
            session.add(post)


def _fresh(outcome: str) -> tuple[Exception | None, bool]:
    """An error of its own for each time that it is raised."""
    error, is_published = OUTCOMES[outcome]
    return (None if error is None else type(error)(*error.args)), is_published


def test_the_moves_of_a_post() -> None:
    walk(Moves, PURE)


def test_the_life_of_a_post(bot: Bot) -> None:
    walk(lambda: Life(bot), STORED)
