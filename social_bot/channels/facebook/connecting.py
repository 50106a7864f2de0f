"""Facebook Login and the look at conversations, as data. Pure.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow,
https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived,
https://developers.facebook.com/docs/graph-api/reference/user/accounts and
https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from social_bot.channels.facebook.connection import PERMISSIONS
from social_bot.channels.facebook.protocol import MAX_MESSAGES, Call, parse_time
from social_bot.channels.facebook.usage import Lane
from social_bot.channels.ports import OfferedPage, SeenThread

DIALOG_URL = "https://www.facebook.com"
_THREADS = 25


def dialog_address(base: str, *, version: str, app_id: str, return_to: str, state: str) -> str:
    query = {
        "client_id": app_id,
        "redirect_uri": return_to,
        "state": state,
        "response_type": "code",
        "scope": ",".join(PERMISSIONS),
    }
    return f"{base}/{version}/dialog/oauth?{urlencode(query)}"


def exchange_code(app_id: str, app_secret: SecretStr, *, code: str, return_to: str) -> Call:
    return _exchange(app_id, app_secret, {"redirect_uri": return_to, "code": code})


def exchange_for_lasting(app_id: str, app_secret: SecretStr, *, token: SecretStr) -> Call:
    """About 60 days; the tokens of pages that it gives do not end by themselves."""
    return _exchange(
        app_id,
        app_secret,
        {"grant_type": "fb_exchange_token", "fb_exchange_token": token.get_secret_value()},
    )


def _exchange(app_id: str, app_secret: SecretStr, params: Mapping[str, object]) -> Call:
    return Call(
        method="GET",
        node="oauth",
        edge="access_token",
        params={"client_id": app_id, "client_secret": app_secret.get_secret_value(), **params},
    )


def parse_exchange(answer: Mapping[str, Any]) -> SecretStr:
    return SecretStr(str(answer["access_token"]))


def token_type(answer: Mapping[str, Any]) -> str:
    """``PAGE``, ``USER`` or ``SYSTEM_USER``; empty for a token that is none."""
    data = answer["data"]
    return str(data.get("type", "")).upper() if data.get("is_valid") else ""


def accounts() -> Call:
    return Call(method="GET", node="me", edge="accounts", params={"fields": "id,name,access_token"})


def own_page() -> Call:
    return Call(method="GET", node="me", params={"fields": "id,name"})


def parse_account(row: Mapping[str, Any], *, token: SecretStr | None = None) -> OfferedPage | None:
    """None for a page whose token the person may not have: they have no task on it."""
    own = token or (SecretStr(str(row["access_token"])) if row.get("access_token") else None)
    if own is None:
        return None
    return OfferedPage(page_id=str(row["id"]), name=str(row.get("name") or row["id"]), token=own)


def unsubscribe(page_id: str) -> Call:
    return Call(method="DELETE", node=page_id, edge="subscribed_apps")


def routing(page_id: str) -> Call:
    return Call(method="GET", node=page_id, params={"fields": "messaging_feature_status"})


def parse_routing(answer: Mapping[str, Any]) -> bool | None:
    """Whether Conversation Routing, Meta's ``hop_v2``, is on; None where Meta does not tell."""
    status = answer.get("messaging_feature_status")
    told = status.get("hop_v2") if isinstance(status, dict) else None
    return told if isinstance(told, bool) else None


def recent_threads(page_id: str, *, since: datetime) -> Call:
    """Ids and times alone: nobody's words are asked for."""
    return Call(
        method="GET",
        node=page_id,
        edge="conversations",
        params={
            "platform": "MESSENGER",
            "updated_after_ms": int(since.timestamp() * 1000),
            "fields": f"updated_time,participants,messages.limit({MAX_MESSAGES}){{id,from,created_time}}",
            "limit": _THREADS,
        },
        lane=Lane.MESSENGER,
    )


def parse_thread(row: Mapping[str, Any], *, page_id: str, since: datetime) -> SeenThread | None:
    """None for a conversation with nobody, or an older one: Meta may not know ``updated_after_ms``."""
    others = [
        str(each["id"]) for each in row.get("participants", {}).get("data", []) if str(each["id"]) != page_id
    ]
    last_at = parse_time(row["updated_time"])
    if not others or last_at < since.replace(microsecond=0):
        return None
    messages = [
        str(each["id"])
        for each in row.get("messages", {}).get("data", [])
        if str(each.get("from", {}).get("id")) == page_id
        and parse_time(each["created_time"]) >= since.replace(microsecond=0)
    ]
    return SeenThread(contact_id=others[0], last_at=last_at, page_messages=messages)


def thread_owner(page_id: str, contact_id: str) -> Call:
    return Call(
        method="GET",
        node=page_id,
        edge="thread_owner",
        params={"recipient": contact_id},
        lane=Lane.MESSENGER,
    )


def parse_owner(answer: Mapping[str, Any]) -> str | None:
    for row in answer["data"]:
        owner = row.get("thread_owner") or {}
        if owner.get("app_id"):
            return str(owner["app_id"])
    return None
