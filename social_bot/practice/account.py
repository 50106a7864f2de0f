"""Tokens, the Pages behind them, subscriptions and the Messenger profile.

https://developers.facebook.com/docs/facebook-login/guides/access-tokens and
https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from social_bot.practice import shapes
from social_bot.practice.call import Call, PracticeConfig
from social_bot.practice.faults import Fault
from social_bot.practice.paging import answer_page
from social_bot.practice.parameters import Parameters
from social_bot.practice.refusals import bad_parameter, dead_token, no_token, wrong_proof
from social_bot.practice.state import PageRow

# Fields of which the practice Page tells; a client may subscribe to others, which stay silent.
_SUBSCRIBABLE = frozenset(
    [
        "feed",
        "mention",
        "messages",
        "message_deliveries",
        "message_echoes",
        "message_edits",
        "message_reactions",
        "message_reads",
        "messaging_account_linking",
        "messaging_feedback",
        "messaging_handovers",
        "messaging_optins",
        "messaging_optouts",
        "messaging_policy_enforcement",
        "messaging_postbacks",
        "messaging_referrals",
        "ratings",
        "response_feedback",
        "standby",
        "conversations",
        "leadgen",
        "live_videos",
        "videos",
        "name",
        "picture",
        "category",
        "description",
    ]
)
_PROFILE_FIELDS = frozenset(
    [
        "account_linking_url",
        "commands",
        "get_started",
        "greeting",
        "ice_breakers",
        "persistent_menu",
        "subject_to_new_eu_privacy_rules",
        "whitelisted_domains",
    ]
)
_SCOPES = (
    "pages_show_list",
    "pages_manage_posts",
    "pages_manage_engagement",
    "pages_manage_metadata",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_messaging",
    "read_insights",
)
_DATA_ACCESS = timedelta(days=90)
_USER_ID = "122000000000001"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whose token it is: a Page's, else the practice user's or the app's."""

    page: PageRow | None = None
    is_user: bool = False


def user_token(config: PracticeConfig) -> str:
    """The token of the one practice user, who has every role on every Page."""
    return "EAAuser" + hmac.new(config.app_secret.encode(), b"practice user", hashlib.sha256).hexdigest()


def app_token(config: PracticeConfig) -> str:
    return f"{config.app_id}|{config.app_secret}"


def recognise(session: Session, config: PracticeConfig, token: str | None, proof: str | None) -> Caller:
    if not token:
        raise no_token()
    if proof is not None:
        expected = hmac.new(config.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, proof):
            raise wrong_proof()
    if hmac.compare_digest(token.encode(), user_token(config).encode()):
        return Caller(is_user=True)
    if hmac.compare_digest(token.encode(), app_token(config).encode()):
        return Caller()
    page = session.scalar(select(PageRow).where(PageRow.token == token))
    if page is None:
        raise dead_token()
    return Caller(page=page)


def debug_token(call: Call) -> object:
    token = call.parameters.text("input_token")
    if not token:
        raise bad_parameter("The parameter input_token is required")
    page = call.session.scalar(select(PageRow).where(PageRow.token == token))
    data: dict[str, Any] = {"app_id": call.config.app_id, "application": "social_bot"}
    if page is None and token != user_token(call.config):
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    data |= {
        "type": "PAGE" if page else "USER",
        "is_valid": True,
        "issued_at": int((page.created_at if page else call.now).timestamp()),
        "expires_at": int(page.token_expires_at.timestamp()) if page and page.token_expires_at else 0,
        "data_access_expires_at": int((call.now + _DATA_ACCESS).timestamp()),
        "scopes": list(_SCOPES),
        "granular_scopes": [{"scope": scope} for scope in _SCOPES],
        "user_id": _USER_ID,
    }
    if page is not None:
        data["profile_id"] = page.id
        subcode = _dead_subcode(page, call.now)
        if subcode is not None:
            refusal = dead_token(subcode)
            data["is_valid"] = False
            data["error"] = {"code": 190, "subcode": subcode, "message": refusal.message}
    return {"data": data}


def _dead_subcode(page: PageRow, now: datetime) -> int | None:
    if page.token_expires_at is not None and page.token_expires_at <= now:
        return 463
    return Fault.from_json(page.fault).dead_token_subcode


def code_for(config: PracticeConfig, return_to: str) -> str:
    """What the practice sign-in gives the browser to take along; good for this address only."""
    return hmac.new(config.app_secret.encode(), return_to.encode(), hashlib.sha256).hexdigest()


def exchange_token(config: PracticeConfig, parameters: Parameters) -> object:
    """A code or a short-lived token for the practice user's, or the app's own token."""
    if parameters.text("client_secret") != config.app_secret:
        raise bad_parameter("Error validating client secret.")
    if parameters.text("grant_type") == "client_credentials":
        return {"access_token": app_token(config), "token_type": "bearer"}
    code = parameters.text("code")
    if code is not None and code != code_for(config, parameters.text("redirect_uri") or ""):
        raise bad_parameter("This authorization code has been used, or belongs to another redirect_uri.")
    return {"access_token": user_token(config), "token_type": "bearer", "expires_in": 5_183_944}


def read_user(call: Call) -> object:
    del call
    return {"name": "Harjoittelija", "id": _USER_ID}


def list_accounts(call: Call) -> object:
    rows = list(call.session.scalars(select(PageRow).order_by(PageRow.created_at)))
    usual = call.fields or shapes.USUAL_OF_ACCOUNT
    return answer_page(
        call, rows, key=lambda row: row.id, shape=lambda row: shapes.show_page(call, row, usual)
    )


def read_page(call: Call, page: PageRow) -> object:
    return shapes.show_page(call, page, call.fields)


def list_subscribed_apps(call: Call, page: PageRow) -> object:
    if not page.subscribed_fields:
        return {"data": []}
    app = {
        "category": "Business",
        "link": "https://example.org/",
        "name": "social_bot",
        "id": call.config.app_id,
    }
    return {"data": [app | {"subscribed_fields": page.subscribed_fields}]}


def subscribe(call: Call, page: PageRow) -> object:
    names = [str(name) for name in call.parameters.sequence("subscribed_fields") or []]
    if not names:
        raise bad_parameter("The parameter subscribed_fields is required")
    for index, name in enumerate(names):
        if name not in _SUBSCRIBABLE:
            raise bad_parameter(f"Param subscribed_fields[{index}] must be one of the known fields")
    page.subscribed_fields = names
    return {"success": True}


def unsubscribe(call: Call, page: PageRow) -> object:
    del call
    page.subscribed_fields = []
    return {"success": True}


def read_messenger_profile(call: Call, page: PageRow) -> object:
    names = [one.name for one in call.fields]
    if not names:
        raise bad_parameter("The parameter fields is required")
    _check_profile_names(names)
    shown = {name: page.messenger_profile[name] for name in names if name in page.messenger_profile}
    return {"data": [shown] if shown else []}


def set_messenger_profile(call: Call, page: PageRow) -> object:
    changed = {
        name: _profile_value(call, name) for name in sorted(_PROFILE_FIELDS) if name in call.parameters
    }
    if not changed:
        raise bad_parameter("Requires one of the params: " + ",".join(sorted(_PROFILE_FIELDS)))
    profile = page.messenger_profile | changed
    menu = profile.get("persistent_menu")
    if menu is not None:
        if not any(isinstance(one, dict) and one.get("locale") == "default" for one in menu):
            raise bad_parameter("A default locale must be set for the persistent menu")
        if "get_started" not in profile:
            raise bad_parameter("You must set a Get Started button if you also wish to use persistent menu")
    page.messenger_profile = profile
    return {"result": "success"}


def delete_messenger_profile(call: Call, page: PageRow) -> object:
    names = [str(name) for name in call.parameters.sequence("fields") or []]
    _check_profile_names(names)
    page.messenger_profile = {
        name: value for name, value in page.messenger_profile.items() if name not in names
    }
    return {"result": "success"}


def _profile_value(call: Call, name: str) -> object:
    if name == "get_started":
        value = call.parameters.mapping(name) or {}
        if not value.get("payload"):
            raise bad_parameter("Param get_started[payload] is required")
        return value
    if name == "account_linking_url":
        return call.parameters.text(name)
    return call.parameters.sequence(name)


def _check_profile_names(names: list[str]) -> None:
    for name in names:
        if name not in _PROFILE_FIELDS:
            raise bad_parameter(f"Param fields must be one of {{{', '.join(sorted(_PROFILE_FIELDS))}}}")
