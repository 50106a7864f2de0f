"""Reading the platform's counters into dated snapshots."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from social_bot.channels.ports import Insights, PageAccess, Reading
from social_bot.errors import PageUnavailable, PlatformError
from social_bot.log import fields
from social_bot.organisation import pages
from social_bot.organisation.metrics import Metric
from social_bot.storage.engine import Database
from social_bot.tracking import store
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

log = logging.getLogger(__name__)


def collect(
    database: Database, *, insights: Insights, clock: Callable[[], datetime], everything: bool = False
) -> int:
    """Read what is due (or everything) of every page that can be asked; how many readings were kept."""
    with database.read() as session:
        asked = [page for page in pages.everyone(session) if page.token_sealed and page.may_write(clock())]
        accesses = [(page.id, pages.access(page, database.cipher)) for page in asked]
    return sum(
        _collect_page(database, page_id, access, insights=insights, clock=clock, everything=everything)
        for page_id, access in accesses
    )


def is_due(published_at: datetime, last_taken: datetime | None, now: datetime) -> bool:
    """Whether a post of this age is to be read again."""
    age = now - published_at
    if age < STEPS[0]:
        return False
    if last_taken is None:
        return True
    passed = [step for step in STEPS if step <= age]
    if last_taken - published_at < passed[-1]:
        return True
    return age > STEPS[-1] and now - last_taken >= STEPS[-1]


def _collect_page(
    database: Database,
    page_id: str,
    access: PageAccess,
    *,
    insights: Insights,
    clock: Callable[[], datetime],
    everything: bool,
) -> int:
    now = clock()
    with database.read() as session:
        posts = store.published_posts(session, page_id=page_id)
        subjects = [store.page_subject(page_id), *(store.post_subject(post.id or 0) for post in posts)]
        taken = store.last_taken(session, subjects)
    kept = 0
    try:
        last = taken.get(store.page_subject(page_id))
        if everything or last is None or now - last >= _PAGE_EVERY:
            readings = insights.page_counters(access, since=now - _PAGE_DAYS, until=now)
            kept += _keep(database, page_id, store.page_subject(page_id), readings, now=clock())
        for post in posts:
            subject = store.post_subject(post.id or 0)
            if everything or is_due(post.publish_at, taken.get(subject), now):
                readings = insights.post_counters(access, post.external_id or "")
                kept += _keep(database, page_id, subject, readings, now=clock())
    except PlatformError as error:
        if not isinstance(error, PageUnavailable):  # counters that must wait hold no post and no answer
            with database.write() as session:
                pages.hold_after(session, page_id, error, now=clock())
        log.warning("counters could not be read", extra=fields(page=page_id, code=error.details.code))
    return kept


def _keep(
    database: Database, page_id: str, subject: str, readings: Sequence[Reading], *, now: datetime
) -> int:
    with database.write() as session:
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
            for reading in readings
        )
    return len(readings)
