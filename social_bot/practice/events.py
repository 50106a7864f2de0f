"""What the practice Page tells the app: webhook events, written to the outbox with the change itself.

Shapes: https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
(moments in milliseconds) and https://developers.facebook.com/docs/graph-api/webhooks/reference/page
(items of ``changes``, moments in seconds).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from social_bot.practice.state import CommentRow, MessageRow, OutboxRow, PageRow, PhotoRow, PostRow, ThreadRow

INBOX_APP_ID = "263902037430900"  # staff who answer in the platform's own inbox; one of the two ids seen


def tell_message(session: Session, page: PageRow, thread: ThreadRow, message: MessageRow) -> None:
    """A person wrote, chose a quick reply or pressed a button."""
    item = _messaging_item(page, thread, message.created_at)
    pressed = message.content.get("postback")
    if pressed is not None:
        item["postback"] = {"mid": message.mid, **pressed}
    else:
        body: dict[str, Any] = {"mid": message.mid}
        if message.text is not None:
            body["text"] = message.text
        for name in ("quick_reply", "attachments"):
            if name in message.content:
                body[name] = message.content[name]
        item["message"] = body
    if thread.is_held_by_another_than(page.app_id):
        if pressed is not None:
            item["postback"].pop("payload")  # a standby app never learns it
        _record(session, page, "standby", item, message.created_at, section="standby")
    else:
        field = "messages" if pressed is None else "messaging_postbacks"
        _record(session, page, field, item, message.created_at)


def tell_echo(session: Session, page: PageRow, thread: ThreadRow, message: MessageRow) -> None:
    """The Page wrote: sender and recipient are swapped, ``app_id`` says which app it was."""
    item = _messaging_item(page, thread, message.created_at)
    item["sender"], item["recipient"] = item["recipient"], item["sender"]
    body: dict[str, Any] = {"mid": message.mid, "is_echo": True}
    if message.app_id is not None:
        body["app_id"] = int(message.app_id)
    if message.text is not None:
        body["text"] = message.text
    for name in ("metadata", "attachments"):
        if name in message.content:
            body[name] = message.content[name]
    item["message"] = body
    if thread.is_held_by_another_than(page.app_id):
        _record(session, page, "standby", item, message.created_at, section="standby")
    else:
        _record(session, page, "message_echoes", item, message.created_at)


def tell_delivery(session: Session, page: PageRow, thread: ThreadRow, message: MessageRow) -> None:
    item = _messaging_item(page, thread, message.created_at)
    del item["timestamp"]
    item["delivery"] = {"mids": [message.mid], "watermark": _milliseconds(message.created_at)}
    _record(session, page, "message_deliveries", item, message.created_at)


def tell_read(session: Session, page: PageRow, thread: ThreadRow, now: datetime) -> None:
    item = _messaging_item(page, thread, now) | {"read": {"watermark": _milliseconds(now)}}
    _record(session, page, "message_reads", item, now)


def tell_handover(
    session: Session, page: PageRow, thread: ThreadRow, now: datetime, *, kind: str, values: dict[str, Any]
) -> None:
    """``kind``: pass_thread_control, take_thread_control or request_thread_control."""
    item = _messaging_item(page, thread, now) | {kind: values}
    _record(session, page, "messaging_handovers", item, now)


def tell_post(session: Session, page: PageRow, post: PostRow, verb: str, now: datetime) -> None:
    """``verb``: add, edited or remove. ``published`` is 1 or 0."""
    photos = session.scalar(select(func.count()).select_from(PhotoRow).where(PhotoRow.post_id == post.id))
    value: dict[str, Any] = {
        "item": "share" if post.link else "photo" if photos == 1 else "status",
        "verb": verb,
        "post_id": post.id,
        "from": {"id": page.id, "name": page.name},
        "published": int(post.is_published),
        "created_time": _seconds(now if verb == "remove" else post.created_at),
    }
    if verb != "remove":
        value |= {name: text for name, text in (("message", post.message), ("link", post.link)) if text}
    _record_change(session, page, value, now)


def tell_comment(session: Session, page: PageRow, comment: CommentRow, verb: str, now: datetime) -> None:
    """``verb``: add, edited, remove, hide or unhide."""
    value: dict[str, Any] = {
        "item": "comment",
        "verb": verb,
        "comment_id": comment.id,
        "post_id": comment.post_id,
        "parent_id": comment.parent_id or comment.post_id,
        "created_time": _seconds(comment.created_at),
    }
    if verb in {"hide", "unhide"}:
        value |= {"sender_id": int(comment.author_id), "sender_name": comment.author_name}
    elif verb == "remove":
        value["from"] = {"id": comment.author_id}
    else:
        value["from"] = {"id": comment.author_id, "name": comment.author_name}
    if verb != "remove":
        value["message"] = comment.message
        if comment.attachment_url:
            value["photo"] = comment.attachment_url
    _record_change(session, page, value, now)


def tell_reaction(
    session: Session,
    page: PageRow,
    post: PostRow,
    *,
    verb: str,
    kind: str,
    author_id: str,
    author_name: str,
    comment: CommentRow | None,
    now: datetime,
) -> None:
    value: dict[str, Any] = {
        "item": "reaction",
        "verb": verb,
        "reaction_type": kind.lower(),
        "post_id": post.id,
        "parent_id": post.id,
        "from": {"id": author_id, "name": author_name},
        "created_time": _seconds(now),
    }
    if comment is not None:
        value |= {"comment_id": comment.id, "parent_id": comment.parent_id or post.id}
    _record_change(session, page, value, now)


def _messaging_item(page: PageRow, thread: ThreadRow, at: datetime) -> dict[str, Any]:
    return {
        "sender": {"id": thread.psid},
        "recipient": {"id": page.id},
        "timestamp": _milliseconds(at),
    }


def _record_change(session: Session, page: PageRow, value: dict[str, Any], now: datetime) -> None:
    _record(session, page, "feed", {"field": "feed", "value": value}, now, section="changes")


def _record(
    session: Session,
    page: PageRow,
    field: str,
    item: dict[str, Any],
    now: datetime,
    *,
    section: str = "messaging",
) -> None:
    if field in page.subscribed_fields:
        session.add(OutboxRow(page_id=page.id, section=section, item=item, created_at=now))
        session.flush()


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
