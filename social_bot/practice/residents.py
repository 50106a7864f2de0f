"""What a resident does on the practice Page: writes, presses a button, comments, reacts, blocks."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from social_bot.errors import NotFound
from social_bot.practice import events, threads
from social_bot.practice.state import (
    CommentRow,
    MessageRow,
    PageRow,
    PostRow,
    ReactionRow,
    ResidentRow,
    new_number,
)

REACTIONS = ("LIKE", "LOVE", "CARE", "HAHA", "WOW", "SAD", "ANGRY")


def page_of(session: Session, page_id: str) -> PageRow:
    page = session.get(PageRow, page_id)
    if page is None:
        raise NotFound("There is no practice Page {page_id}. Add it first.", page_id=page_id)
    return page


def resident(
    session: Session, page: PageRow, psid: str, now: datetime, *, name: str | None = None
) -> ResidentRow:
    """The resident, who comes into being with the first act. ``author_id`` is another id than the PSID."""
    row = session.get(ResidentRow, (page.id, psid))
    if row is None:
        digest = hashlib.sha256(f"{page.id}:{psid}".encode()).hexdigest()
        row = ResidentRow(
            page_id=page.id,
            psid=psid,
            author_id=f"81{int(digest[:12], 16):015d}",
            name=name or f"Asukas {psid[-4:]}",
            created_at=now,
        )
        session.add(row)
        session.flush()
    return row


def write(
    session: Session,
    page: PageRow,
    who: ResidentRow,
    now: datetime,
    *,
    text: str | None = None,
    payload: str | None = None,
    attachment: str | None = None,
) -> MessageRow:
    """A message; with ``payload`` a chosen quick reply (``text`` is its title); ``attachment`` is a picture's address."""
    content: dict[str, Any] = {}
    if payload is not None:
        content["quick_reply"] = {"payload": payload}
    if attachment is not None:
        content["attachments"] = [{"type": "image", "payload": {"url": attachment}}]
    return _inbound(session, page, who, now, text=text, content=content)


def press(
    session: Session, page: PageRow, who: ResidentRow, now: datetime, *, title: str, payload: str
) -> MessageRow:
    """A postback button, Get Started or an entry of the menu."""
    return _inbound(
        session, page, who, now, text=None, content={"postback": {"title": title, "payload": payload}}
    )


def answer_as_staff(session: Session, page: PageRow, psid: str, now: datetime, *, text: str) -> MessageRow:
    """Somebody answers in the platform's own inbox, which takes the thread."""
    thread = threads.thread_of(session, page, psid, now)
    if thread.owner_app_id != events.INBOX_APP_ID:
        threads.give(session, page, thread, events.INBOX_APP_ID, now, kind="take_thread_control")
    message = threads.add_message(
        session, thread, now, is_from_page=True, app_id=events.INBOX_APP_ID, text=text, content={}
    )
    events.tell_echo(session, page, thread, message)
    return message


def hand_back(session: Session, page: PageRow, psid: str, now: datetime) -> None:
    """Staff mark the conversation as done: the inbox passes the thread to the app."""
    thread = threads.thread_of(session, page, psid, now)
    threads.give(session, page, thread, page.app_id, now, kind="pass_thread_control")


def comment(
    session: Session,
    page: PageRow,
    who: ResidentRow,
    now: datetime,
    *,
    object_id: str,
    text: str,
) -> CommentRow:
    """On a post, or as a reply to a comment."""
    parent = session.get(CommentRow, object_id)
    post_id = parent.post_id if parent else object_id
    if session.get(PostRow, post_id) is None:
        raise NotFound("There is no such post or comment on the practice Page.")
    row = CommentRow(
        id=f"{post_id.partition('_')[2]}_{new_number(session)}",
        page_id=page.id,
        post_id=post_id,
        parent_id=(parent.parent_id or parent.id) if parent else None,
        author_id=who.author_id,
        author_name=who.name,
        message=text,
        created_at=now,
        readable_at=now,
    )
    session.add(row)
    session.flush()
    events.tell_comment(session, page, row, "add", now)
    return row


def react(
    session: Session, page: PageRow, who: ResidentRow, now: datetime, *, post_id: str, kind: str
) -> None:
    """Reacts, changes the reaction, or takes the same one back."""
    post = session.get(PostRow, post_id)
    if post is None or kind not in REACTIONS:
        raise NotFound("There is no such post or reaction on the practice Page.")
    row = session.get(ReactionRow, (post_id, who.author_id))
    if row is None:
        verb = "add"
        session.add(
            ReactionRow(
                object_id=post_id, author_id=who.author_id, author_name=who.name, kind=kind, created_at=now
            )
        )
    elif row.kind == kind:
        verb = "remove"
        session.delete(row)
    else:
        verb = "edit"
        row.kind = kind
    events.tell_reaction(
        session,
        page,
        post,
        verb=verb,
        kind=kind,
        author_id=who.author_id,
        author_name=who.name,
        comment=None,
        now=now,
    )


def share(session: Session, post_id: str) -> None:
    session.get_one(PostRow, post_id).shares += 1


def everybody(session: Session, page: PageRow) -> list[ResidentRow]:
    query = select(ResidentRow).where(ResidentRow.page_id == page.id).order_by(ResidentRow.created_at)
    return list(session.scalars(query))


def _inbound(
    session: Session,
    page: PageRow,
    who: ResidentRow,
    now: datetime,
    *,
    text: str | None,
    content: dict[str, Any],
) -> MessageRow:
    thread = threads.thread_of(session, page, who.psid, now)
    if thread.last_inbound_at is not None:
        events.tell_read(session, page, thread, now)
    thread.last_inbound_at = now
    message = threads.add_message(
        session, thread, now, is_from_page=False, app_id=None, text=text, content=content
    )
    events.tell_message(session, page, thread, message)
    return message
