"""Asking the platform who holds the conversations that we believe are ours: a webhook that told of it may be lost."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from social_bot.answering import store
from social_bot.answering.holding import change_owner
from social_bot.answering.store import ThreadRow
from social_bot.answering.threads import Owner
from social_bot.channels.ports import Conversations, PageAccess
from social_bot.errors import PlatformError
from social_bot.log import fields
from social_bot.organisation import alerts, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.pages import PageRow
from social_bot.storage.engine import Database

AT_ONCE = 10
"""Conversations of a page that are asked about in one round; Meta allows two such calls a second."""

RECENT = timedelta(hours=24)
"""After a day of silence nobody holds a conversation: the default app speaks next."""

log = logging.getLogger(__name__)


def watch_owners(
    database: Database,
    *,
    conversations: Conversations,
    own_app_id: str | None,
    clock: Callable[[], datetime],
) -> int:
    """Fall silent where another app turns out to hold a conversation, and tell staff; how many those were."""
    found = 0
    for page, thread_ids in _to_ask_about(database, now=clock()):
        for thread_id, contact_id in thread_ids:
            try:
                owner = conversations.thread_owner(page, contact_id)
            except PlatformError as error:
                log.warning(
                    "nobody told who holds a conversation",
                    extra=fields(page=page.page_id, thread=thread_id, code=error.details.code),
                )
                break
            if owner is not None and owner != own_app_id:
                found += _fall_silent(database, thread_id, now=clock())
    return found


def _to_ask_about(database: Database, *, now: datetime) -> list[tuple[PageAccess, list[tuple[int, str]]]]:
    with database.read() as session:
        return [
            (
                pages.access(page, database.cipher),
                [
                    (thread.id or 0, database.cipher.open(thread.contact_sealed))
                    for thread in _ours(session, page, now=now)
                ],
            )
            for page in pages.everyone(session)
            if page.token_sealed is not None and page.may_write(now)
        ]


def _ours(session: Session, page: PageRow, *, now: datetime) -> list[ThreadRow]:
    query = select(ThreadRow).where(
        ThreadRow.page_id == page.id,
        ThreadRow.owner == Owner.BOT,
        col(ThreadRow.last_inbound_at) > now - RECENT,
    )
    return list(session.exec(query.order_by(col(ThreadRow.last_inbound_at).desc()).limit(AT_ONCE)).all())


def _fall_silent(database: Database, thread_id: int, *, now: datetime) -> int:
    with database.write() as session:
        thread = store.get_thread(session, thread_id, for_update=True)
        if thread.owner is not Owner.BOT:
            return 0
        change_owner(thread, Owner.STANDBY, now=now)
        session.add(thread)
        alerts.raise_while_it_lasts(session, AlertKind.ROUTING_LOST, f"page:{thread.page_id}", now=now)
    log.warning("another app holds a conversation", extra=fields(thread=thread_id))
    return 1
