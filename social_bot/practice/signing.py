"""The practice sign-in: what stands in for Facebook Login while one rehearses how a page is connected.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
"""

from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter
from fastapi.responses import Response

from social_bot.errors import InvalidInput
from social_bot.practice.account import code_for
from social_bot.practice.stage import Stage
from social_bot.practice.visits import Templates, Visiting


def signing_routes(stage: Stage) -> APIRouter:
    router, templates = APIRouter(), Templates()

    @router.get("/{version}/dialog/oauth", name="dialog")
    def dialog(
        version: str, visit: Visiting, client_id: str = "", redirect_uri: str = "", state: str = ""
    ) -> Response:
        """What the app asks for, with a way on and a way back; only to a program on this machine."""
        del version
        if client_id != stage.config.app_id or not _is_here(redirect_uri):
            raise InvalidInput("The address to return to is not one of the app.")
        code = code_for(stage.config, redirect_uri)
        return templates.render(
            "dialog.html",
            visit,
            pages=stage.pages(),
            go_on=f"{redirect_uri}?{urlencode({'code': code, 'state': state})}",
            refuse=f"{redirect_uri}?{urlencode({'error': 'access_denied', 'state': state})}",
        )

    return router


def _is_here(address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
        return False
    try:
        return parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
