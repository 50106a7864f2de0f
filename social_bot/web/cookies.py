"""Our cookies: out of reach of scripts, of this host alone, and over https only where the site is."""

from datetime import timedelta
from typing import Literal

from fastapi import Request, Response

from social_bot.web.site import Site

ROLE = "social_bot"
"""The sample role in practice, signed."""

SESSION = "social_bot_session"
"""The token of who has signed in."""

DOOR = "social_bot_door"
"""Binds the forms before the door to one browser."""

ERRAND = "social_bot_errand"
"""What was agreed before somebody was sent to the organisation's own sign-in."""


def read(request: Request, site: Site, name: str) -> str:
    return request.cookies.get(_full(name, site), "")


def keep(
    response: Response,
    site: Site,
    name: str,
    value: str,
    *,
    lasts: timedelta,
    samesite: Literal["lax", "strict"] = "lax",
) -> None:
    """``lax`` where people come in by a link: from an e-mail, or back from the organisation's own sign-in."""
    response.set_cookie(
        _full(name, site),
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        httponly=True,
        samesite=samesite,
        secure=site.is_https,
    )


def drop(response: Response, site: Site, name: str) -> None:
    response.delete_cookie(_full(name, site), path="/", httponly=True, secure=site.is_https)


def _full(name: str, site: Site) -> str:
    """Browsers keep a ``__Host-`` cookie only as this host set it, over https, for all of it."""
    return f"__Host-{name}" if site.is_https else name
