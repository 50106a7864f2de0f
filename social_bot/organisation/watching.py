"""Watching what dies in silence: the pages' connections, and the checks of the phone numbers."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from social_bot.channels.ports import Connection, ConnectionReport, PageAccess
from social_bot.errors import PlatformError
from social_bot.log import fields
from social_bot.organisation import alerts, connecting, directory, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.directory import Organisation
from social_bot.organisation.pages import PageRow
from social_bot.storage.engine import Database

EVERY = timedelta(minutes=10)
WARN_DAYS = (1, 7, 14)
"""So many days before a token ends staff are told, each time once."""

log = logging.getLogger(__name__)


def watch_pages(database: Database, *, connection: Connection, clock: Callable[[], datetime]) -> int:
    """Ask about every page whose time has come; how many that were.

    A disconnected page is not asked about: it waits for a person to connect it again.
    """
    count = 0
    while (claimed := _claim(database, now=clock())) is not None:
        _watch(database, *claimed, connection=connection, now=clock())
        count += 1
    return count


def _claim(database: Database, *, now: datetime) -> tuple[PageAccess, bytes] | None:
    """The next page, marked as asked about before it is, so that one process asks."""
    with database.write() as session:
        page = session.exec(
            select(PageRow)
            .where(
                col(PageRow.token_sealed).is_not(None),
                col(PageRow.is_disconnected).is_(False),
                or_(col(PageRow.checked_at).is_(None), col(PageRow.checked_at) <= now - EVERY),
            )
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if page is None or page.token_sealed is None:
            return None
        page.checked_at = now
        session.add(page)
        return pages.access(page, database.cipher), page.token_sealed


def _watch(
    database: Database, access: PageAccess, token_sealed: bytes, *, connection: Connection, now: datetime
) -> None:
    try:
        report = connection.check(access)
    except PlatformError as error:
        log.warning(
            "a page could not be asked about", extra=fields(page=access.page_id, code=error.details.code)
        )
        with database.write() as session:
            pages.hold_after(session, access.page_id, error, now=now)
        return
    with database.write() as session:
        page = pages.get(session, access.page_id)
        if page.token_sealed == token_sealed:  # otherwise it was connected again meanwhile
            _apply(session, page, report, now=now)


def _apply(session: Session, page: PageRow, report: ConnectionReport, *, now: datetime) -> None:
    if not report.is_valid:
        pages.disconnect(session, page.id, reason=report.problem or connecting.LOST, now=now)
        return
    had_routing = page.is_routed or page.is_live
    connecting.record_look(session, page, report, now=now)
    for kind, is_wrong in (
        (AlertKind.ROUTING_LOST, report.is_routed is False and had_routing),
        (AlertKind.SUBSCRIPTION_LOST, bool(report.missing_subscriptions)),
        (AlertKind.PERMISSION_LOST, bool(report.missing_permissions)),
    ):
        if is_wrong:
            alerts.raise_while_it_lasts(session, kind, f"page:{page.id}", now=now)
        elif kind is not AlertKind.ROUTING_LOST or report.is_routed:
            _settle(session, page, kind, now=now)
    if page.may_write(now):
        _settle(session, page, AlertKind.PAGE_PAUSED, now=now)
    _warn_of_end(session, page, report.expires_at, now=now)


def _warn_of_end(session: Session, page: PageRow, expires_at: datetime | None, *, now: datetime) -> None:
    days = next((days for days in WARN_DAYS if expires_at and expires_at - now <= timedelta(days=days)), None)
    if expires_at is None or days is None:
        _settle(session, page, AlertKind.TOKEN_EXPIRING, now=now)
        return
    occasion = f"{expires_at:%Y-%m-%d} {days}"
    alerts.raise_alert(session, AlertKind.TOKEN_EXPIRING, f"page:{page.id}", now=now, occasion=occasion)


def watch_numbers(session: Session, organisation: Organisation, *, now: datetime) -> None:
    """Tell staff of each phone number whose check has grown too old, until somebody has checked it."""
    rows = directory.everything(session)
    old = {row.key for row in directory.outdated(rows, organisation, now=now)}
    for key in sorted(old):
        alerts.raise_while_it_lasts(session, AlertKind.NUMBER_UNCHECKED, f"setting:{key}", now=now)
    for alert in alerts.lasting(session, AlertKind.NUMBER_UNCHECKED):
        if alert.subject.removeprefix("setting:") not in old:
            alerts.settle(session, alert.subject, by=alerts.PROGRAM, now=now, kinds=[alert.kind])


def _settle(session: Session, page: PageRow, kind: AlertKind, *, now: datetime) -> None:
    alerts.settle(session, f"page:{page.id}", by=alerts.PROGRAM, now=now, kinds=[kind])
