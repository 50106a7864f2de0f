"""Graph as data: the calls we make of it and what their answers mean. No I/O.

Parameters: https://developers.facebook.com/docs/graph-api/reference/page/ and its edges ``feed``,
``photos``, ``published_posts``, ``conversations``, ``insights``, ``subscribed_apps``; for ``messages``
https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from social_bot.channels.facebook.usage import Lane
from social_bot.channels.ports import HumanMessage, OutgoingMessage, OutgoingPost, Picture, SeenPost

MAX_ROWS = 25  # of one page of a list; Meta's limit is 100, smaller answers fail less often
MAX_MESSAGES = 20  # Meta shows no more of a conversation
HUMAN_AGENT = "HUMAN_AGENT"


class FilePart(NamedTuple):
    """One part of a multipart body. Without its media type Meta answers "Permissions error"."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request to Graph.

    ``is_repeatable``: doing it twice changes nothing that anybody can see, so a lost answer is no riddle.
    """

    method: Literal["GET", "POST", "DELETE"]
    node: str
    edge: str | None = None
    params: Mapping[str, object] = field(default_factory=dict, repr=False)
    file: FilePart | None = field(default=None, repr=False)
    lane: Lane = Lane.PAGES
    is_repeatable: bool = True


# --- publishing


def publish(page_id: str, post: OutgoingPost, *, media_ids: Sequence[str] = ()) -> Call:
    """``media_ids`` are pictures that ``upload_picture`` has put there unpublished."""
    return Call(
        method="POST",
        node=page_id,
        edge="feed",
        params={
            "message": post.text or None,
            "link": post.link,
            "attached_media": [{"media_fbid": media_id} for media_id in media_ids] or None,
        },
        is_repeatable=False,
    )


def upload_picture(page_id: str, picture: Picture) -> Call:
    """Unpublished: nobody sees it, and Meta throws it away after a day if no post takes it."""
    return Call(
        method="POST",
        node=page_id,
        edge="photos",
        params={"published": False, "alt_text_custom": picture.alt_text or None},
        file=FilePart(name=picture.file_name, content=picture.content, media_type=picture.media_type),
    )


def recent_posts(page_id: str, *, since: datetime) -> Call:
    return Call(
        method="GET",
        node=page_id,
        edge="published_posts",
        params={
            "fields": "id,message,created_time,application",
            "since": int(since.timestamp()),
            "limit": MAX_ROWS,
        },
    )


def parse_post(row: Mapping[str, Any], *, app_id: str) -> SeenPost:
    application = row.get("application")
    return SeenPost(
        external_id=str(row["id"]),
        text=row.get("message") or "",
        created_at=parse_time(row["created_time"]),
        ours=str(application["id"]) == app_id if application and app_id else None,
    )


# --- messages


def send_message(page_id: str, contact_id: str, message: OutgoingMessage) -> Call:
    """Always ``RESPONSE``: tags that open a closed window are for humans, and cannot be built here."""
    return Call(
        method="POST",
        node=page_id,
        edge="messages",
        params={
            "recipient": {"id": contact_id},
            "messaging_type": "RESPONSE",
            "message": message_content(message),
        },
        lane=Lane.MESSENGER,
        is_repeatable=False,
    )


def send_human_message(page_id: str, contact_id: str, message: HumanMessage, *, is_late: bool) -> Call:
    """What a person wrote. Only this can carry the tag that holds for seven days.

    https://developers.facebook.com/documentation/business-messaging/messenger-platform/policy
    """
    kind = (
        {"messaging_type": "MESSAGE_TAG", "tag": HUMAN_AGENT} if is_late else {"messaging_type": "RESPONSE"}
    )
    return Call(
        method="POST",
        node=page_id,
        edge="messages",
        params={
            "recipient": {"id": contact_id},
            **kind,
            "message": {"text": message.text, "metadata": message.reference},
        },
        lane=Lane.MESSENGER,
        is_repeatable=False,
    )


def message_content(message: OutgoingMessage) -> dict[str, object]:
    content: dict[str, object] = {"metadata": message.reference}
    if message.buttons:
        buttons = [_button(button.title, button.url) for button in message.buttons]
        template = {"template_type": "button", "text": message.text, "buttons": buttons}
        content["attachment"] = {"type": "template", "payload": template}
    else:
        content["text"] = message.text
    if message.quick_replies:
        content["quick_replies"] = [
            {"content_type": "text", "title": reply.title, "payload": reply.payload}
            for reply in message.quick_replies
        ]
    return content


def _button(title: str, url: str) -> dict[str, str]:
    if url.startswith("tel:"):  # Meta takes web addresses only; a number is a button of its own
        return {"type": "phone_number", "title": title, "payload": url.removeprefix("tel:")}
    return {"type": "web_url", "title": title, "url": url}


def conversation(page_id: str, contact_id: str) -> Call:
    return Call(
        method="GET",
        node=page_id,
        edge="conversations",
        params={
            "platform": "MESSENGER",
            "user_id": contact_id,
            "fields": f"messages.limit({MAX_MESSAGES}){{id,message,from,created_time}}",
        },
        lane=Lane.MESSENGER,
    )


def find_message(answer: Mapping[str, Any], *, page_id: str, text: str, since: datetime) -> str | None:
    """The newest message of the page with this text. A text inside a template cannot be seen this way."""
    rows = [row for thread in answer["data"] for row in thread.get("messages", {}).get("data", [])]
    return newest_of_page(rows, page_id=page_id, text=text, since=since)


def newest_of_page(
    rows: Sequence[Mapping[str, Any]], *, page_id: str, text: str, since: datetime
) -> str | None:
    """The id of the newest row that the page wrote with this text at ``since`` or later."""
    found = [
        row
        for row in rows
        if str(row.get("from", {}).get("id")) == page_id
        and _normalised(row.get("message") or "") == _normalised(text)
        and parse_time(row["created_time"]) >= since.replace(microsecond=0)  # Meta counts whole seconds
    ]
    return str(max(found, key=lambda row: parse_time(row["created_time"]))["id"]) if found else None


def _normalised(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


# --- counters


def page_insights(page_id: str, names: Sequence[str], *, since: datetime, until: datetime) -> Call:
    return Call(
        method="GET",
        node=page_id,
        edge="insights",
        params={
            "metric": list(names),
            "period": "day",
            "since": int(since.timestamp()),
            "until": int(until.timestamp()),
        },
    )


def post_insights(post_id: str, names: Sequence[str]) -> Call:
    return Call(
        method="GET",
        node=post_id,
        edge="insights",
        params={"metric": list(names), "period": "lifetime"},
    )


def post_figures(post_id: str, fields: Sequence[str], metrics: Sequence[str]) -> Call:
    """A post's plain counters and its insights at once.

    https://developers.facebook.com/docs/graph-api/guides/field-expansion
    """
    insights = [f"insights.metric({','.join(metrics)}).period(lifetime)"] if metrics else []
    return fields_of(post_id, [*fields, *insights])


def fields_of(node: str, names: Sequence[str]) -> Call:
    return Call(method="GET", node=node, params={"fields": ",".join(names)})


# --- the wire


def encode(params: Mapping[str, object]) -> dict[str, str]:
    """Form or query fields: nested values are JSON, None is left out."""
    return {name: _encoded(value) for name, value in params.items() if value is not None}


def _encoded(value: object) -> str:
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def is_done(answer: Mapping[str, Any]) -> bool:
    return str(answer["success"]).lower() == "true"  # some guides print the word, the answers hold a value


def parse_time(text: str) -> datetime:
    """``2026-11-24T07:00:00+0000``: no colon in the offset."""
    return datetime.fromisoformat(text).astimezone(UTC)
