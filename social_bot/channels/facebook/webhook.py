"""Bytes that Facebook delivers -> events. Pure; nothing that is well-formed JSON is ever refused.

Envelope and signature: https://developers.facebook.com/docs/graph-api/webhooks/getting-started. Messages:
https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks. Comments:
https://developers.facebook.com/docs/graph-api/webhooks/reference/page/
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from social_bot.channels.facebook.feed import FEED_FIELDS, feed_event
from social_bot.channels.facebook.messaging import messaging_event
from social_bot.channels.facebook.values import as_id, as_list, as_mapping, as_text, event_key
from social_bot.channels.ports import EventKind, InboundEvent
from social_bot.errors import InvalidInput

_LISTS = ("messaging", "standby", "changes")
_NO_JSON = "The delivery is no JSON object. Check what sends to the webhook address."
_DASHBOARD = "0"  # the entry id of the dashboard's test button


def verify_signature(body: bytes, header: str | None, app_secret: SecretStr) -> bool:
    """``X-Hub-Signature-256`` over the bytes as received: parsed and written again they differ."""
    expected = "sha256=" + hmac.new(app_secret.get_secret_value().encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), (header or "").encode(errors="replace"))


def parse_delivery(body: bytes, *, own_app_id: str) -> list[InboundEvent]:
    """Every event of a delivery, in its order; what is not understood is ``UNKNOWN``.

    The same event delivered again has the same ``key``, also inside one delivery. Raises ``InvalidInput``
    for a body that is no JSON object.
    """
    try:
        delivery = json.loads(body)
        if isinstance(delivery, dict):
            return list(_events(delivery, own_app_id))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(_NO_JSON) from error
    raise InvalidInput(_NO_JSON)


def _events(delivery: Mapping[str, Any], own_app_id: str) -> Iterator[InboundEvent]:
    for entry in as_list(delivery.get("entry")):
        if delivery.get("object", "page") == "page":
            yield from _entry(as_mapping(entry), own_app_id)
        else:
            yield _unknown("", "entry", entry)


def _entry(entry: Mapping[str, Any], own_app_id: str) -> Iterator[InboundEvent]:
    page_id = as_id(entry.get("id")) or ""
    if not any(name in entry for name in _LISTS):
        yield _unknown(page_id, "entry", entry)
    for name in _LISTS:
        for item in as_list(entry.get(name)):
            event = _event(name, item, entry, page_id=page_id, own_app_id=own_app_id)
            event = event or _unknown(page_id, name, item)
            yield replace(event, kind=EventKind.TEST) if page_id == _DASHBOARD else event


def _event(
    name: str, item: object, entry: Mapping[str, Any], *, page_id: str, own_app_id: str
) -> InboundEvent | None:
    fields = as_mapping(item)
    if name != "changes":
        event = messaging_event(fields, page_id=page_id, own_app_id=own_app_id)
        return _standing_by(event) if event and name == "standby" else event
    field, value = as_text(fields.get("field")), as_mapping(fields.get("value"))
    if field in FEED_FIELDS:
        return feed_event(value, field=field, page_id=page_id, sent=entry.get("time"))
    return messaging_event(value, page_id=page_id, own_app_id=own_app_id)


def _standing_by(event: InboundEvent) -> InboundEvent:
    """Another app or a person holds the thread; ``action`` keeps what kind of event it was.

    A handover says itself who holds the thread from now on, and stays what it is.
    """
    if event.kind is EventKind.HANDOVER:
        return event
    return replace(event, kind=EventKind.STANDBY, key=f"standby:{event.key}", action=event.kind.value)


def _unknown(page_id: str, name: str, item: object) -> InboundEvent:
    return InboundEvent(
        key=event_key(page_id, "unknown", name, item),
        kind=EventKind.UNKNOWN,
        page_id=page_id,
        item=as_text(as_mapping(item).get("field")),
    )
