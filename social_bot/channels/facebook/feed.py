"""One item of ``changes[]`` about posts, comments and ratings -> an event. Pure.

https://developers.facebook.com/docs/graph-api/webhooks/reference/page/
"""

from collections.abc import Mapping
from typing import Any

from social_bot.channels.facebook.values import as_id, as_mapping, as_text, as_time, event_key
from social_bot.channels.ports import EventKind, InboundEvent

FEED_FIELDS = frozenset({"feed", "mention", "ratings"})

_ITEMS = frozenset(
    {
        *("album", "event", "photo", "post", "share", "status", "video"),
        *("comment", "like", "rating", "reaction"),
    }
)
_ACTIONS = {
    "add": "add",
    "edit": "edit",
    "edited": "edit",
    "remove": "remove",
    "hide": "hide",
    "unhide": "unhide",
    "block": "block",
    "unblock": "unblock",
    "mute": "mute",
    "unmute": "unmute",
}

# May happen again and again with nothing in the value to tell by; to apply one twice does no harm.
_TOGGLES = frozenset({"hide", "unhide", "block", "unblock", "mute", "unmute"})

_FROM_NOBODY = frozenset({"reaction", "like"})  # who reacted is never kept


def feed_event(value: Mapping[str, Any], *, field: str, page_id: str, sent: object) -> InboundEvent | None:
    """None for what is not understood. ``sent`` is the time of the entry.

    ``contact_id`` is the author, ``page_id`` itself where the page has written; names are dropped.
    ``message_id`` is the comment, else the post; ``payload`` of a reply is the comment that it answers.
    """
    item, action = as_text(value.get("item")), _ACTIONS.get(as_text(value.get("verb")) or "")
    if item not in _ITEMS or action is None:
        return None
    about = {"mention": "mention", "ratings": "rating"}.get(field, item)
    author = as_id(
        as_mapping(value.get("from")).get("id") or value.get("sender_id") or value.get("reviewer_id")
    )
    post_id, parent_id = as_id(value.get("post_id")), as_id(value.get("parent_id"))
    ids = ("comment_id", "post_id", f"{item}_id", "open_graph_story_id")
    target = next((found for found in (as_id(value.get(name)) for name in ids) if found), None)
    text = as_text(value.get("message") or value.get("review_text"))
    is_told_once = action == "add" and target and item not in _FROM_NOBODY
    what = None if is_told_once else [author, value.get("created_time"), value.get("reaction_type"), text]
    return InboundEvent(
        key=event_key(page_id, field, item, action, target, what, sent if action in _TOGGLES else None),
        kind=EventKind.FEED,
        page_id=page_id,
        contact_id=None if item in _FROM_NOBODY else author,
        occurred_at=as_time(value.get("created_time")),
        message_id=target,
        text=text,
        payload=parent_id if item == "comment" and parent_id != post_id else None,
        has_attachment=any(value.get(name) for name in ("photo", "video", "photos", "link")),
        action=action,
        item=about,
        post_id=post_id,
    )
