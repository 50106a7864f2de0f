"""One item of ``messaging[]`` or ``standby[]`` -> an event. Pure.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from social_bot.channels.facebook.values import as_id, as_list, as_mapping, as_text, as_time, event_key
from social_bot.channels.ports import EventKind, InboundEvent


@dataclass(frozen=True, kw_only=True)
class _Item:
    """An item with its people sorted out: ``contact_id`` is the person, whoever wrote."""

    fields: Mapping[str, Any]
    page_id: str
    contact_id: str | None
    is_from_page: bool
    own_app_id: str

    def event(self, kind: EventKind, *parts: object, mid: str | None = None) -> InboundEvent:
        """With a ``mid`` of its own that is the key, otherwise who, what and when together."""
        time = self.fields.get("timestamp")
        who = self.contact_id or as_id(as_mapping(self.fields.get("sender")).get("user_ref"))
        return InboundEvent(
            key=event_key(self.page_id, "mid", mid)
            if mid
            else event_key(self.page_id, kind.value, who, *parts, as_id(time)),
            kind=kind,
            page_id=self.page_id,
            contact_id=self.contact_id,
            occurred_at=as_time(time),
            message_id=mid,
        )


def messaging_event(fields: Mapping[str, Any], *, page_id: str, own_app_id: str) -> InboundEvent | None:
    """None for what is not understood, or is not between this page and a person."""
    sender = as_id(as_mapping(fields.get("sender")).get("id"))
    recipient = as_id(as_mapping(fields.get("recipient")).get("id"))
    is_from_page = sender == page_id or as_mapping(fields.get("message")).get("is_echo") is True
    ours, contact_id = (sender, recipient) if is_from_page else (recipient, sender)
    if ours not in {None, page_id} or not (contact_id is None or contact_id.isdecimal()):
        return None
    item = _Item(
        fields=fields,
        page_id=page_id,
        contact_id=contact_id,
        is_from_page=is_from_page,
        own_app_id=own_app_id,
    )
    for name, parse in _PARSERS.items():
        if isinstance(value := fields.get(name), dict):
            return parse(item, value)
    return None


def _message(item: _Item, message: Mapping[str, Any]) -> InboundEvent | None:
    mid = as_id(message.get("mid"))
    if item.contact_id is None:
        return None
    if message.get("is_deleted"):  # names the message once more, and must not pass for a duplicate of it
        whose = "echo" if item.is_from_page else None
        return replace(item.event(EventKind.UNSEND, mid), message_id=mid, item=whose)
    text = as_text(message.get("text"))
    has_attachment = bool(as_list(message.get("attachments"))) or "sticker_id" in message
    if item.is_from_page:
        kind = EventKind.ECHO
    elif message.get("is_unsupported") or not (text or has_attachment):
        kind = EventKind.UNSUPPORTED
    else:
        kind = EventKind.MESSAGE
    app_id = as_id(message.get("app_id"))
    return replace(
        item.event(kind, message, mid=mid),
        text=text,
        payload=as_text(as_mapping(message.get("quick_reply")).get("payload")),
        has_attachment=has_attachment,
        app_id=app_id,
        reference=as_text(message.get("metadata")) if app_id == item.own_app_id else None,
    )


def _postback(item: _Item, postback: Mapping[str, Any]) -> InboundEvent:
    title, payload = as_text(postback.get("title")), as_text(postback.get("payload"))
    event = item.event(EventKind.POSTBACK, payload, title, mid=as_id(postback.get("mid")))
    return replace(event, text=title or None, payload=payload)


def _edit(item: _Item, edit: Mapping[str, Any]) -> InboundEvent:
    mid = as_id(edit.get("mid"))
    event = item.event(EventKind.EDIT, mid, as_id(edit.get("num_edit")))
    return replace(event, message_id=mid, text=as_text(edit.get("text")))


def _reaction(item: _Item, reaction: Mapping[str, Any]) -> InboundEvent:
    mid, action = as_id(reaction.get("mid")), as_text(reaction.get("action"))
    return replace(item.event(EventKind.REACTION, mid, action), message_id=mid, action=action)


def _read(item: _Item, read: Mapping[str, Any]) -> InboundEvent:
    mid = as_id(read.get("mid"))
    return replace(item.event(EventKind.READ, mid, as_id(read.get("watermark"))), message_id=mid)


def _delivery(item: _Item, delivery: Mapping[str, Any]) -> InboundEvent:
    mids = [mid for mid in map(as_id, as_list(delivery.get("mids"))) if mid]
    event = item.event(EventKind.DELIVERY, *mids, as_id(delivery.get("watermark")))
    return replace(event, message_id=mids[0] if len(mids) == 1 else None)


def _referral(item: _Item, referral: Mapping[str, Any]) -> InboundEvent:
    ref = as_text(referral.get("ref"))
    return replace(item.event(EventKind.REFERRAL, ref, as_text(referral.get("source"))), payload=ref)


def _optin(item: _Item, optin: Mapping[str, Any]) -> InboundEvent:
    payload = as_text(optin.get("payload") or optin.get("ref"))
    return replace(item.event(EventKind.OPTIN, as_id(optin.get("user_ref")), payload), payload=payload)


def _handover(item: _Item, value: Mapping[str, Any], *, action: str) -> InboundEvent:
    owner = as_id(value.get("new_owner_app_id") or value.get("requested_owner_app_id"))
    return replace(item.event(EventKind.HANDOVER, action, owner), action=action, new_owner_app_id=owner)


def _policy(item: _Item, policy: Mapping[str, Any]) -> InboundEvent:
    action = as_text(policy.get("action"))
    return replace(item.event(EventKind.POLICY, action), action=action, text=as_text(policy.get("reason")))


_PARSERS: dict[str, Callable[[_Item, Mapping[str, Any]], InboundEvent | None]] = {
    "message": _message,
    "message_edit": _edit,
    "postback": _postback,
    "reaction": _reaction,
    "read": _read,
    "delivery": _delivery,
    "referral": _referral,
    "optin": _optin,
    "pass_thread_control": partial(_handover, action="pass"),
    "take_thread_control": partial(_handover, action="take"),
    "request_thread_control": partial(_handover, action="request"),
    "app_roles": partial(_handover, action="roles"),
    "policy_enforcement": _policy,
    "policy-enforcement": _policy,
}
