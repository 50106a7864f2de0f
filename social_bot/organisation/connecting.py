"""A page's way onto its platform and off it: connected, seen to be right, silent, disconnected.

Going live itself needs the texts, so it stands in the answering room.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import SecretStr
from sqlmodel import Field, Session, SQLModel, col, delete

from social_bot.channels.ports import ConnectionReport
from social_bot.errors import NotAllowed
from social_bot.organisation import alerts, audit, directory, pages
from social_bot.organisation.pages import PageRow
from social_bot.storage.cipher import Cipher

LOST = "Facebook no longer accepts the connection of this page. Connect the page again."

LOGIN_LASTS = timedelta(minutes=15)
"""So long may a person take to choose a page after signing in at the platform."""


class ByPerson(StrEnum):
    """What no call of the platform tells, so that a person looks and says so."""

    DEFAULT_APP = "default_app"
    AUTOMATIONS = "automations"


class PageLoginRow(SQLModel, table=True):
    """A person's own token between their sign-in at the platform and their choice of a page, then erased."""

    __tablename__ = "page_login"
    key_hash: str = Field(primary_key=True, max_length=64)
    worker: str = Field(max_length=160)
    token_sealed: bytes
    expires_at: datetime


def keep_login(session: Session, token: SecretStr, *, worker: str, cipher: Cipher, now: datetime) -> str:
    """Keep the token until a page is chosen; the key that opens it. Older ones of anybody are erased."""
    session.exec(delete(PageLoginRow).where(col(PageLoginRow.expires_at) <= now))
    key = secrets.token_urlsafe(32)
    session.add(
        PageLoginRow(
            key_hash=_hash(key),
            worker=worker,
            token_sealed=cipher.seal(token.get_secret_value()),
            expires_at=now + LOGIN_LASTS,
        )
    )
    return key


def open_login(session: Session, key: str, *, worker: str, cipher: Cipher, now: datetime) -> SecretStr:
    """The token that this worker kept. Raises ``NotAllowed`` for another's, and where it is too old."""
    row = session.get(PageLoginRow, _hash(key))
    if row is None or row.worker != worker or row.expires_at <= now:
        raise NotAllowed("The sign-in at Facebook has grown too old. Start again.")
    return SecretStr(cipher.open(row.token_sealed))


def end_login(session: Session, key: str) -> None:
    session.exec(delete(PageLoginRow).where(col(PageLoginRow.key_hash) == _hash(key)))


def connect(
    session: Session,
    page_id: str,
    *,
    name: str,
    token: SecretStr,
    cipher: Cipher,
    now: datetime,
    by: str,
) -> PageRow:
    """Give a page a token that its keeper has fetched. A page that is not live says nothing from now on until it is."""
    directory.require_keeper(session, by)
    page = session.get(PageRow, page_id) or PageRow(id=page_id, name=name, created_at=now)
    page.name = name
    page.awaits_live = not page.is_live
    pages.take_token(session, page, token, cipher=cipher, now=now, by=by)
    session.add(page)
    audit.record(session, at=now, actor=by, action="page.connect", subject=page_id)
    return page


def record_look(session: Session, page: PageRow, report: ConnectionReport, *, now: datetime) -> None:
    """Keep what the platform has told of the connection."""
    page.looked_at = now
    page.token_expires_at = report.expires_at
    page.data_access_expires_at = report.data_access_expires_at
    page.missing_permissions = list(report.missing_permissions)
    page.missing_subscriptions = list(report.missing_subscriptions)
    if report.is_routed is not None:
        page.is_routed = report.is_routed
    session.add(page)


def confirm_by_person(
    session: Session, page_id: str, matter: ByPerson, *, done: bool, by: str, now: datetime
) -> PageRow:
    """Keep that somebody has seen at the platform what no call tells, or take it back."""
    directory.require_keeper(session, by)
    page = pages.get(session, page_id)
    moment, name = (now, by) if done else (None, None)
    match matter:
        case ByPerson.DEFAULT_APP:
            page.default_app_confirmed_at, page.default_app_confirmed_by = moment, name
        case ByPerson.AUTOMATIONS:
            page.automations_confirmed_at, page.automations_confirmed_by = moment, name
    session.add(page)
    action = "page.confirm" if done else "page.unconfirm"
    audit.record(session, at=now, actor=by, action=action, subject=page_id, detail=matter)
    return page


def leave_live(session: Session, page_id: str, *, by: str, now: datetime) -> PageRow:
    """Nothing goes out on the page until it is live again; the connection stays, and so does what is planned."""
    directory.require_keeper(session, by)
    page = pages.get(session, page_id)
    page.is_live, page.awaits_live = False, True
    page.live_since = page.live_by = None
    session.add(page)
    audit.record(session, at=now, actor=by, action="page.leave_live", subject=page_id)
    return page


def forget_token(session: Session, page_id: str, *, by: str, now: datetime) -> PageRow:
    """Take the page off the platform: its token is erased, and it is a page to practise on again."""
    directory.require_keeper(session, by)
    page = pages.get(session, page_id)
    page.is_live = page.awaits_live = False
    page.live_since = page.live_by = page.connected_at = page.connected_by = None
    page.token_sealed = page.token_expires_at = page.data_access_expires_at = None
    page.looked_at = page.is_routed = page.pause_reason = page.paused_until = None
    page.is_disconnected = False
    page.missing_permissions, page.missing_subscriptions = [], []
    page.default_app_confirmed_at = page.default_app_confirmed_by = None
    page.automations_confirmed_at = page.automations_confirmed_by = None
    alerts.settle(session, f"page:{page_id}", by=by, now=now)
    session.add(page)
    audit.record(session, at=now, actor=by, action="page.disconnect", subject=page_id)
    return page


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
