"""Which parameters each call takes, and reading them.

The names are those that Graph v26.0 accepts and that a Page's client may reasonably send; anything else is
refused, so that a misspelt parameter shows in a rehearsal and not on the day.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from social_bot.practice.refusals import bad_parameter

# https://developers.facebook.com/docs/graph-api/overview and .../guides/secure-requests
COMMON = frozenset(
    [
        "access_token",
        "after",
        "appsecret_proof",
        "before",
        "debug",
        "default_summary",
        "fields",
        "format",
        "include_headers",
        "limit",
        "locale",
        "metadata_summary",
        "method",
        "pretty",
        "suppress_http_code",
        "summary",
    ]
)
_LIST = frozenset(
    ["include_hidden", "limit", "offset", "order", "q", "show_expired", "since", "until", "with"]
)
_COMMENT_LIST = frozenset(["filter", "live_filter", "order", "since", "until"])
_COMMENT_WRITE = frozenset(
    ["attachment_id", "attachment_share_url", "attachment_url", "message", "parent_comment_id"]
)
_INSIGHTS = frozenset(
    ["breakdown", "date_preset", "metric", "period", "show_description_from_api_doc", "since", "until"]
)
_POST_EDIT = frozenset(
    [
        "attached_media",
        "backdated_time",
        "backdated_time_granularity",
        "is_hidden",
        "is_pinned",
        "is_published",
        "message",
        "place",
        "privacy",
        "scheduled_publish_time",
        "tags",
    ]
)
_THREAD_CONTROL = frozenset({"recipient", "metadata"})

# (method, kind of node, edge) -> accepted names. https://developers.facebook.com/docs/graph-api/reference/page
# and the pages of its edges; the Send API under .../messenger-platform/reference/send-api
ACCEPTED: Mapping[tuple[str, str, str], frozenset[str]] = {
    ("GET", "root", "debug_token"): frozenset({"input_token"}),
    ("GET", "oauth", "access_token"): frozenset(
        ["client_id", "client_secret", "code", "fb_exchange_token", "grant_type", "redirect_uri"]
    ),
    ("GET", "user", ""): frozenset(),
    ("GET", "user", "accounts"): frozenset({"is_place", "is_promotable"}),
    ("GET", "page", ""): frozenset(),
    ("GET", "page", "subscribed_apps"): frozenset(),
    ("POST", "page", "subscribed_apps"): frozenset({"subscribed_fields"}),
    ("DELETE", "page", "subscribed_apps"): frozenset(),
    ("GET", "page", "feed"): _LIST,
    ("GET", "page", "posts"): _LIST,
    ("GET", "page", "published_posts"): _LIST,
    ("GET", "page", "scheduled_posts"): frozenset({"since", "until"}),
    ("POST", "page", "feed"): frozenset(
        [
            "attached_media",
            "backdated_time",
            "backdated_time_granularity",
            "call_to_action",
            "caption",
            "child_attachments",
            "client_mutation_id",
            "composer_session_id",
            "description",
            "feed_targeting",
            "link",
            "message",
            "multi_share_end_card",
            "multi_share_optimized",
            "name",
            "picture",
            "place",
            "privacy",
            "published",
            "scheduled_publish_time",
            "tags",
            "targeting",
            "thumbnail",
            "unpublished_content_type",
        ]
    ),
    ("GET", "page", "photos"): frozenset({"type", "since", "until"}),
    ("POST", "page", "photos"): frozenset(
        [
            "alt_text_custom",
            "caption",
            "composer_session_id",
            "feed_targeting",
            "message",
            "name",
            "no_story",
            "place",
            "privacy",
            "published",
            "scheduled_publish_time",
            "source",
            "tags",
            "targeting",
            "temporary",
            "unpublished_content_type",
            "url",
        ]
    ),
    ("GET", "page", "insights"): _INSIGHTS,
    ("POST", "page", "messages"): frozenset(
        [
            "message",
            "messaging_type",
            "notification_type",
            "persona_id",
            "recipient",
            "reply_to",
            "sender_action",
            "tag",
            "thread_control",
        ]
    ),
    ("GET", "page", "conversations"): frozenset(
        ["folder", "platform", "tags", "updated_after_ms", "updated_before_ms", "user_id"]
    ),
    ("GET", "page", "messenger_profile"): frozenset({"platform"}),
    ("POST", "page", "messenger_profile"): frozenset(
        [
            "account_linking_url",
            "commands",
            "get_started",
            "greeting",
            "ice_breakers",
            "persistent_menu",
            "platform",
            "whitelisted_domains",
        ]
    ),
    ("DELETE", "page", "messenger_profile"): frozenset({"platform"}),
    ("GET", "page", "thread_owner"): frozenset({"recipient"}),
    ("POST", "page", "pass_thread_control"): _THREAD_CONTROL | {"target_app_id"},
    ("POST", "page", "take_thread_control"): _THREAD_CONTROL,
    ("POST", "page", "release_thread_control"): _THREAD_CONTROL,
    ("POST", "page", "request_thread_control"): _THREAD_CONTROL,
    ("GET", "post", ""): frozenset(),
    ("POST", "post", ""): _POST_EDIT,
    ("DELETE", "post", ""): frozenset(),
    ("GET", "post", "attachments"): frozenset(),
    ("GET", "post", "comments"): _COMMENT_LIST,
    ("POST", "post", "comments"): _COMMENT_WRITE,
    ("GET", "post", "reactions"): frozenset({"type"}),
    ("GET", "post", "likes"): frozenset(),
    ("POST", "post", "likes"): frozenset(),
    ("DELETE", "post", "likes"): frozenset(),
    ("GET", "post", "insights"): _INSIGHTS,
    ("GET", "photo", ""): frozenset(),
    ("POST", "photo", ""): frozenset({"alt_text_custom"}),
    ("DELETE", "photo", ""): frozenset(),
    ("GET", "comment", ""): frozenset(),
    ("POST", "comment", ""): frozenset({"attachment_id", "attachment_url", "is_hidden", "message"}),
    ("DELETE", "comment", ""): frozenset(),
    ("GET", "comment", "comments"): _COMMENT_LIST,
    ("POST", "comment", "comments"): _COMMENT_WRITE,
    ("GET", "comment", "reactions"): frozenset({"type"}),
    ("GET", "comment", "likes"): frozenset(),
    ("POST", "comment", "likes"): frozenset(),
    ("DELETE", "comment", "likes"): frozenset(),
    ("GET", "thread", ""): frozenset(),
    ("GET", "thread", "messages"): frozenset({"source"}),
    ("GET", "message", ""): frozenset(),
    ("GET", "person", ""): frozenset(),
}


@dataclass(frozen=True)
class Parameters:
    """What came with a call: text from forms and queries, any JSON from a JSON body."""

    values: Mapping[str, Any]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return None if value is None else str(value)

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        if str(value).lower() in {"true", "1"}:
            return True
        if str(value).lower() in {"false", "0"}:
            return False
        raise bad_parameter(f"Param {name} must be a boolean")

    def whole(self, name: str) -> int | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            return int(str(value))
        except ValueError as error:
            raise bad_parameter(f"Param {name} must be an integer") from error

    def moment(self, name: str) -> datetime | None:
        """Unix seconds, or an ISO 8601 text; a text without an offset is UTC."""
        text = self.text(name)
        if not text:
            return None
        try:
            if text.isdigit():
                return datetime.fromtimestamp(int(text), UTC)
            moment = datetime.fromisoformat(text)
        except (ValueError, OverflowError) as error:
            raise bad_parameter(f"Invalid parameter: {name}") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def mapping(self, name: str) -> dict[str, Any] | None:
        value = self._json(name)
        if value is not None and not isinstance(value, dict):
            raise bad_parameter(f"Param {name} must be an object.")
        return value

    def sequence(self, name: str) -> list[Any] | None:
        """A JSON list, or names with commas between them."""
        raw = self.values.get(name)
        if isinstance(raw, str) and not raw.lstrip().startswith("["):
            return [part.strip() for part in raw.split(",") if part.strip()]
        value = self._json(name)
        if value is not None and not isinstance(value, list):
            raise bad_parameter(f"Param {name} must be an array.")
        return value

    def _json(self, name: str) -> Any:
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_parameter(f"Param {name} must be valid JSON") from error


def check_names(names: frozenset[str], accepted: frozenset[str]) -> None:
    if "date_format" in names:  # an error since v26, for every version since 27 October 2026
        raise bad_parameter("The parameter date_format is no longer supported")
    unknown = sorted(names - accepted - COMMON)
    if unknown:
        raise bad_parameter(f"Unsupported parameter: {', '.join(unknown)}")
