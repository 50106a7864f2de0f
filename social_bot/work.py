"""The clock that wakes the workers: which job, how often, never two at once. What to do is in the rows."""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler

from social_bot.answering import (
    callbacks,
    closing,
    comment_outbox,
    forgetting,
    holding,
    intake,
    originals,
    outbox,
    saving,
    validity,
)
from social_bot.answering.comment_acts import erase_ended as erase_ended_comments
from social_bot.answering.inbox import Inbox
from social_bot.answering.owners import watch_owners
from social_bot.answering.waiting import warn_before_erasing, watch_waiting
from social_bot.channels.ports import (
    Commenter,
    Connection,
    Conversations,
    InboundEvent,
    Insights,
    Messenger,
    Publisher,
)
from social_bot.log import fields, within
from social_bot.organisation import heartbeats
from social_bot.organisation.bell import Bell
from social_bot.organisation.watching import watch_numbers, watch_pages
from social_bot.planning import publishing, recurring, waiting
from social_bot.planning.media import Media
from social_bot.storage.engine import Database
from social_bot.storage.leadership import Leadership
from social_bot.telemetry import timed_job
from social_bot.tracking import purging
from social_bot.tracking.collecting import collect
from social_bot.tracking.history import keep_counts
from social_bot.tracking.publication import publish
from social_bot.tracking.reminding import remind_of_evaluations

PARALLEL = 8
"""Posts, and answers, that may wait for the platform at the same time."""

COMMENTING = 2
"""Deeds under posts that may wait for the platform at the same time."""

TELLING = 4
"""Notices that may wait for their receivers at the same time."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the jobs work with."""

    database: Database
    inbox: Inbox
    parse_delivery: Callable[[bytes], Sequence[InboundEvent]]
    publisher: Publisher
    messenger: Messenger
    commenter: Commenter
    insights: Insights
    connection: Connection
    conversations: Conversations
    bell: Bell
    media: Media
    register: Path
    clock: Callable[[], datetime]


class Worker:
    """Runs the jobs of one process. ``wake`` answers what has just arrived without waiting for the tick."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._clock = parts.clock
        self._leadership = Leadership(parts.database)
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._pool = ThreadPoolExecutor(
            max_workers=2 * PARALLEL + COMMENTING + TELLING, thread_name_prefix="send"
        )
        self._answering = threading.Lock()
        self._stopping = threading.Event()
        self._posts = self._crew(self._publish_one, size=PARALLEL)
        self._answers = self._crew(self._send_one, size=PARALLEL)
        self._comments = self._crew(self._comment_one, size=COMMENTING)
        self._notices = self._crew(parts.bell.send_next, size=TELLING)

    def start(self) -> None:
        for job, every in (
            (self._publish, timedelta(milliseconds=500)),
            (self._settle_posts, timedelta(seconds=1)),
            (self.wake, timedelta(seconds=1)),
            (self._look, timedelta(seconds=2)),
            (self._tell, timedelta(seconds=1)),
            (self._beat, timedelta(seconds=10)),
            (self._watch_pages, timedelta(minutes=1)),
            (self._led(self._watch_people), timedelta(minutes=1)),
            (self._led(self._watch_owners), timedelta(minutes=10)),
            (self._led(self._plan_ahead), timedelta(minutes=1)),
            (self._led(self._erase), timedelta(seconds=30)),
            (self._led(self._tidy), timedelta(minutes=1)),
            (self._led(self._collect), timedelta(minutes=5)),
            (self._led(self._count), timedelta(minutes=5)),
            (self._led(self._purge), timedelta(minutes=10)),
        ):
            self._scheduler.add_job(
                _guarded(job),
                "interval",
                seconds=every.total_seconds(),
                id=job.__name__,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )
        self._scheduler.start()
        self._begin(_guarded(self._beat))

    def stop(self) -> None:
        """End after what is being sent has ended; what is not begun stays in its row."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._leadership.resign()

    def _crew(self, work: Callable[[], bool], *, size: int) -> "_Crew":
        return _Crew(work, size=size, begin=self._begin, stopping=self._stopping)

    def _begin(self, job: Callable[[], None]) -> None:
        self._pool.submit(job)

    def _led(self, job: Callable[[], None]) -> Callable[[], None]:
        """Housekeeping: of all processes on all machines only the one that leads does it."""

        @wraps(job)
        def run() -> None:
            if self._leadership.is_ours():
                job()

        return run

    def wake(self) -> None:
        """Take in, decide and send what has arrived; a second caller at the same time returns at once."""
        if not self._answering.acquire(blocking=False):
            return
        try:
            while not self._stopping.is_set():
                taken_in = intake.take_in(
                    self._parts.database, parse=self._parts.parse_delivery, now=self._clock()
                )
                answered = self._parts.inbox.answer_events(now=self._clock())
                self._comments.call()
                self._answers.call()
                if not answered and not taken_in:
                    break
        finally:
            self._answering.release()

    def wake_soon(self) -> None:
        """``wake`` in a thread of the pool, for a caller that must not wait."""
        if not self._stopping.is_set():
            self._begin(_guarded(self.wake))

    def _publish(self) -> None:
        self._posts.call()

    def _publish_one(self) -> bool:
        parts = self._parts
        return publishing.publish_next(
            parts.database, publisher=parts.publisher, media=parts.media, clock=self._clock
        )

    def _send_one(self) -> bool:
        return outbox.send_next(self._parts.database, messenger=self._parts.messenger, clock=self._clock)

    def _comment_one(self) -> bool:
        return comment_outbox.do_next(
            self._parts.database, commenter=self._parts.commenter, clock=self._clock
        )

    def _settle_posts(self) -> None:
        publishing.settle_stale_posts(self._parts.database, now=self._clock())

    def _look(self) -> None:
        publishing.look_for_unconfirmed(
            self._parts.database, publisher=self._parts.publisher, clock=self._clock, owner=self._name
        )
        outbox.look_for_unconfirmed(self._parts.database, messenger=self._parts.messenger, clock=self._clock)
        comment_outbox.look_for_unconfirmed(
            self._parts.database, commenter=self._parts.commenter, clock=self._clock
        )

    def _tell(self) -> None:
        self._parts.bell.write_due()
        self._notices.call()

    def _beat(self) -> None:
        """Be heard of, and lead where nobody does."""
        self._leadership.is_ours()
        with self._parts.database.write() as session:
            heartbeats.beat(session, self._name, now=self._clock())

    def _watch_people(self) -> None:
        """Callbacks whose promise has passed, and conversations that wait too long."""
        with self._parts.database.write() as session:
            organisation = self._parts.inbox.gather(session)
            callbacks.raise_late(session, now=self._clock())
            saving.erase_old_links(session, now=self._clock())
            callbacks.warn_of_forgotten(session, organisation, now=self._clock())
            watch_waiting(session, organisation, now=self._clock())
            warn_before_erasing(session, organisation, now=self._clock())
            watch_numbers(session, organisation, now=self._clock())

    def _plan_ahead(self) -> None:
        """Approvers are reminded of what waits, and people of evaluations; series have their next posts written."""
        now = self._clock()
        with self._parts.database.write() as session:
            waiting.remind_approvers(session, now=now)
            organisation = self._parts.inbox.gather(session)
            remind_of_evaluations(session, today=organisation.today(now), now=now)
        recurring.write_coming_posts(self._parts.database, now=self._clock())

    def _watch_pages(self) -> None:
        watch_pages(self._parts.database, connection=self._parts.connection, clock=self._clock)

    def _watch_owners(self) -> None:
        watch_owners(
            self._parts.database,
            conversations=self._parts.conversations,
            own_app_id=self._parts.inbox.own_app_id,
            clock=self._clock,
        )

    def _erase(self) -> None:
        intake.erase_old_bodies(self._parts.database, now=self._clock())
        erase_ended_comments(self._parts.database, now=self._clock())

    def _tidy(self) -> None:
        """Conversations: what has ended is closed or erased, and who has gone quiet hands back."""
        now = self._clock()
        forgetting.carry_out(self._parts.database, register=self._parts.register, now=now)
        with self._parts.database.write() as session:
            organisation = self._parts.inbox.gather(session)
            holding.hand_back_quiet(session, after=organisation.hand_back_after, now=now)
            closing.close_quiet(session, now=now)
            closing.erase_moved(session, now=now)
            originals.erase_originals(session, now=now)
            validity.tell_of_lapsed(session, today=organisation.today(now), now=now)

    def _collect(self) -> None:
        collect(self._parts.database, insights=self._parts.insights, clock=self._clock)

    def _count(self) -> None:
        """Counts first, then what of them may leave the unit."""
        keep_counts(self._parts.database, gather=self._parts.inbox.gather, clock=self._clock)
        publish(self._parts.database, gather=self._parts.inbox.gather, clock=self._clock)

    def _purge(self) -> None:
        """Once a night, or as soon as may be after one on which nothing worked."""
        parts = self._parts
        with parts.database.read() as session:
            if not purging.is_due(session, parts.inbox.gather(session), now=self._clock()):
                return
        purging.purge(
            parts.database,
            gather=parts.inbox.gather,
            media=parts.media,
            clock=self._clock,
            register=parts.register,
        )


class _Crew:
    """Threads that do one kind of work, as many as the work needs: who finds some calls another before the next.

    ``work`` does one piece, False when none waits. A piece may wait long for the platform; every ``call`` adds
    a thread beside those that wait, up to ``size``.
    """

    def __init__(
        self,
        work: Callable[[], bool],
        *,
        size: int,
        begin: Callable[[Callable[[], None]], object],
        stopping: threading.Event,
    ) -> None:
        self._work, self._begin, self._stopping = work, begin, stopping
        self._places = threading.BoundedSemaphore(size)
        self._job = _guarded(self._run, name=work.__name__)

    def call(self) -> None:
        if not self._stopping.is_set() and self._places.acquire(blocking=False):
            self._begin(self._job)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set() and self._work():
                self.call()
        finally:
            self._places.release()


def _guarded(job: Callable[[], None], *, name: str | None = None) -> Callable[[], None]:
    """A job that logs what breaks and lives on: the rows still say what is to be done."""
    name = (name or job.__name__).strip("_")

    def run() -> None:
        try:
            with within(job=name, round=secrets.token_hex(4)), timed_job(name):
                job()
        except Exception:
            log.exception("a job broke", extra=fields(job=name))

    return run
