"""Whether a page's token lives, what it may do, and whether the page's events reach us. Pure.

https://developers.facebook.com/docs/graph-api/reference/debug_token/ and
https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps/
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from social_bot.channels.facebook.protocol import Call
from social_bot.channels.ports import ConnectionReport
from social_bot.errors import ConnectionLost

# What each permission is for: publishing, its reading back, answering comments, events, messages, comments, counters.
PERMISSIONS = (
    "pages_show_list",
    "pages_manage_posts",
    "pages_read_engagement",
    "pages_manage_engagement",
    "pages_manage_metadata",
    "pages_messaging",
    "pages_read_user_content",
    "read_insights",
)

SUBSCRIPTIONS = (
    "feed",
    "mention",
    "ratings",
    "messages",
    "message_deliveries",
    "message_echoes",
    "message_edits",
    "message_reactions",
    "message_reads",
    "messaging_handovers",
    "messaging_optins",
    "messaging_policy_enforcement",
    "messaging_postbacks",
    "messaging_referrals",
    "standby",
)


def debug_token(token: str) -> Call:
    """https://developers.facebook.com/docs/graph-api/reference/debug_token/ takes it in the query only."""
    return Call(method="GET", node="debug_token", params={"input_token": token})


def subscriptions(page_id: str) -> Call:
    return Call(method="GET", node=page_id, edge="subscribed_apps")


def subscribe(page_id: str) -> Call:
    return Call(
        method="POST",
        node=page_id,
        edge="subscribed_apps",
        params={"subscribed_fields": list(SUBSCRIPTIONS)},
    )


def parse_token(answer: Mapping[str, Any], *, page_id: str, app_id: str = "") -> ConnectionReport:
    """``expires_at`` is the first of the token's own end and the end of its access to data; 0 means never.

    A permission that was granted for other pages only is missing here.
    """
    data = answer["data"]
    elsewhere = {
        each["scope"]
        for each in data.get("granular_scopes", ())
        if each.get("target_ids") and page_id not in {str(target) for target in each["target_ids"]}
    }
    scopes = set(data.get("scopes", ())) - elsewhere
    ends = [data.get(key) for key in ("expires_at", "data_access_expires_at")]
    is_valid = bool(data.get("is_valid"))
    problem = None
    if not is_valid:
        problem = "Facebook no longer accepts the connection of this page. Connect the page again."
    elif str(data.get("profile_id", page_id)) != page_id:
        is_valid, problem = False, "The token belongs to another page. Connect this page again."
    elif app_id and str(data.get("app_id", app_id)) != app_id:
        is_valid, problem = False, "The token was made for another app. Connect this page again."
    access_ends = data.get("data_access_expires_at")
    return ConnectionReport(
        is_valid=is_valid,
        expires_at=min((datetime.fromtimestamp(end, UTC) for end in ends if end), default=None),
        missing_permissions=[name for name in PERMISSIONS if name not in scopes],
        missing_subscriptions=(),
        api_version=None,
        problem=problem,
        data_access_expires_at=datetime.fromtimestamp(access_ends, UTC) if access_ends else None,
    )


def lost_connection(lost: ConnectionLost) -> ConnectionReport:
    """The report of a token so dead that even the question about it is refused."""
    return ConnectionReport(
        is_valid=False,
        expires_at=None,
        missing_permissions=(),
        missing_subscriptions=(),
        api_version=None,
        problem=str(lost),
    )


def missing_subscriptions(answer: Mapping[str, Any], *, app_id: str) -> list[str]:
    subscribed = {
        name
        for app in answer["data"]
        if str(app.get("id")) == app_id
        for name in app.get("subscribed_fields", ())
    }
    return [name for name in SUBSCRIPTIONS if name not in subscribed]
