"""What an administrator decides about who works here: invitations, rights, leaving, helping somebody back in."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from social_bot.errors import InvalidInput
from social_bot.organisation import credentials, invitations, operators, sessions
from social_bot.organisation.roles import Role

_LONGEST_NAME = 120


def invite(
    session: Session,
    name: str,
    *,
    everywhere: Sequence[Role],
    on_pages: Mapping[str, Sequence[Role]],
    now: datetime,
    by: str,
) -> str:
    """Add a person who does not work here yet, with an invitation; the token of its link."""
    operators.require(session, by, Role.ADMINISTRATOR)
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME:
        raise InvalidInput("Write the person's name, at most {count} characters.", count=_LONGEST_NAME)
    if any(" ".join(row.name.split()).casefold() == name.casefold() for row in _all(session)):
        raise InvalidInput(
            "Somebody of this name is here already. Write the name so that the two are told apart."
        )
    if not everywhere and not any(on_pages.values()):
        raise InvalidInput("Choose at least one role.")
    if everywhere:
        operators.add(session, name, everywhere, now=now, by=by)
    for page_id, roles in on_pages.items():
        if roles:
            operators.add(session, name, roles, now=now, by=by, page_ids=(page_id,))
    return invitations.invite(session, name, now=now, by=by)


def invite_again(session: Session, name: str, *, now: datetime, by: str) -> str:
    operators.require(session, by, Role.ADMINISTRATOR)
    return invitations.invite(session, name, now=now, by=by)


def withdraw_invitation(session: Session, name: str, *, now: datetime, by: str) -> None:
    operators.require(session, by, Role.ADMINISTRATOR)
    invitations.withdraw(session, name, now=now, by=by)


def change_rights(
    session: Session,
    name: str,
    *,
    everywhere: Sequence[Role],
    on_pages: Mapping[str, Sequence[Role]],
    now: datetime,
    by: str,
) -> bool:
    """Whether anything changed; who has other rights than before signs in anew, oneself excepted."""
    operators.require(session, by, Role.ADMINISTRATOR)
    changed = operators.set_rights(session, name, everywhere=everywhere, on_pages=on_pages, now=now, by=by)
    if changed and name != by:
        sessions.end_all(session, name, now=now, by=by, is_said=False)
    return changed


def deactivate(session: Session, name: str, *, now: datetime, by: str) -> None:
    operators.require(session, by, Role.ADMINISTRATOR)
    close(session, name, now=now, by=by)


def close(session: Session, name: str, *, now: datetime, by: str) -> None:
    """Somebody has left: sessions and invitations die at once, the name stays in the log."""
    operators.deactivate(session, name, now=now, by=by)
    sessions.end_all(session, name, now=now, by=by, is_said=False)
    invitations.withdraw(session, name, now=now, by=by)


def activate(session: Session, name: str, *, now: datetime, by: str) -> None:
    """Somebody is back, with the roles of before."""
    operators.require(session, by, Role.ADMINISTRATOR)
    operators.activate(session, name, now=now, by=by)


def end_sessions(session: Session, name: str, *, now: datetime, by: str) -> None:
    operators.require(session, by, Role.ADMINISTRATOR)
    operators.get(session, name)
    sessions.end_all(session, name, now=now, by=by)


def reset(session: Session, name: str, *, now: datetime, by: str) -> str:
    """For who has lost password or second step: both are gone, sessions end; the token of a new link."""
    operators.require(session, by, Role.ADMINISTRATOR)
    return start_over(session, name, now=now, by=by)


def start_over(session: Session, name: str, *, now: datetime, by: str) -> str:
    """As ``reset``, for the command line, where nobody is signed in."""
    operators.get(session, name)
    credentials.reset(session, name, now=now, by=by)
    sessions.end_all(session, name, now=now, by=by, is_said=False)
    return invitations.invite(session, name, now=now, by=by)


def warnings(session: Session) -> Sequence[InvalidInput]:
    """What is not forbidden and still unwise in who holds which role."""
    staff = operators.everyone(session)
    found = []
    if sum(row.holds(Role.APPROVER) for row in staff) < 2:
        found.append(
            InvalidInput(
                "Fewer than two people approve. Who writes a post cannot approve it: add another one."
            )
        )
    if sum(row.holds(Role.ADMINISTRATOR) for row in staff) < 2:
        found.append(
            InvalidInput("Only one person is an administrator. Add another one, in case they are away.")
        )
    return found


def _all(session: Session) -> Sequence[operators.OperatorRow]:
    return operators.everyone(session, with_former=True)
