"""People who sign in at the organisation's own service: who they are here, and which roles their groups give."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from social_bot.channels.ports import OutsidePerson
from social_bot.errors import NotAllowed, NotReady
from social_bot.organisation import audit, invitations, operators, sessions
from social_bot.organisation.credentials import OutsideIdentityRow
from social_bot.organisation.operators import OperatorRow
from social_bot.organisation.roles import ON_A_PAGE, Rights, Role, rights

GroupRoles = Mapping[str, Sequence[tuple[Role, str | None]]]
"""For each group the roles it gives, each on one page or, with None, on all."""

_SERVICE = "the organisation's sign-in"
"""Who stands in the log for rights that came from groups."""


def parse_group_roles(text: str) -> GroupRoles:
    """``GROUP=writer,OTHER=approver@100200300``. Raises ``NotReady`` naming the part that cannot be read."""
    found: dict[str, list[tuple[Role, str | None]]] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        group, _, given = part.rpartition("=")
        role, _, page_id = given.strip().partition("@")
        is_known = role in list(Role) and (not page_id or (page_id.isdigit() and Role(role) in ON_A_PAGE))
        if not group.strip() or not is_known:
            raise NotReady(
                'The setting SOCIAL_BOT_OIDC_ROLES cannot be read at "{part}". '
                "Write GROUP=ROLE, or GROUP=ROLE@PAGE; the roles are {roles}.",
                part=part,
                roles=", ".join(Role),
            )
        found.setdefault(group.strip(), []).append((Role(role), page_id or None))
    return found


def enter(
    session: Session, person: OutsidePerson, *, group_roles: GroupRoles, invitation: str, now: datetime
) -> OperatorRow:
    """Who this is here, with the rights that the groups give now: perhaps none any more.

    A new person comes in by an invitation, or because a group gives a role. Raises ``NotAllowed`` otherwise.
    """
    given = _rights_of(person, group_roles)
    known = session.get(OutsideIdentityRow, (person.issuer, person.subject))
    if known is not None:
        operator = operators.get(session, known.operator)
    elif invitation:
        operator = operators.get(session, invitations.use(session, invitation, now=now))
        _link(session, person, operator, now=now)
    elif given.all_roles:
        operator = _welcome(session, person, given, now=now)
        _link(session, person, operator, now=now)
    else:
        raise no_role()
    if not operator.is_active:
        raise NotAllowed('"{name}" does not work here any more. Ask an administrator.', name=operator.name)
    if group_roles:
        _follow_groups(session, operator, given, now=now)
    return operator


def no_role() -> NotAllowed:
    return NotAllowed(
        "You have signed in, but none of your groups gives you a role here. Ask an administrator to add you."
    )


def _rights_of(person: OutsidePerson, group_roles: GroupRoles) -> Rights:
    everywhere: set[Role] = set()
    on_pages: dict[str, set[str]] = {}
    for group in person.groups:
        for role, page_id in group_roles.get(group, ()):
            if page_id is None:
                everywhere.add(role)
            else:
                on_pages.setdefault(page_id, set()).add(role)
    return rights(everywhere, on_pages)


def _follow_groups(session: Session, operator: OperatorRow, given: Rights, *, now: datetime) -> None:
    """The service is the authority: who is in no group any more holds nothing here."""
    if given == operator.rights:
        return
    operator.roles = sorted(given.everywhere)
    operator.page_roles = {page: sorted(roles) for page, roles in given.on_pages.items()}
    session.add(operator)
    sessions.end_all(session, operator.name, now=now, by=_SERVICE, is_said=False)
    audit.record(
        session,
        at=now,
        actor=_SERVICE,
        action="operator.roles",
        subject=operator.name,
        detail=operators.describe(given),
    )


def _welcome(session: Session, person: OutsidePerson, given: Rights, *, now: datetime) -> OperatorRow:
    """A row of their own: a name that is taken already is somebody else's, and gets a number."""
    plain = re.sub(r"\s+", " ", person.name).strip()[:100] or "?"
    taken = {row.name.casefold() for row in operators.everyone(session, with_former=True)}
    names = (plain, *(f"{plain} {number}" for number in range(2, len(taken) + 3)))
    operator = OperatorRow(
        name=next(name for name in names if name.casefold() not in taken),
        roles=sorted(given.everywhere),
        page_roles={page: sorted(roles) for page, roles in given.on_pages.items()},
        created_at=now,
    )
    session.add(operator)
    audit.record(
        session,
        at=now,
        actor=_SERVICE,
        action="operator.add",
        subject=operator.name,
        detail=operators.describe(given),
    )
    return operator


def _link(session: Session, person: OutsidePerson, operator: OperatorRow, *, now: datetime) -> None:
    session.flush()
    session.add(
        OutsideIdentityRow(
            issuer=person.issuer, subject=person.subject, operator=operator.name, linked_at=now
        )
    )
    audit.record(session, at=now, actor=operator.name, action="identity.link", subject=operator.name)
