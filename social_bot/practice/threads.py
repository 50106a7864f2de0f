"""A thread between one person and the Page: found or begun, written into, given from app to app."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from social_bot.practice import events
from social_bot.practice.state import MessageRow, PageRow, ThreadRow, new_number

IDLE_AFTER = timedelta(hours=24)


def find_thread(session: Session, page: PageRow, psid: str) -> ThreadRow | None:
    query = select(ThreadRow).where(ThreadRow.page_id == page.id, ThreadRow.psid == psid)
    return session.scalar(query)


def thread_of(session: Session, page: PageRow, psid: str, now: datetime) -> ThreadRow:
    """The thread, begun if there is none; an owner who was silent for 24 hours has lost it."""
    thread = find_thread(session, page, psid)
    if thread is None:
        thread = ThreadRow(id=f"t_{new_number(session)}", page_id=page.id, psid=psid, updated_at=now)
        session.add(thread)
        session.flush()
    if thread.owned_until is not None and thread.owned_until <= now:
        thread.owner_app_id = thread.owned_until = None
    return thread


def add_message(
    session: Session,
    thread: ThreadRow,
    now: datetime,
    *,
    is_from_page: bool,
    app_id: str | None,
    text: str | None,
    content: dict[str, Any],
) -> MessageRow:
    message = MessageRow(
        mid=f"m_{secrets.token_urlsafe(48)}",
        thread_id=thread.id,
        is_from_page=is_from_page,
        app_id=app_id,
        text=text,
        content=content,
        created_at=now,
    )
    session.add(message)
    thread.updated_at = now
    if is_from_page and app_id is not None:
        hold(thread, app_id, now)
    session.flush()
    return message


def hold(thread: ThreadRow, app_id: str, now: datetime) -> None:
    thread.owner_app_id, thread.owned_until = app_id, now + IDLE_AFTER


def give(
    session: Session, page: PageRow, thread: ThreadRow, app_id: str, now: datetime, *, kind: str
) -> None:
    """``kind``: pass_thread_control or take_thread_control; both sides are told."""
    previous = thread.owner_app_id
    hold(thread, app_id, now)
    events.tell_handover(
        session,
        page,
        thread,
        now,
        kind=kind,
        values={"previous_owner_app_id": previous, "new_owner_app_id": app_id},
    )
