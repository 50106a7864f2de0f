"""Erasing what is over its time, every night: counted first, so that no figure changes; then sweep by sweep.

It stands here because it counts before it erases. What goes within a day (bodies, danger, moved matters,
comments) goes all day long in work.py too; this run takes it along, so that a restored backup is clean.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from pathlib import Path

from sqlmodel import Session, col, select

from social_bot.answering import closing, comment_acts, forgetting, originals
from social_bot.answering import sweeps as of_answering
from social_bot.fault_points import fault_point
from social_bot.log import fields
from social_bot.organisation import audit
from social_bot.organisation import sweeps as of_organisation
from social_bot.organisation.alerts import PROGRAM
from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.directory import Organisation
from social_bot.organisation.retention import Kept
from social_bot.organisation.sweeping import BATCH, Sweep, count, erase_some
from social_bot.planning import sweeps as of_planning
from social_bot.planning.media import Media
from social_bot.storage.engine import Database
from social_bot.tracking.history import keep_counts

RUN = "purge.run"
AT = time(3)
"""By the organisation's clock: nobody reads then, and the day before is over."""

_SUBJECT = "kept:everything"

log = logging.getLogger(__name__)


def count_overdue(
    database: Database, *, gather: Callable[[Session], Organisation], media: Media, now: datetime
) -> Mapping[Kept, int]:
    """What a purge would erase now."""
    with database.read() as session:
        organisation = gather(session)
        return {
            sweep.kept: count(session, sweep, organisation, now=now)
            for sweep in (*_sweeps(media), *of_organisation.SWEEPS)
        }


def purge(
    database: Database,
    *,
    gather: Callable[[Session], Organisation],
    media: Media,
    clock: Callable[[], datetime],
    register: Path | None = None,
    batch: int = BATCH,
) -> Mapping[Kept, int]:
    """Erase what is over its time; how much of each. May be ended at any moment, and run by several at once."""
    now = clock()
    _count_first(database, gather=gather, clock=clock)
    fault_point("purging.counted")
    with database.write() as session:
        organisation = gather(session)
        closing.close_quiet(session, now=now)
        done = Counter(
            {
                Kept.MOVED: closing.erase_moved(session, now=now),
                Kept.ORIGINALS: originals.erase_originals(session, now=now),
            }
        )
    fault_point("purging.closed_erased")
    done[Kept.COMMENTS] = comment_acts.erase_ended(database, now=now)
    forgetting.carry_out(database, register=register, now=now)
    fault_point("purging.forgotten")
    for sweep in (*_sweeps(media), *of_organisation.SWEEPS):
        while erased := _erase_batch(database, sweep, organisation, now=now, batch=batch):
            done[sweep.kept] += erased
    _record_run(database, done, now=now)
    return {kept: done[kept] for kept in Kept}


def is_due(session: Session, organisation: Organisation, *, now: datetime) -> bool:
    """Whether no purge has run since the last night's hour: a machine that was off makes it good."""
    local = now.astimezone(organisation.zone)
    if local.time() < AT:
        return False
    tonight = datetime.combine(local.date(), AT, tzinfo=organisation.zone)
    last = last_run(session)
    return last is None or last.at < tonight


def last_run(session: Session) -> AuditEntryRow | None:
    return session.exec(
        select(AuditEntryRow)
        .where(AuditEntryRow.action == RUN)
        .order_by(col(AuditEntryRow.id).desc())
        .limit(1)
    ).first()


def purge_restored(
    database: Database,
    *,
    gather: Callable[[Session], Organisation],
    media: Media,
    clock: Callable[[], datetime],
    register: Path,
) -> Mapping[Kept, int]:
    """After a backup came back: what had gone meanwhile goes again, persons that were forgotten among it."""
    forgetting.forget_again(database, register, now=clock())
    with database.write() as session:
        closing.close_restored(session, now=clock())
    return purge(database, gather=gather, media=media, clock=clock, register=register)


def _sweeps(media: Media) -> Sequence[Sweep]:
    return (*of_answering.SWEEPS, *of_planning.sweeps(media))


def _erase_batch(
    database: Database, sweep: Sweep, organisation: Organisation, *, now: datetime, batch: int
) -> int:
    with database.write() as session:
        erased = erase_some(session, sweep, organisation, now=now, limit=batch)
        if erased:
            fault_point("purging.batch_ready")
    if erased:
        fault_point("purging.batch_erased")
    return erased


def _count_first(
    database: Database, *, gather: Callable[[Session], Organisation], clock: Callable[[], datetime]
) -> None:
    """The months of which texts are about to be erased are kept as counts; a count that breaks keeps no text."""
    try:
        with database.read() as session:
            before = clock() - gather(session).retention
        keep_counts(database, gather=gather, clock=clock, before=before)
    except Exception:
        log.exception("months could not be counted before erasing", extra=fields(job="purge"))


def _record_run(database: Database, done: Mapping[Kept, int], *, now: datetime) -> None:
    detail = " ".join(f"{kept.value}={done[kept]}" for kept in Kept if done.get(kept))
    with database.write() as session:
        audit.record(session, at=now, actor=PROGRAM, action=RUN, subject=_SUBJECT, detail=detail or "0")
    fault_point("purging.recorded")
