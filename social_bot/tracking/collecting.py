"""Reading the platform's counters into dated snapshots, each post ever less often as it ages.

When a post is due stands in its own row, found by an index: a page of many years costs no more than what is
due. A run that is cut short, by the platform's limits or by an end of the process, goes on where it was.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from social_bot.channels.ports import Insights, PageAccess, Reading
from social_bot.errors import ContentRefused, PageUnavailable, PlatformError
from social_bot.fault_points import fault_point
from social_bot.log import fields
from social_bot.organisation import pages
from social_bot.organisation.metrics import Metric
from social_bot.storage.engine import Database
from social_bot.tracking import readings, store
from social_bot.tracking.readings import DuePost
from social_bot.tracking.store import SnapshotRow

STEPS = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
    timedelta(days=28),
)
"""At these ages a post is read; after the last, every 28 days."""

_PAGE_EVERY = timedelta(hours=6)
_PAGE_DAYS = timedelta(days=7)
_AT_ONCE = 50
_MOST_A_RUN = 500
"""Of one page; the rest is due at the next run, a few minutes later."""

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]


def collect(
    database: Database,
    *,
    insights: Insights,
    clock: Callable[[], datetime],
    everything: bool = False,
    progress: Progress | None = None,
) -> int:
    """Read what is due (or everything) of every page that can be asked; how many readings were kept.

    ``progress`` is told how many posts have been read so far, and of how many.
    """
    with database.read() as session:
        asked = [page for page in pages.everyone(session) if page.token_sealed and page.may_write(clock())]
        accesses = [(page.id, pages.access(page, database.cipher)) for page in asked]
    with database.write() as session:
        readings.enrol(session, now=clock(), recently=None if everything else STEPS[-1])
        if everything:
            readings.call_for_all(session, [page_id for page_id, _ in accesses], now=clock())
    fault_point("collecting.enrolled")
    with database.read() as session:
        due = readings.count_due(session, now=clock(), page_ids=[page_id for page_id, _ in accesses])
    run = _Run(database, insights=insights, clock=clock, progress=progress, due=due)
    return sum(run.page(page_id, access, everything=everything) for page_id, access in accesses)


def next_due(published_at: datetime, read_at: datetime) -> datetime:
    """When a post that was read at this moment is to be read again."""
    age = read_at - published_at
    coming = next((step for step in STEPS if step > age), None)
    return read_at + STEPS[-1] if coming is None else published_at + coming


class _Run:
    """One run over the pages; it counts the posts that it has read."""

    def __init__(
        self,
        database: Database,
        *,
        insights: Insights,
        clock: Callable[[], datetime],
        progress: Progress | None,
        due: int,
    ) -> None:
        self._database = database
        self._insights = insights
        self._clock = clock
        self._progress = progress
        self._due = due
        self._read = 0

    def page(self, page_id: str, access: PageAccess, *, everything: bool) -> int:
        kept = 0
        try:
            kept += self._page_itself(page_id, access, everything=everything)
            kept += self._posts(page_id, access, limit=None if everything else _MOST_A_RUN)
        except PlatformError as error:
            if not isinstance(error, PageUnavailable):  # counters that must wait hold no post and no answer
                with self._database.write() as session:
                    pages.hold_after(session, page_id, error, now=self._clock())
            log.warning("counters could not be read", extra=fields(page=page_id, code=error.details.code))
        return kept

    def _page_itself(self, page_id: str, access: PageAccess, *, everything: bool) -> int:
        now, subject = self._clock(), store.page_subject(page_id)
        with self._database.read() as session:
            last = store.last_taken(session, subject)
        if not everything and last is not None and now - last < _PAGE_EVERY:
            return 0
        found = self._insights.page_counters(access, since=now - _PAGE_DAYS, until=now)
        return self._keep(page_id, subject, found)

    def _posts(self, page_id: str, access: PageAccess, *, limit: int | None) -> int:
        kept, seen = 0, 0
        until = self._clock()
        while limit is None or seen < limit:
            with self._database.read() as session:
                due = readings.due_posts(session, page_id, now=until, limit=_AT_ONCE)
            if not due:
                break
            for post in due:
                kept += self._post(page_id, access, post)
            seen += len(due)
        return kept

    def _post(self, page_id: str, access: PageAccess, post: DuePost) -> int:
        """A post that Facebook does not know any more is put off like one that was read."""
        try:
            found = self._insights.post_counters(access, post.external_id)
        except ContentRefused as refusal:
            found = ()
            details = fields(page=page_id, post=post.post_id, code=refusal.details.code)
            log.warning("counters of a post were refused", extra=details)
        due_at = next_due(post.published_at, self._clock())
        kept = self._keep(page_id, store.post_subject(post.post_id), found, post=post, due_at=due_at)
        self._read += 1
        if self._progress is not None:
            self._progress(self._read, max(self._due, self._read))
        return kept

    def _keep(
        self,
        page_id: str,
        subject: str,
        found: Sequence[Reading],
        *,
        post: DuePost | None = None,
        due_at: datetime | None = None,
    ) -> int:
        fault_point("collecting.asked")
        now = self._clock()
        with self._database.write() as session:
            session.add_all(
                SnapshotRow(
                    page_id=page_id,
                    subject=subject,
                    metric=Metric(reading.metric),
                    value=reading.value,
                    taken_at=now,
                    period_end=reading.period_end,
                    retired_on=reading.retired_on,
                )
                for reading in found
            )
            if post is not None and due_at is not None:
                readings.put_off(session, post.post_id, until=due_at, now=now)
            session.flush()
            fault_point("collecting.kept_ready")
        fault_point("collecting.kept")
        return len(found)
