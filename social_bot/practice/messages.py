"""What a message to a person may hold: lengths, quick replies and buttons.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages
"""

from typing import Any

from social_bot.practice.refusals import bad_parameter

MOST_TEXT = 2000
MOST_TEMPLATE_TEXT = 640
MOST_QUICK_REPLIES = 13
MOST_TITLE = 20  # a longer title is not refused but cut
MOST_BUTTONS = 3
MOST_METADATA = 1000
_PARTS = frozenset({"text", "attachment", "quick_replies", "metadata"})
_BUTTON_NEEDS = {"postback": "payload", "web_url": "url", "phone_number": "payload"}
_MEDIA = frozenset({"image", "audio", "video", "file"})


def check_message(message: dict[str, Any]) -> None:
    unknown = sorted(message.keys() - _PARTS)
    if unknown:
        raise bad_parameter(f'Invalid keys "{", ".join(unknown)}" were found in param "message".')
    text, attachment = message.get("text"), message.get("attachment")
    if (text is None) == (attachment is None):
        raise bad_parameter("Param message must have either text or attachment")
    if text is not None and not str(text).strip():
        raise bad_parameter("Param message[text] must not be empty")
    if text is not None and len(str(text)) > MOST_TEXT:
        raise bad_parameter(f"Length of param message[text] must be less than or equal to {MOST_TEXT}")
    if len(str(message.get("metadata") or "")) > MOST_METADATA:
        raise bad_parameter(
            f"Length of param message[metadata] must be less than or equal to {MOST_METADATA}"
        )
    _check_quick_replies(message.get("quick_replies") or [])
    if attachment is not None:
        _check_attachment(attachment)


def message_content(message: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a checked message beside its text; titles are cut as Messenger cuts them."""
    content: dict[str, Any] = {}
    if message.get("metadata"):
        content["metadata"] = str(message["metadata"])
    if message.get("quick_replies"):
        content["quick_replies"] = [_cut(one) for one in message["quick_replies"]]
    attachment = message.get("attachment")
    if attachment is not None:
        payload = dict(attachment.get("payload") or {})
        if "buttons" in payload:
            payload["buttons"] = [_cut(one) for one in payload["buttons"]]
        content["attachments"] = [{"type": attachment["type"], "payload": payload}]
    return content


def _check_quick_replies(replies: object) -> None:
    if not isinstance(replies, list) or len(replies) > MOST_QUICK_REPLIES:
        raise bad_parameter(f"Param message[quick_replies] must have at most {MOST_QUICK_REPLIES} elements")
    for reply in replies:
        kind = reply.get("content_type") if isinstance(reply, dict) else None
        if kind not in {"text", "user_phone_number", "user_email"}:
            raise bad_parameter("Param message[quick_replies][content_type] must be a known type")
        if kind == "text" and not (reply.get("title") and reply.get("payload")):
            raise bad_parameter("A text quick reply needs a title and a payload")


def _check_attachment(attachment: object) -> None:
    kind = attachment.get("type") if isinstance(attachment, dict) else None
    payload = attachment.get("payload") if isinstance(attachment, dict) else None
    if not isinstance(payload, dict):
        raise bad_parameter("Param message[attachment][payload] must be an object")
    if kind in _MEDIA:
        if not str(payload.get("url", "")).startswith(("http://", "https://")):
            raise bad_parameter("Upload attachment failure.", subcode=2018047)
        return
    if kind != "template" or payload.get("template_type") != "button":
        raise bad_parameter("Param message[attachment][type] must be a known type")
    text, buttons = str(payload.get("text") or ""), payload.get("buttons")
    if not 0 < len(text) <= MOST_TEMPLATE_TEXT:
        raise bad_parameter(f"Param text of a button template must have 1 to {MOST_TEMPLATE_TEXT} characters")
    if not isinstance(buttons, list) or not 0 < len(buttons) <= MOST_BUTTONS:
        raise bad_parameter(f"A button template must have 1 to {MOST_BUTTONS} buttons")
    for button in buttons:
        needed = _BUTTON_NEEDS.get(str(button.get("type"))) if isinstance(button, dict) else None
        if needed is None or not button.get("title") or not button.get(needed):
            raise bad_parameter("A button needs a known type, a title and its payload or url")
        if needed == "url" and not str(button["url"]).startswith(("http://", "https://")):
            raise bad_parameter("Param url of a button must be a valid address")


def _cut(titled: dict[str, Any]) -> dict[str, Any]:
    return {**titled, "title": str(titled.get("title", ""))[:MOST_TITLE]}
