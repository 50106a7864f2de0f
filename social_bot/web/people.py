"""Who works here: inviting, roles on all pages or on some, leaving, helping somebody back in. For administrators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import credentials, invitations, operators, pages, people, sessions
from social_bot.organisation.invitations import InvitationRow
from social_bot.organisation.operators import OperatorRow
from social_bot.organisation.roles import ON_A_PAGE, Rights, Role, rights
from social_bot.web.pages import render, see_other
from social_bot.web.uploads import StaffUpload
from social_bot.web.visits import Staff, StaffForm, StaffVisit

_ALL = "all"

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Person:
    """``can_sign_in``: has set up a sign-in of their own, or comes from the organisation's."""

    row: OperatorRow
    can_sign_in: bool
    has_second_step: bool
    is_outside: bool
    invitation: InvitationRow | None
    open_sessions: int


@routes.get("/people")
def everyone(visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        _require_administrator(session, visit)
        staff = [_person(session, row, visit) for row in operators.everyone(session, with_former=True)]
        return render(
            visit,
            "people.html",
            staff=[person for person in staff if person.row.is_active],
            former=[person for person in staff if not person.row.is_active],
            warnings=people.warnings(session),
            pages=_page_names(session),
            done=done,
        )


@routes.get("/people/invite")
def ask_whom(visit: Staff) -> Response:
    return _show_invite(visit)


@routes.post("/people/invite")
def invite(visit: Staff, upload: StaffUpload) -> Response:
    name = upload.fields.get("name", "")
    everywhere, on_pages = _read_roles(upload.fields)
    try:
        with visit.site.bot.database.write() as session:
            token = people.invite(
                session,
                name,
                everywhere=everywhere,
                on_pages=on_pages,
                now=visit.moments.now,
                by=visit.worker.name,
            )
    except InvalidInput as problem:
        return _show_invite(visit, problem=problem, name=name, chosen=rights(everywhere, on_pages))
    return _show_link(visit, " ".join(name.split()), token)


@routes.get("/person")
def one(visit: Staff, name: str = "", done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        _require_administrator(session, visit)
        return render(
            visit,
            "person.html",
            person=_person(session, operators.get(session, name), visit),
            pages=_page_names(session),
            groups_decide=bool(visit.site.bot.settings.oidc_roles),
            done=done,
        )


@routes.post("/person/roles")
def change_roles(visit: Staff, upload: StaffUpload) -> Response:
    name = upload.fields.get("name", "")
    everywhere, on_pages = _read_roles(upload.fields)
    with visit.site.bot.database.write() as session:
        people.change_rights(
            session,
            name,
            everywhere=everywhere,
            on_pages=on_pages,
            now=visit.moments.now,
            by=visit.worker.name,
        )
    return _back_to(name, "roles_changed")


@routes.post("/person/invite")
def invite_again(visit: Staff, form: StaffForm) -> Response:
    name = form.get("name", "")
    with visit.site.bot.database.write() as session:
        token = people.invite_again(session, name, now=visit.moments.now, by=visit.worker.name)
    return _show_link(visit, name, token)


@routes.post("/person/withdraw")
def withdraw(visit: Staff, form: StaffForm) -> Response:
    name = form.get("name", "")
    with visit.site.bot.database.write() as session:
        people.withdraw_invitation(session, name, now=visit.moments.now, by=visit.worker.name)
    return _back_to(name, "invitation_withdrawn")


@routes.post("/person/reset")
def reset(visit: Staff, form: StaffForm) -> Response:
    name = form.get("name", "")
    with visit.site.bot.database.write() as session:
        token = people.reset(session, name, now=visit.moments.now, by=visit.worker.name)
    return _show_link(visit, name, token)


@routes.post("/person/end-sessions")
def end_sessions(visit: Staff, form: StaffForm) -> Response:
    name = form.get("name", "")
    with visit.site.bot.database.write() as session:
        people.end_sessions(session, name, now=visit.moments.now, by=visit.worker.name)
    return _back_to(name, "sessions_ended")


@routes.post("/person/deactivate")
def deactivate(visit: Staff, form: StaffForm) -> Response:
    name = form.get("name", "")
    with visit.site.bot.database.write() as session:
        people.deactivate(session, name, now=visit.moments.now, by=visit.worker.name)
    return _back_to(name, "deactivated")


@routes.post("/person/activate")
def activate(visit: Staff, form: StaffForm) -> Response:
    name = form.get("name", "")
    with visit.site.bot.database.write() as session:
        people.activate(session, name, now=visit.moments.now, by=visit.worker.name)
    return _back_to(name, "activated")


def _require_administrator(session: Session, visit: StaffVisit) -> None:
    if not visit.holds(Role.ADMINISTRATOR):
        raise NotAllowed("Only administrators see who works here and change roles. Ask one of them.")
    operators.require(session, visit.worker.name, Role.ADMINISTRATOR)


def _person(session: Session, row: OperatorRow, visit: StaffVisit) -> Person:
    now, credential = visit.moments.now, credentials.get(session, row.name)
    is_outside = bool(credentials.identities(session, row.name))
    open_ones = {each.operator: each for each in invitations.open_ones(session, now=now)}
    return Person(
        row=row,
        can_sign_in=is_outside or (credential is not None and credential.password_hash is not None),
        has_second_step=credentials.has_second_step(session, row.name),
        is_outside=is_outside,
        invitation=open_ones.get(row.name),
        open_sessions=len(sessions.open_ones(session, row.name, now=now)),
    )


def _show_invite(
    visit: StaffVisit,
    *,
    problem: InvalidInput | None = None,
    name: str = "",
    chosen: Rights | None = None,
) -> Response:
    with visit.site.bot.database.read() as session:
        _require_administrator(session, visit)
        return render(
            visit,
            "invite.html",
            status=422 if problem else 200,
            problem=problem,
            written=name,
            rights=chosen or rights((), {}),
            pages=_page_names(session),
        )


def _show_link(visit: StaffVisit, name: str, token: str) -> Response:
    """The link, in this answer and never again."""
    link = f"{visit.site.bot.settings.url_for_staff}/invitation/{token}"
    until = visit.moments.now + invitations.LASTS
    return render(visit, "invited.html", invited=name, link=link, until=until)


def _page_names(session: Session) -> Mapping[str, str]:
    return {page.id: page.name for page in pages.everyone(session)}


def _read_roles(fields: Mapping[str, str]) -> tuple[Sequence[Role], Mapping[str, Sequence[Role]]]:
    """Boxes are named ``all:writer`` and ``100200300:approver``."""
    everywhere: list[Role] = []
    on_pages: dict[str, list[Role]] = {}
    for name in fields:
        place, _, role = name.partition(":")
        if role not in list(Role):
            continue
        if place == _ALL:
            everywhere.append(Role(role))
        elif place.isdigit() and Role(role) in ON_A_PAGE:
            on_pages.setdefault(place, []).append(Role(role))
    return everywhere, on_pages


def _back_to(name: str, done: str) -> Response:
    return see_other(f"/person?{urlencode({'name': name, 'done': done})}")
