"""The social media pages of the organisation, and whether each may be written to now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, select

from social_bot.channels.ports import PageAccess
from social_bot.errors import (
    ConnectionLost,
    InvalidInput,
    NotFound,
    PageBlocked,
    PageUnavailable,
    PlatformError,
)
from social_bot.organisation import alerts, audit, operators
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.roles import Role
from social_bot.storage.cipher import Cipher
from social_bot.storage.types import no_items

BLOCKED_FOR = timedelta(hours=6)
"""A page that the platform has barred is left alone for this long, then tried once by the next due write."""


class PageRow(SQLModel, table=True):
    """``paused_until`` without ``is_disconnected`` ends by itself; a disconnected page waits for a person.

    ``answers_comments``: a general question under a post may be answered by itself. ``awaits_live``: it has
    been connected in order to go live, and says nothing at all before it has. ``token_expires_at`` is the
    first end of the connection, ``data_access_expires_at`` one of its two causes. What the last look found
    is kept from ``looked_at`` on; ``is_routed`` is None where the platform does not tell.
    """

    __tablename__ = "page"
    id: str = Field(primary_key=True, max_length=40)
    name: str = Field(max_length=200)
    is_live: bool = False
    answers_comments: bool = False
    token_sealed: bytes | None = None
    paused_until: datetime | None = None
    is_disconnected: bool = False
    pause_reason: str | None = None
    checked_at: datetime | None = None
    created_at: datetime
    awaits_live: bool = False
    connected_at: datetime | None = None
    connected_by: str | None = Field(default=None, max_length=160)
    token_expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    looked_at: datetime | None = None
    missing_permissions: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    missing_subscriptions: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    is_routed: bool | None = None
    default_app_confirmed_at: datetime | None = None
    default_app_confirmed_by: str | None = Field(default=None, max_length=160)
    automations_confirmed_at: datetime | None = None
    automations_confirmed_by: str | None = Field(default=None, max_length=160)
    live_since: datetime | None = None
    live_by: str | None = Field(default=None, max_length=160)

    @property
    def is_silent(self) -> bool:
        """Whether not even a text for somebody in danger may go out."""
        return self.is_disconnected or self.awaits_live

    def may_write(self, now: datetime) -> bool:
        return not self.is_silent and (self.paused_until is None or self.paused_until <= now)

    def is_at_risk(self, publish_at: datetime) -> bool:
        """Whether the connection ends before a post of this time goes out, if nobody renews it."""
        return self.token_expires_at is not None and publish_at >= self.token_expires_at


def add(
    session: Session,
    page_id: str,
    *,
    name: str,
    token: SecretStr | None,
    is_live: bool,
    cipher: Cipher,
    now: datetime,
    by: str,
    awaits_live: bool = False,
) -> PageRow:
    """Add a page, or renew the name, token and state of one: a renewed token ends every pause.

    ``awaits_live``: it is a real page, so that nothing goes out on it unless it is live.
    """
    if not page_id.isdigit():
        raise InvalidInput('A page id is a number, as Facebook shows it; "{id}" is not.', id=page_id)
    page = session.get(PageRow, page_id) or PageRow(id=page_id, name=name, created_at=now)
    page.name, page.is_live = name, is_live
    if is_live:
        page.awaits_live = False
        page.live_since, page.live_by = page.live_since or now, page.live_by or by
    else:
        page.live_since = page.live_by = None
        page.awaits_live = awaits_live
    if token is not None:
        take_token(session, page, token, cipher=cipher, now=now, by=by)
    session.add(page)
    audit.record(
        session,
        at=now,
        actor=by,
        action="page.add",
        subject=page_id,
        detail="live" if is_live else "practice",
    )
    return page


def take_token(
    session: Session, page: PageRow, token: SecretStr, *, cipher: Cipher, now: datetime, by: str
) -> None:
    """A new token ends every pause, and nothing is known of it yet."""
    page.token_sealed = cipher.seal(token.get_secret_value())
    page.paused_until, page.is_disconnected, page.pause_reason = None, False, None
    page.connected_at, page.connected_by = now, by
    page.token_expires_at = page.data_access_expires_at = page.looked_at = page.is_routed = None
    page.missing_permissions, page.missing_subscriptions = [], []
    page.checked_at = now  # the first look at it comes when it may have been subscribed
    alerts.settle(session, f"page:{page.id}", by=by, now=now)


def let_answer_comments(session: Session, page_id: str, *, allowed: bool, by: str, now: datetime) -> PageRow:
    """Whether general questions under the page's posts are answered by themselves; approvers decide it."""
    operators.require(session, by, Role.APPROVER, page_id=page_id)
    page = get(session, page_id)
    page.answers_comments = allowed
    session.add(page)
    action = "page.answer_comments" if allowed else "page.leave_comments"
    audit.record(session, at=now, actor=by, action=action, subject=page_id)
    return page


def get(session: Session, page_id: str) -> PageRow:
    page = session.get(PageRow, page_id)
    if page is None:
        raise NotFound(
            "There is no page {id}. See them with: social-bot page list, add one with: social-bot page add",
            id=page_id,
        )
    return page


def everyone(session: Session) -> Sequence[PageRow]:
    return session.exec(select(PageRow).order_by(PageRow.name)).all()


def any_live(session: Session) -> bool:
    return session.exec(select(PageRow.id).where(PageRow.is_live)).first() is not None


def access(page: PageRow, cipher: Cipher) -> PageAccess:
    """What a channel needs to act for the page; the token is opened only here."""
    token = "" if page.token_sealed is None else cipher.open(page.token_sealed)
    return PageAccess(page_id=page.id, token=SecretStr(token))


def pause(session: Session, page_id: str, *, until: datetime, reason: str, now: datetime) -> None:
    """Hold every write of the page until then; a longer pause that already stands is kept."""
    page = get(session, page_id)
    subject, kind = f"page:{page_id}", AlertKind.PAGE_PAUSED
    if page.paused_until is None or page.paused_until <= now:
        alerts.settle(session, subject, by=alerts.PROGRAM, now=now, kinds=[kind])  # the pause before this one
    if page.paused_until is None or page.paused_until < until:
        page.paused_until, page.pause_reason = until, reason
        session.add(page)
    alerts.raise_while_it_lasts(session, kind, subject, now=now)


def disconnect(session: Session, page_id: str, *, reason: str, now: datetime) -> None:
    """Hold every write of the page until a person connects it again."""
    page = get(session, page_id)
    subject, kind = f"page:{page_id}", AlertKind.PAGE_DISCONNECTED
    if not page.is_disconnected:
        alerts.settle(session, subject, by=alerts.PROGRAM, now=now, kinds=[kind])  # what broke before this
    page.is_disconnected, page.pause_reason = True, reason
    session.add(page)
    alerts.raise_while_it_lasts(session, kind, subject, now=now)


def hold_after(session: Session, page_id: str, error: PlatformError, *, now: datetime) -> None:
    """Hold the page's writes as an error of its platform asks; most errors ask nothing."""
    match error:
        case PageUnavailable(throttled=True, retry_at=datetime() as retry_at):
            pause(session, page_id, until=retry_at, reason=error.sentence, now=now)
        case PageBlocked():
            pause(session, page_id, until=now + BLOCKED_FOR, reason=error.sentence, now=now)
        case ConnectionLost():
            disconnect(session, page_id, reason=error.sentence, now=now)
        case _:
            pass
