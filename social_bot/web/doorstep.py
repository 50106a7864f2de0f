"""Before the door: forms bound to one browser, and those who have proved one thing and not yet the other."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Query, Request, Response

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import sessions
from social_bot.organisation.entering import Place
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.operators import OperatorRow
from social_bot.organisation.sessions import LONGEST, StaffSessionRow, Stage
from social_bot.web import cookies
from social_bot.web.pages import render, see_other
from social_bot.web.visits import (
    FORM_LASTS,
    SECOND_STEP,
    SET_UP,
    STALE,
    TOKEN,
    Anybody,
    Form,
    MustEnter,
    Visit,
    is_loopback,
)

_DOOR_LASTS = timedelta(days=1)
_BROWSERS = (
    *(("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox")),
    *(("Chrome", "Chrome"), ("Safari", "Safari")),
)
_SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS X", "Mac"), ("Linux", "Linux")),
)


@dataclass(frozen=True, kw_only=True)
class Doorstep(Visit):
    """Somebody who has not come in. ``door`` is this browser's; ``onward`` a page of ours, or empty."""

    door: str
    onward: str

    @property
    def place(self) -> Place:
        return place(self.request, self.request.query_params.get("lang", ""))

    def at(self, path: str, **values: str) -> str:
        """An address that keeps the language and the way on."""
        kept = {"lang": self.language, **({"next": self.onward} if self.onward else {}), **values}
        return f"{path}?{urlencode(kept)}"


@dataclass(frozen=True, kw_only=True)
class HalfVisit(Doorstep):
    """Somebody whose password was right, with the second step before them."""

    session: StaffSessionRow
    operator: OperatorRow


def read_doorstep(visit: Anybody, onward: Annotated[str, Query(alias="next")] = "") -> Doorstep:
    """A visit by anybody, with a cookie that only this browser has: a form made elsewhere is none of its own."""
    site, now = visit.site, visit.moments.now
    kept = site.seals.open("door", cookies.read(visit.request, site, cookies.DOOR), now=now)
    door = kept["id"] if kept else secrets.token_urlsafe(16)
    token = site.seals.close("door-form", {"door": door}, now=now, lasts=FORM_LASTS)
    step = Doorstep(**{**vars(visit), "token": token}, door=door, onward=safe_path(onward))
    visit.request.state.visit = step
    return step


def read_door_form(step: Annotated[Doorstep, Depends(read_doorstep)], form: Form) -> Mapping[str, str]:
    """A form of this browser's own. Raises ``NotAllowed`` for one made elsewhere."""
    sealed = step.site.seals.open("door-form", form.get(TOKEN, ""), now=step.moments.now)
    if sealed is None or sealed["door"] != step.door:
        raise NotAllowed(STALE)
    return form


def read_half_visit(step: Annotated[Doorstep, Depends(read_doorstep)]) -> HalfVisit:
    """Who has given the password. Raises ``MustEnter`` for others, also for who is in already."""
    site, now = step.site, step.moments.now
    with site.bot.database.read() as session:
        found = sessions.find(session, cookies.read(step.request, site, cookies.SESSION), now=now)
    if found is None:
        raise MustEnter(step.at("/sign-in"))
    row, operator = found
    if row.stage is Stage.COMPLETE:
        raise MustEnter(step.onward or "/")
    language = step.language if "lang" in step.request.query_params else row.language or step.language
    token = site.seals.close("half-form", {"session": str(row.id)}, now=now, lasts=FORM_LASTS)
    moments = replace(step.moments, language=language if language in LANGUAGES else LANGUAGES[0])
    half = HalfVisit(**{**vars(step), "moments": moments, "token": token}, session=row, operator=operator)
    step.request.state.visit = half
    return half


def read_half_form(half: Annotated[HalfVisit, Depends(read_half_visit)], form: Form) -> Mapping[str, str]:
    sealed = half.site.seals.open("half-form", form.get(TOKEN, ""), now=half.moments.now)
    if sealed is None or sealed["session"] != str(half.session.id):
        raise NotAllowed(STALE)
    return form


def show(step: Doorstep, template: str, *, status: int = 200, **values: object) -> Response:
    """A page before the door; the browser gets its cookie with it."""
    response = render(step, template, status=status, **values)
    sealed = step.site.seals.close("door", {"id": step.door}, now=step.moments.now, lasts=_DOOR_LASTS)
    cookies.keep(response, step.site, cookies.DOOR, sealed, lasts=_DOOR_LASTS)
    return response


def let_in(visit: Visit, token: str, path: str) -> Response:
    """Onward with a new session: the token of before, if there was one, is replaced and dead."""
    response = see_other(path)
    keep_token(response, visit, token)
    return response


def keep_token(response: Response, visit: Visit, token: str) -> None:
    cookies.keep(response, visit.site, cookies.SESSION, token, lasts=LONGEST)


def forget_old(visit: Visit) -> None:
    """Whoever signs in anew leaves what this browser had before: it is ended, not taken over."""
    site, now = visit.site, visit.moments.now
    with site.bot.database.write() as session:
        found = sessions.find(session, cookies.read(visit.request, site, cookies.SESSION), now=now)
        if found is not None:
            sessions.end(session, found[1].name, found[0].id or 0, now=now, is_said=False)


def next_step(site_visit: Visit, token: str) -> str:
    """Where a session that has just begun goes on."""
    with site_visit.site.bot.database.read() as session:
        found = sessions.find(session, token, now=site_visit.moments.now)
    stage = found[0].stage if found else Stage.SECOND_STEP
    return {Stage.SECOND_STEP: SECOND_STEP, Stage.SET_UP: SET_UP, Stage.COMPLETE: "/"}[stage]


def safe_path(path: str) -> str:
    """The path where it leads to a page of ours, else nothing: no other host, no scheme, no tricks of browsers."""
    parts = urlsplit(path)
    is_ours = path.startswith("/") and not path.startswith("//") and not (parts.scheme or parts.netloc)
    return path if is_ours and re.fullmatch(r"[\x21-\x5b\x5d-\x7e]{1,500}", path) else ""


def place(request: Request, language: str) -> Place:
    """This machine's own address is nobody's: a proxy that hides whom it speaks for must stop no one."""
    host = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    parts = [next((name for sign, name in table if sign in agent), "") for table in (_BROWSERS, _SYSTEMS)]
    return Place(
        address=None if not host or is_loopback(host) else host,
        browser=", ".join(filter(None, parts)),
        language=language if language in LANGUAGES else "",
    )


def twice(form: Mapping[str, str]) -> str:
    """A new password, written twice alike. Raises ``InvalidInput``."""
    if form.get("password", "") != form.get("again", ""):
        raise InvalidInput("The two passwords are not the same. Write both again.")
    return form.get("password", "")


def own_words(visit: Visit) -> list[str]:
    """What a password must not consist of, besides the person's own name."""
    organisation = visit.organisation
    return [organisation.name, *(organisation.value("name", language) or "" for language in LANGUAGES)]


AtTheDoor = Annotated[Doorstep, Depends(read_doorstep)]
DoorForm = Annotated[Mapping[str, str], Depends(read_door_form)]
HalfWay = Annotated[HalfVisit, Depends(read_half_visit)]
HalfForm = Annotated[Mapping[str, str], Depends(read_half_form)]
