"""What is on the practice Page, gathered for a person to look at."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from social_bot.practice import events, threads
from social_bot.practice.state import (
    CommentRow,
    MessageRow,
    PageRow,
    PhotoRow,
    PostRow,
    ReactionRow,
    ResidentRow,
    ThreadRow,
)

_MOST_POSTS = 30
_MOST_MESSAGES = 100
_DIALLABLE = re.compile(r"\+?\d{3,15}")


@dataclass(frozen=True, kw_only=True)
class SeenComment:
    id: str
    author: str
    text: str
    at: datetime
    is_hidden: bool
    is_from_page: bool
    replies: Sequence["SeenComment"] = ()


@dataclass(frozen=True, kw_only=True)
class SeenPicture:
    """``elsewhere`` is the address of a picture that this machine does not hold."""

    id: str
    alt_text: str
    elsewhere: str | None


@dataclass(frozen=True, kw_only=True)
class SeenPost:
    id: str
    text: str
    link: str | None
    at: datetime
    pictures: Sequence[SeenPicture]
    comments: Sequence[SeenComment]
    reactions: Mapping[str, int]
    own_reaction: str | None
    shares: int


@dataclass(frozen=True, kw_only=True)
class SeenButton:
    """Pressing one sends ``payload``, opens ``url``, or shows a number (``url`` when it can be dialled)."""

    title: str
    payload: str | None = None
    url: str | None = None
    number: str | None = None


@dataclass(frozen=True, kw_only=True)
class SeenMessage:
    mid: str
    text: str
    at: datetime
    is_from_page: bool
    is_from_staff: bool
    buttons: Sequence[SeenButton]
    attachment: str | None


@dataclass(frozen=True, kw_only=True)
class SeenConversation:
    """``quick_replies`` are those of the last message: the next one makes them vanish."""

    messages: Sequence[SeenMessage]
    quick_replies: Sequence[SeenButton]
    is_typing: bool
    is_held_by_staff: bool


def timeline(session: Session, page: PageRow, viewer: ResidentRow) -> list[SeenPost]:
    """The newest published posts, as everybody sees them."""
    query = (
        select(PostRow)
        .where(PostRow.page_id == page.id, PostRow.is_published, PostRow.is_hidden.is_(False))
        .order_by(PostRow.is_pinned.desc(), PostRow.created_at.desc(), PostRow.id.desc())
        .limit(_MOST_POSTS)
    )
    return [_seen_post(session, page, post, viewer) for post in session.scalars(query)]


def count_scheduled(session: Session, page: PageRow) -> int:
    query = select(func.count()).select_from(PostRow).where(PostRow.page_id == page.id)
    return session.scalar(query.where(PostRow.scheduled_at.is_not(None))) or 0


def conversation(session: Session, page: PageRow, psid: str, now: datetime) -> SeenConversation:
    thread = threads.find_thread(session, page, psid)
    if thread is None:
        return SeenConversation(messages=(), quick_replies=(), is_typing=False, is_held_by_staff=False)
    query = select(MessageRow).where(MessageRow.thread_id == thread.id).order_by(MessageRow.number.desc())
    rows = list(session.scalars(query.limit(_MOST_MESSAGES)))[::-1]
    last = rows[-1].content if rows else {}
    return SeenConversation(
        messages=[_seen_message(row) for row in rows],
        quick_replies=[
            SeenButton(title=one["title"], payload=one["payload"])
            for one in last.get("quick_replies", [])
            if one["content_type"] == "text"
        ],
        is_typing=_is_typing(thread, now),
        is_held_by_staff=thread.is_held_by_another_than(page.app_id),
    )


def _seen_post(session: Session, page: PageRow, post: PostRow, viewer: ResidentRow) -> SeenPost:
    photos = session.scalars(select(PhotoRow).where(PhotoRow.post_id == post.id).order_by(PhotoRow.position))
    comments = list(
        session.scalars(
            select(CommentRow).where(CommentRow.post_id == post.id).order_by(CommentRow.created_at)
        )
    )
    reactions = list(session.scalars(select(ReactionRow).where(ReactionRow.object_id == post.id)))
    return SeenPost(
        id=post.id,
        text=post.message or "",
        link=post.link,
        at=post.created_at,
        pictures=[
            SeenPicture(id=photo.id, alt_text=photo.alt_text or "", elsewhere=photo.source_url)
            for photo in photos
        ],
        comments=[
            _seen_comment(page, comment, [reply for reply in comments if reply.parent_id == comment.id])
            for comment in comments
            if comment.parent_id is None
        ],
        reactions=Counter(reaction.kind for reaction in reactions),
        own_reaction=next((one.kind for one in reactions if one.author_id == viewer.author_id), None),
        shares=post.shares,
    )


def _seen_comment(page: PageRow, comment: CommentRow, replies: Sequence[CommentRow]) -> SeenComment:
    return SeenComment(
        id=comment.id,
        author=comment.author_name,
        text=comment.message,
        at=comment.created_at,
        is_hidden=comment.is_hidden,
        is_from_page=comment.author_id == page.id,
        replies=[_seen_comment(page, reply, ()) for reply in replies],
    )


def _seen_message(row: MessageRow) -> SeenMessage:
    payload: dict[str, Any] = {}
    for attachment in row.content.get("attachments", []):
        payload = attachment.get("payload") or {}
    pressed = row.content.get("postback", {}).get("title")
    return SeenMessage(
        mid=row.mid,
        text=row.text or payload.get("text") or pressed or "",
        at=row.created_at,
        is_from_page=row.is_from_page,
        is_from_staff=row.app_id == events.INBOX_APP_ID,
        buttons=[_seen_button(button) for button in payload.get("buttons", [])],
        attachment=_web_address(payload.get("url")),
    )


def _seen_button(button: Mapping[str, str]) -> SeenButton:
    title = button["title"]
    if button["type"] == "web_url":
        return SeenButton(title=title, url=button["url"])
    if button["type"] == "phone_number":
        number = button["payload"]
        is_diallable = _DIALLABLE.fullmatch(number) is not None
        return SeenButton(title=title, number=number, url=f"tel:{number}" if is_diallable else None)
    return SeenButton(title=title, payload=button["payload"])


def _is_typing(thread: ThreadRow, now: datetime) -> bool:
    return thread.typing_until is not None and thread.typing_until > now


def _web_address(url: object) -> str | None:
    """An address that is safe to open, for it may come from anybody."""
    return url if isinstance(url, str) and url.startswith(("http://", "https://")) else None
