"""What a notice of an alert says, and the row that it is before and after it is sent.

A notice holds no more than the kind, how urgent it is, our own id and a link: the rest is read on the page.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.channels.ports import Notice
from social_bot.organisation.alerts import AlertKind, AlertRow
from social_bot.organisation.directory import Organisation
from social_bot.organisation.escalation import AT_ONCE
from social_bot.storage.types import Word
from social_bot.translations import marked, translate

_K = AlertKind
SENTENCES: Mapping[AlertKind, str] = {
    _K.CRISIS: marked("Somebody may be in danger. Read the conversation at once."),
    _K.CALLBACK_LATE: marked("The promised time of a call has passed. Call now."),
    _K.THREAD_WAITS: marked("Somebody has waited for a person too long. Answer in the conversation."),
    _K.MESSAGE_UNCONFIRMED: marked("We do not know whether an answer reached a resident."),
    _K.MESSAGE_FAILED: marked("An answer to a resident did not go out."),
    _K.TEXT_UNAVAILABLE: marked("An approved text was missing; a safer one was sent in its place."),
    _K.POST_FAILED: marked("A post was not published."),
    _K.POST_UNCONFIRMED: marked("We do not know whether a post reached its page."),
    _K.POST_MISSED: marked("A post was not sent in time."),
    _K.POST_EXPIRED: marked("A post waited for approval until its time passed. Nothing went out."),
    _K.APPROVAL_NEAR: marked("A post still waits for approval, and its time is near."),
    _K.SERIES_STANDS: marked("A series of posts stands still. See what stops it."),
    _K.EVALUATION_DUE: marked("An outreach trial waits for its evaluation or a decision."),
    _K.PAGE_DISCONNECTED: marked("The connection of a page is broken. Nothing goes out before it is mended."),
    _K.SUBSCRIPTION_LOST: marked(
        "Facebook does not bring us all that is written to a page. Subscribe it again."
    ),
    _K.PERMISSION_LOST: marked("A page's connection lacks a permission. Connect the page again."),
    _K.ROUTING_LOST: marked(
        "Another app may answer on a page in place of the bot. Check the default app at Facebook."
    ),
    _K.TOKEN_EXPIRING: marked("The connection of a page ends soon. Renew it."),
    _K.PAGE_PAUSED: marked("Facebook has asked a page to wait. Posts and answers go out later."),
    _K.STOPPED: marked("Somebody has pressed the emergency stop. See what is held, and release it in time."),
    _K.NUMBER_UNCHECKED: marked(
        "A phone number has not been checked for long. Call it and mark it as checked."
    ),
    _K.PURGE_NEAR: marked(
        "Something still waits that would be erased in a week if nobody waited. Settle it."
    ),
    _K.TEST: marked("This is a test. Nothing is wrong."),
}
_AT_ONCE = marked("Urgent: at once, at any hour.")
_IN_HOURS = marked("Urgent: within today's opening hours.")
_NUMBER = marked("Alert {id}, {subject}.")
_AGAIN = marked("Nobody has taken it yet. This is notice {round}.")
_TAKE = marked("Open the page and mark that you take care of it:")

_PATHS = {
    "thread": "/inbox/{}",
    "comment": "/comments#comment-{}",
    "post": "/posts/{}",
    "callback": "/callbacks#callback-{}",
    "setting": "/settings/numbers#{}",
    "page": "/pages/{}/live",
    "series": "/series/{}",
    "trial": "/trials/{}",
    "stop": "/stop#stop-{}",
}


class NoticeState(StrEnum):
    """``DROPPED``: somebody had taken the matter before it went out."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class NoticeRow(SQLModel, table=True):
    """One alert to one address, once. ``source`` says whose address it is ("duty:3", "settings:1").

    The sealed address is erased as soon as the notice has ended; its index tells equal ones.
    """

    __tablename__ = "alert_notice"
    __table_args__ = (Index("ix_alert_notice_queue", "state", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id", index=True)
    round: int
    level: int
    source: str = Field(max_length=40)
    address_index: str = Field(max_length=64)
    address_sealed: bytes | None
    state: NoticeState = Field(sa_type=Word(NoticeState), default=NoticeState.PENDING)
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None


def path_to(subject: str) -> str | None:
    """Where the matter of an alert is seen; None where it has no page of its own."""
    kind, _, number = subject.partition(":")
    return _PATHS[kind].format(number) if kind in _PATHS else None


def compose(alert: AlertRow, number: int, organisation: Organisation) -> Notice:
    """The notice in the organisation's first language."""
    t = translate(organisation.languages[0])
    number_line = t(_NUMBER).format(id=alert.id, subject=alert.subject)
    link = organisation.staff_url + (path_to(alert.subject) or "/")
    if alert.kind is AlertKind.TEST:
        lines = [number_line, link]
    else:
        again = [t(_AGAIN).format(round=number)] if number > 1 else []
        lines = [t(_AT_ONCE if alert.kind in AT_ONCE else _IN_HOURS), number_line, *again, t(_TAKE), link]
    return Notice(
        title=t(SENTENCES[alert.kind]), text="\n".join(lines), is_urgent=alert.kind is AlertKind.CRISIS
    )


def of_alert(session: Session, alert_id: int) -> Sequence[NoticeRow]:
    return session.exec(
        select(NoticeRow).where(NoticeRow.alert_id == alert_id).order_by(col(NoticeRow.id))
    ).all()


def of_alerts(session: Session, alert_ids: Sequence[int]) -> Sequence[NoticeRow]:
    return session.exec(
        select(NoticeRow).where(col(NoticeRow.alert_id).in_(alert_ids)).order_by(col(NoticeRow.id))
    ).all()
