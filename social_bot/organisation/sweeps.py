"""What of the shared floor is over its time: sessions, attempts, invitations, notices, alerts, the audit log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import Session, col

from social_bot.organisation.alerts import AlertRow
from social_bot.organisation.attempts import FailedSignInRow
from social_bot.organisation.audit import AuditEntryRow, forget_before
from social_bot.organisation.directory import Organisation
from social_bot.organisation.invitations import InvitationRow
from social_bot.organisation.notices import NoticeRow
from social_bot.organisation.retention import PERIODS, Kept
from social_bot.organisation.sessions import StaffSessionRow
from social_bot.organisation.sweeping import Sweep, delete_rows


def _sessions(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    del organisation
    return col(StaffSessionRow.expires_at) <= now


def _attempts(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    return col(FailedSignInRow.last_at) <= now - PERIODS[Kept.ATTEMPTS].length(organisation)


def _invitations(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    return col(InvitationRow.expires_at) <= now - PERIODS[Kept.INVITATIONS].length(organisation)


def _ended(before: datetime) -> ColumnElement[bool]:
    """Alerts that ended before; danger ends only when a person takes it."""
    return or_(
        col(AlertRow.acknowledged_at) <= before,
        and_(col(AlertRow.acknowledged_at).is_(None), col(AlertRow.settled_at) <= before),
    )


def _notices(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    before = now - PERIODS[Kept.NOTICES].length(organisation)
    return col(NoticeRow.alert_id).in_(select(col(AlertRow.id)).where(_ended(before)))


def _alerts(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    has_notices = exists().where(col(NoticeRow.alert_id) == col(AlertRow.id))
    return and_(_ended(now - PERIODS[Kept.ALERTS].length(organisation)), ~has_notices)


def _audit(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    """From the beginning up to the first that must stay: a chain is only ever cut at its end."""
    before = now - PERIODS[Kept.AUDIT].length(organisation)
    first_kept = select(func.min(AuditEntryRow.id)).where(col(AuditEntryRow.at) > before)
    last = select(func.max(AuditEntryRow.id))
    return col(AuditEntryRow.id) < func.coalesce(first_kept.scalar_subquery(), last.scalar_subquery())


def _forget_entries(session: Session, ids: Sequence[Any], now: datetime) -> str:
    del now
    return forget_before(session, max(ids))


SWEEPS: Sequence[Sweep] = (
    Sweep(
        kept=Kept.SESSIONS,
        id=StaffSessionRow.id,
        is_over=_sessions,
        erase=delete_rows(StaffSessionRow, col(StaffSessionRow.id)),
    ),
    Sweep(
        kept=Kept.ATTEMPTS,
        id=FailedSignInRow.key,
        is_over=_attempts,
        erase=delete_rows(FailedSignInRow, col(FailedSignInRow.key)),
    ),
    Sweep(
        kept=Kept.INVITATIONS,
        id=InvitationRow.id,
        is_over=_invitations,
        erase=delete_rows(InvitationRow, col(InvitationRow.id)),
    ),
    Sweep(
        kept=Kept.NOTICES,
        id=NoticeRow.id,
        is_over=_notices,
        erase=delete_rows(NoticeRow, col(NoticeRow.id)),
    ),
    Sweep(kept=Kept.ALERTS, id=AlertRow.id, is_over=_alerts, erase=delete_rows(AlertRow, col(AlertRow.id))),
    Sweep(kept=Kept.AUDIT, id=AuditEntryRow.id, is_over=_audit, erase=_forget_entries),
)
