"""Comments and visitors' posts as data: the calls we make about them and what their answers mean. No I/O.

https://developers.facebook.com/docs/graph-api/reference/comment and, for the one private answer,
https://developers.facebook.com/documentation/business-messaging/messenger-platform/discovery/private-replies
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from social_bot.channels.facebook.protocol import MAX_ROWS, Call, message_content, newest_of_page
from social_bot.channels.facebook.usage import Lane
from social_bot.channels.ports import OutgoingMessage, SeenComment


def reply(comment_id: str, *, text: str) -> Call:
    return Call(
        method="POST", node=comment_id, edge="comments", params={"message": text}, is_repeatable=False
    )


def hide(comment_id: str, *, hidden: bool = True) -> Call:
    return Call(method="POST", node=comment_id, params={"is_hidden": hidden})


def delete(comment_id: str) -> Call:
    return Call(method="DELETE", node=comment_id)


def reply_privately(page_id: str, comment_id: str, message: OutgoingMessage, *, is_post: bool) -> Call:
    """One message for a comment or post, within seven days of it."""
    return Call(
        method="POST",
        node=page_id,
        edge="messages",
        params={
            "recipient": {"post_id" if is_post else "comment_id": comment_id},
            "message": message_content(message),
        },
        lane=Lane.MESSENGER,
        is_repeatable=False,
    )


def read(comment_id: str, *, is_post: bool) -> Call:
    conversation = "" if is_post else ",private_reply_conversation"
    return Call(
        method="GET",
        node=comment_id,
        params={"fields": f"id,is_hidden,can_reply_privately{conversation}"},
    )


def parse_comment(row: Mapping[str, Any]) -> SeenComment:
    return SeenComment(
        is_hidden=bool(row.get("is_hidden")),
        takes_private_reply=row.get("can_reply_privately") is not False
        and not row.get("private_reply_conversation"),
    )


def replies(comment_id: str) -> Call:
    return Call(
        method="GET",
        node=comment_id,
        edge="comments",
        params={
            "fields": "id,message,from,created_time",
            "order": "reverse_chronological",
            "limit": MAX_ROWS,
        },
    )


def find_reply(answer: Mapping[str, Any], *, page_id: str, text: str, since: datetime) -> str | None:
    """The newest reply of the page with this text."""
    return newest_of_page(answer["data"], page_id=page_id, text=text, since=since)
