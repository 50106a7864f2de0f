"""What a resident does on the practice Page: writes, presses a button, comments, reacts, blocks."""

import hashlib
from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One resident on one Page, now, within one transaction."""

    session: Session
    page: PageRow
    who: ResidentRow
    now: datetime


def page_of(session: Session, page_id: str) -> PageRow:
    page = session.get(PageRow, page_id)
    if page is None:
        raise NotFound("There is no practice Page {page_id}. Add it first.", page_id=page_id)
    return page


def resident(
    session: Session, page: PageRow, psid: str, now: datetime, *, name: str | None = None
) -> ResidentRow:
    """The resident, who comes into being when first named. ``author_id`` is another id than the PSID."""
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


def everybody(session: Session, page: PageRow) -> list[ResidentRow]:
    query = select(ResidentRow).where(ResidentRow.page_id == page.id)
    return list(session.scalars(query.order_by(ResidentRow.created_at, ResidentRow.psid)))


def write(
    scene: Scene, *, text: str | None = None, payload: str | None = None, attachment: str | None = None
) -> MessageRow:
    """A message; with ``payload`` a chosen quick reply titled ``text``; ``attachment`` is a picture's address."""
    content: dict[str, Any] = {}
    if payload is not None:
        content["quick_reply"] = {"payload": payload}
    if attachment is not None:
        content["attachments"] = [{"type": "image", "payload": {"url": attachment}}]
    return _inbound(scene, text=text, content=content)


def press(scene: Scene, *, title: str, payload: str) -> MessageRow:
    """A postback button, Get Started or an entry of the menu."""
    return _inbound(scene, text=None, content={"postback": {"title": title, "payload": payload}})


def comment(scene: Scene, *, object_id: str, text: str) -> CommentRow:
    """On a post, or as a reply to a comment."""
    session, parent = scene.session, scene.session.get(CommentRow, object_id)
    post_id = parent.post_id if parent else object_id
    if session.get(PostRow, post_id) is None:
        raise NotFound("There is no such post or comment on the practice Page.")
    row = CommentRow(
        id=f"{post_id.partition('_')[2]}_{new_number(session)}",
        page_id=scene.page.id,
        post_id=post_id,
        parent_id=(parent.parent_id or parent.id) if parent else None,
        author_id=scene.who.author_id,
        author_name=scene.who.name,
        message=text,
        created_at=scene.now,
        readable_at=scene.now,
    )
    session.add(row)
    session.flush()
    events.tell_comment(session, scene.page, row, "add", scene.now)
    return row


def react(scene: Scene, *, post_id: str, kind: str) -> None:
    """Reacts, changes the reaction, or takes the same one back."""
    session, who = scene.session, scene.who
    post = session.get(PostRow, post_id)
    if post is None or kind not in REACTIONS:
        raise NotFound("There is no such post or reaction on the practice Page.")
    row = session.get(ReactionRow, (post_id, who.author_id))
    if row is None:
        verb = "add"
        row = ReactionRow(
            object_id=post_id, author_id=who.author_id, author_name=who.name, created_at=scene.now
        )
        row.kind = kind
        session.add(row)
    elif row.kind == kind:
        verb = "remove"
        session.delete(row)
    else:
        verb = "edit"
        row.kind = kind
    events.tell_reaction(
        session,
        scene.page,
        post,
        verb=verb,
        kind=kind,
        author_id=who.author_id,
        author_name=who.name,
        comment=None,
        now=scene.now,
    )


def share(scene: Scene, *, post_id: str) -> None:
    post = scene.session.get(PostRow, post_id)
    if post is None:
        raise NotFound("There is no such post on the practice Page.")
    post.shares += 1


def answer_as_staff(scene: Scene, *, text: str) -> MessageRow:
    """Somebody answers the resident in the platform's own inbox, which takes the thread."""
    session, page = scene.session, scene.page
    thread = threads.thread_of(session, page, scene.who.psid, scene.now)
    if thread.owner_app_id != events.INBOX_APP_ID:
        threads.give(session, page, thread, events.INBOX_APP_ID, scene.now, kind="take_thread_control")
    message = threads.add_message(
        session, thread, scene.now, is_from_page=True, app_id=events.INBOX_APP_ID, text=text, content={}
    )
    events.tell_echo(session, page, thread, message)
    return message


def hand_back(scene: Scene) -> None:
    """Staff mark the conversation as done: the inbox passes the thread to the app."""
    thread = threads.thread_of(scene.session, scene.page, scene.who.psid, scene.now)
    threads.give(scene.session, scene.page, thread, scene.page.app_id, scene.now, kind="pass_thread_control")


def _inbound(scene: Scene, *, text: str | None, content: dict[str, Any]) -> MessageRow:
    session, page = scene.session, scene.page
    thread = threads.thread_of(session, page, scene.who.psid, scene.now)
    if thread.last_inbound_at is not None:
        events.tell_read(session, page, thread, scene.now)
    thread.last_inbound_at = scene.now
    message = threads.add_message(
        session, thread, scene.now, is_from_page=False, app_id=None, text=text, content=content
    )
    events.tell_message(session, page, thread, message)
    return message
