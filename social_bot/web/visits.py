"""A visit to a page: by whom, in which language, and whether it may be at all; forms read and checked.

Residents come without cookies. Workers choose a sample role, on this machine and in practice only: a live
page closes the staff's pages until sign-in exists.
"""

import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request, Response

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import operators, pages
from social_bot.organisation.directory import Organisation
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.roles import Rights, Role
from social_bot.translations import marked
from social_bot.web.moments import Moments
from social_bot.web.site import Site

COOKIE = "social_bot"
SESSION_LASTS = timedelta(hours=12)
FORM_LASTS = timedelta(hours=4)
FORM_LIMIT = 16 * 1024
TOKEN = "token"  # noqa: S105  (the name of a field)

STALE = marked("This form was open too long, or it came from elsewhere. Reload the page and try again.")
_HERE = {"localhost", "127.0.0.1", "::1"}


class MustEnter(Exception):
    """A worker's page is asked for by somebody who has chosen no role."""


@dataclass(frozen=True, kw_only=True)
class Worker:
    """An operator at work; ``session`` binds the forms to this browser."""

    name: str
    rights: Rights
    language: str
    session: str

    def holds(self, role: Role, page_id: str | None = None) -> bool:
        """On this page; without a page, on any at all."""
        return self.rights.holds(role, page_id)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """``token`` goes into every form of the page and comes back with it."""

    request: Request
    site: Site
    organisation: Organisation
    moments: Moments
    is_live: bool
    token: str
    worker: Worker | None = None

    @property
    def language(self) -> str:
        return self.moments.language


@dataclass(frozen=True, kw_only=True)
class StaffVisit(Visit):
    worker: Worker

    def holds(self, role: Role, page_id: str | None = None) -> bool:
        """On this page; without a page, on any at all."""
        return self.worker.holds(role, page_id)


def read_visit(request: Request, lang: str = "") -> Visit:
    """A visit by anybody: no cookie is read."""
    site: Site = request.app.state.site
    now = site.bot.now()
    with site.bot.database.read() as session:
        organisation, is_live = site.bot.organisation(session), pages.any_live(session)
    return Visit(
        request=request,
        site=site,
        organisation=organisation,
        moments=Moments(
            language=lang if lang in LANGUAGES else LANGUAGES[0], zone=organisation.zone, now=now
        ),
        is_live=is_live,
        token=site.seals.close("public-form", {"shown": now.isoformat()}, now=now, lasts=FORM_LASTS),
    )


def read_practice_visit(visit: Annotated[Visit, Depends(read_visit)]) -> Visit:
    """A visit to what is open in practice only. Raises ``NotAllowed`` with the reason otherwise."""
    if visit.is_live:
        raise NotAllowed("A page is live, so the staff's pages are closed until sign-in exists.")
    client = visit.request.client
    if client is None or not _is_loopback(client.host) or visit.request.url.hostname not in _HERE:
        raise NotAllowed(
            "In practice anybody may choose a role, so this page opens on the same machine only."
        )
    return visit


def read_staff_visit(visit: Annotated[Visit, Depends(read_practice_visit)], lang: str = "") -> StaffVisit:
    """A worker's visit. Raises ``MustEnter`` where no role has been chosen."""
    site, now = visit.site, visit.moments.now
    kept = site.seals.open("session", visit.request.cookies.get(COOKIE, ""), now=now)
    if kept is None:
        raise MustEnter
    with site.bot.database.read() as session:
        operator = next((row for row in operators.everyone(session) if row.name == kept["name"]), None)
    if operator is None:
        raise MustEnter
    language = lang if lang in LANGUAGES else kept["language"]
    staff = StaffVisit(
        request=visit.request,
        site=site,
        organisation=visit.organisation,
        moments=replace(visit.moments, language=language),
        is_live=visit.is_live,
        token=site.seals.close("form", {"session": kept["session"]}, now=now, lasts=FORM_LASTS),
        worker=Worker(
            name=operator.name,
            rights=operator.rights,
            language=kept["language"],
            session=kept["session"],
        ),
    )
    visit.request.state.visit = staff  # a refusal is shown among the staff's pages
    return staff


async def read_form(request: Request) -> Mapping[str, str]:
    """The form's fields, trimmed. Raises ``InvalidInput`` for a body that no form of ours sends."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_LIMIT:
            raise InvalidInput("The form holds too much. Shorten what you wrote.")
    try:
        fields = parse_qsl(bytes(body).decode(), keep_blank_values=True, max_num_fields=40)
    except ValueError as error:
        raise InvalidInput("The form could not be read. Reload the page and try again.") from error
    return {name: value.strip() for name, value in fields}


def read_public_form(
    visit: Annotated[Visit, Depends(read_visit)], form: Annotated[Mapping[str, str], Depends(read_form)]
) -> Mapping[str, str]:
    """A form with the token of a page that anybody may open. Raises ``NotAllowed`` without it."""
    if visit.site.seals.open("public-form", form.get(TOKEN, ""), now=visit.moments.now) is None:
        raise NotAllowed(STALE)
    return form


def read_staff_form(
    visit: Annotated[StaffVisit, Depends(read_staff_visit)],
    form: Annotated[Mapping[str, str], Depends(read_form)],
) -> Mapping[str, str]:
    """A form with the token of this worker's session. Raises ``NotAllowed`` without it."""
    sealed = visit.site.seals.open("form", form.get(TOKEN, ""), now=visit.moments.now)
    if sealed is None or sealed["session"] != visit.worker.session:
        raise NotAllowed(STALE)
    return form


def keep_session(response: Response, visit: Visit, *, name: str, session: str | None = None) -> None:
    """Set the worker's cookie: signed, of this site only, out of reach of scripts."""
    kept = {
        "name": name,
        "language": visit.language,
        "session": session or secrets.token_urlsafe(16),
    }
    response.set_cookie(
        COOKIE,
        visit.site.seals.close("session", kept, now=visit.moments.now, lasts=SESSION_LASTS),
        max_age=int(SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=visit.site.is_https,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


Anybody = Annotated[Visit, Depends(read_visit)]
InPractice = Annotated[Visit, Depends(read_practice_visit)]
Staff = Annotated[StaffVisit, Depends(read_staff_visit)]
Form = Annotated[Mapping[str, str], Depends(read_form)]
PublicForm = Annotated[Mapping[str, str], Depends(read_public_form)]
StaffForm = Annotated[Mapping[str, str], Depends(read_staff_form)]
