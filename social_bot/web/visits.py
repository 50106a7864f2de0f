"""A visit to a page: by whom, in which language, and whether it may be at all; forms read and checked.

Residents come without cookies. Workers sign in; in practice, on this machine and before anybody can sign in,
they choose a sample role instead.
"""

import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Request, Response

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import entering, operators, pages, sessions
from social_bot.organisation.directory import Organisation
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.roles import Rights, Role
from social_bot.organisation.sessions import StaffSessionRow, Stage
from social_bot.translations import marked
from social_bot.web import cookies
from social_bot.web.moments import Moments
from social_bot.web.site import Site

COOKIE = cookies.ROLE
ROLE_LASTS = timedelta(hours=12)
FORM_LASTS = timedelta(hours=4)
FORM_LIMIT = 16 * 1024
TOKEN = "token"  # noqa: S105  (the name of a field)

STALE = marked("This form was open too long, or it came from elsewhere. Reload the page and try again.")
SECOND_STEP, SET_UP = "/sign-in/step", "/sign-in/set-up"
_HERE = {"localhost", "127.0.0.1", "::1"}


class MustEnter(Exception):
    """A worker's page is asked for by somebody who must pass a door first."""

    def __init__(self, door: str = "/enter") -> None:
        super().__init__(door)
        self.door = door


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
    must_sign_in: bool
    token: str
    worker: Worker | None = None
    signed_in: StaffSessionRow | None = None

    @property
    def language(self) -> str:
        return self.moments.language


@dataclass(frozen=True, kw_only=True)
class StaffVisit(Visit):
    """``signed_in`` is None in practice, where a role was chosen."""

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
        must_sign_in = entering.is_required(
            session, is_live=is_live, has_provider=site.bot.settings.oidc_issuer is not None
        )
    return Visit(
        request=request,
        site=site,
        organisation=organisation,
        moments=Moments(
            language=lang if lang in LANGUAGES else LANGUAGES[0], zone=organisation.zone, now=now
        ),
        is_live=is_live,
        must_sign_in=must_sign_in,
        token=site.seals.close("public-form", {"shown": now.isoformat()}, now=now, lasts=FORM_LASTS),
    )


def read_practice_visit(visit: Annotated[Visit, Depends(read_visit)]) -> Visit:
    """A visit to what is open in practice only, and only on this machine.

    Raises ``MustEnter`` once people sign in, ``NotAllowed`` with the reason elsewhere.
    """
    if visit.must_sign_in:
        raise MustEnter("/sign-in")
    client = visit.request.client
    if client is None or not is_loopback(client.host) or visit.request.url.hostname not in _HERE:
        raise NotAllowed(
            "In practice anybody may choose a role, so this page opens on the same machine only."
        )
    return visit


def read_staff_visit(visit: Annotated[Visit, Depends(read_visit)], lang: str = "") -> StaffVisit:
    """A worker's visit. Raises ``MustEnter`` with the door where nobody is known yet."""
    staff = _signed_in(visit, lang) if visit.must_sign_in else _in_a_role(read_practice_visit(visit), lang)
    visit.request.state.visit = staff  # a refusal is shown among the staff's pages
    return staff


def _in_a_role(visit: Visit, lang: str) -> StaffVisit:
    site = visit.site
    kept = site.seals.open("session", cookies.read(visit.request, site, cookies.ROLE), now=visit.moments.now)
    if kept is None:
        raise MustEnter
    with site.bot.database.read() as session:
        operator = next((row for row in operators.everyone(session) if row.name == kept["name"]), None)
    if operator is None:
        raise MustEnter
    worker = Worker(
        name=operator.name, rights=operator.rights, language=kept["language"], session=kept["session"]
    )
    return _at_work(visit, worker, lang, signed_in=None)


def _signed_in(visit: Visit, lang: str) -> StaffVisit:
    """By the session of this browser; its language and its last act are noted, reloading by a script is none."""
    site, request, now = visit.site, visit.request, visit.moments.now
    database = site.bot.database
    with database.read() as session:
        found = sessions.find(session, cookies.read(request, site, cookies.SESSION), now=now)
    if found is None:
        raise MustEnter(_door_with_way_back(request))
    row, operator = found
    if row.stage is not Stage.COMPLETE:
        raise MustEnter(SECOND_STEP if row.stage is Stage.SECOND_STEP else SET_UP)
    is_script = request.method == "GET" and request.headers.get("sec-fetch-dest") == "empty"
    is_new_language = lang in LANGUAGES and lang != row.language
    if is_new_language or (sessions.should_note(row, now=now) and not is_script):
        with database.write() as session:
            sessions.note_seen(session, row.id or 0, language=lang if is_new_language else None, now=now)
    worker = Worker(name=operator.name, rights=operator.rights, language=row.language, session=str(row.id))
    return _at_work(visit, worker, lang, signed_in=row)


def _at_work(visit: Visit, worker: Worker, lang: str, *, signed_in: StaffSessionRow | None) -> StaffVisit:
    now = visit.moments.now
    language = lang if lang in LANGUAGES else worker.language
    return StaffVisit(
        request=visit.request,
        site=visit.site,
        organisation=visit.organisation,
        moments=replace(visit.moments, language=language),
        is_live=visit.is_live,
        must_sign_in=visit.must_sign_in,
        token=visit.site.seals.close("form", {"session": worker.session}, now=now, lasts=FORM_LASTS),
        worker=worker,
        signed_in=signed_in,
    )


def _door_with_way_back(request: Request) -> str:
    if request.method != "GET" or request.url.path == "/":
        return "/sign-in"
    way = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    return f"/sign-in?{urlencode({'next': way})}"


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
    """Set the cookie of a sample role: signed, of this site only, out of reach of scripts."""
    kept = {
        "name": name,
        "language": visit.language,
        "session": session or secrets.token_urlsafe(16),
    }
    sealed = visit.site.seals.close("session", kept, now=visit.moments.now, lasts=ROLE_LASTS)
    cookies.keep(response, visit.site, cookies.ROLE, sealed, lasts=ROLE_LASTS, samesite="strict")


def is_loopback(host: str) -> bool:
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
