"""Signing in: the password, then the second step; the same answer and the same work for a name that is nobody's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from social_bot.channels.ports import OutsidePerson
from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import (
    attempts,
    audit,
    credentials,
    identities,
    invitations,
    operators,
    passwords,
    sessions,
)
from social_bot.organisation.identities import GroupRoles
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.sessions import StaffSessionRow, Stage
from social_bot.storage.engine import Database

UNKNOWN = "-"
"""Stands in the log for a name that is nobody's: it may be a password written in the wrong field."""

Proof = Callable[[Session], bool]


@dataclass(frozen=True, kw_only=True)
class Place:
    """From where somebody signs in. ``address`` is None where it says nothing, as behind a proxy.

    ``language`` is empty where none was chosen: then it is the person's own.
    """

    address: str | None
    browser: str
    language: str


def with_password(database: Database, name: str, password: str, *, place: Place, now: datetime) -> str:
    """The token of a session that waits for the second step.

    Raises ``InvalidInput`` for a wrong name or password, ``NotAllowed`` while one must wait.
    """
    counted = attempts.keys(database, " ".join(name.split()).casefold(), place.address)
    with database.write() as session:
        wait = attempts.begin(session, counted, now=now)
        operator = operators.find(session, name)
        credential = credentials.get(session, operator.name) if operator else None
    if wait is not None:
        raise _must_wait(wait, now)
    is_right = passwords.proves(password, credential.password_hash if credential else None)
    with database.write() as session:
        if is_right and operator is not None:
            attempts.succeed(session, counted)
            stage = Stage.SECOND_STEP if credentials.has_second_step(session, operator.name) else Stage.SET_UP
            return _begin(session, operator.name, stage, place=place, now=now)
        who = operator.name if operator else UNKNOWN
        audit.record(session, at=now, actor=who, action="sign_in.failed", subject=who)
    raise InvalidInput("The name or the password is not right. Check both, or ask an administrator for help.")


def with_second_step(
    database: Database, row: StaffSessionRow, proof: Proof, *, means: str, place: Place, now: datetime
) -> str:
    """The token of the session that opens everything. Raises as ``with_password`` does."""
    counted = attempts.keys(database, f"second step of {row.operator}", place.address)
    with database.write() as session:
        wait = attempts.begin(session, counted, now=now)
    if wait is not None:
        raise _must_wait(wait, now)
    with database.write() as session:
        if proof(session):
            attempts.succeed(session, counted)
            return finish(session, row, means=means, now=now)
        audit.record(
            session, at=now, actor=row.operator, action="sign_in.second_failed", subject=row.operator
        )
    raise InvalidInput("This is not right, or it has been used. Wait for the next code, and write that.")


def finish(session: Session, row: StaffSessionRow, *, means: str, now: datetime) -> str:
    """Everything is proved: the session goes on under a new token."""
    token = sessions.renew(session, row.id or 0, stage=Stage.COMPLETE, now=now)
    note_signed_in(session, row.operator, means=means, now=now)
    return token


def note_signed_in(session: Session, name: str, *, means: str, now: datetime) -> None:
    operator = operators.get(session, name)
    operator.signed_in_at = now
    session.add(operator)
    audit.record(session, at=now, actor=name, action="sign_in", subject=name, detail=means)


def from_outside(
    database: Database,
    person: OutsidePerson,
    *,
    group_roles: GroupRoles,
    invitation: str,
    place: Place,
    now: datetime,
) -> str:
    """Somebody comes from the organisation's own sign-in, whose business the second step is. As ``enter``."""
    with database.write() as session:
        operator = identities.enter(session, person, group_roles=group_roles, invitation=invitation, now=now)
        if operator.rights.all_roles:
            note_signed_in(session, operator.name, means="organisation", now=now)
            return _begin(session, operator.name, Stage.COMPLETE, place=place, now=now)
    raise identities.no_role()


def by_invitation(
    database: Database, token: str, password: str, *, own_words: Sequence[str], place: Place, now: datetime
) -> str:
    """Take an invitation on with a password of one's own; the token of a session that sets up the second step."""
    with database.read() as session:
        name = invitations.find(session, token, now=now).operator
    passwords.check(password, own_words=(name, *own_words))
    kept = passwords.keep(password)
    with database.write() as session:
        invitations.use(session, token, now=now)
        sessions.end_all(session, name, now=now, by=name, is_said=False)
        credentials.set_password(session, name, kept, now=now)
        stage = Stage.SECOND_STEP if credentials.has_second_step(session, name) else Stage.SET_UP
        return _begin(session, name, stage, place=place, now=now)


def prove_again(
    database: Database, row: StaffSessionRow, password: str, *, place: Place, now: datetime
) -> None:
    """The password once more, before what proves who one is may be changed. Raises as ``with_password``."""
    counted = attempts.keys(database, row.operator.casefold(), place.address)
    with database.write() as session:
        wait = attempts.begin(session, counted, now=now)
        credential = credentials.get(session, row.operator)
    if wait is not None:
        raise _must_wait(wait, now)
    if not passwords.proves(password, credential.password_hash if credential else None):
        with database.write() as session:
            audit.record(session, at=now, actor=row.operator, action="sign_in.failed", subject=row.operator)
        raise InvalidInput("The password is not right. Check it and try again.")
    with database.write() as session:
        attempts.succeed(session, counted)
        sessions.note_proof(session, row.id or 0, now=now)


def change_password(
    database: Database, row: StaffSessionRow, password: str, *, own_words: Sequence[str], now: datetime
) -> str:
    """A new password for oneself; every other session of one's own ends, this one gets a new token."""
    passwords.check(password, own_words=(row.operator, *own_words))
    kept = passwords.keep(password)
    with database.write() as session:
        credentials.set_password(session, row.operator, kept, now=now)
        return renew_after_change(session, row, now=now)


def renew_after_change(session: Session, row: StaffSessionRow, *, now: datetime) -> str:
    """After a change of what proves who one is: this session alone goes on, under a new token."""
    sessions.end_all(session, row.operator, now=now, by=row.operator, but=row.id, is_said=False)
    return sessions.renew(session, row.id or 0, stage=row.stage, now=now)


def is_required(session: Session, *, is_live: bool, has_provider: bool) -> bool:
    """Whether staff must sign in; otherwise, in practice on this machine, a role is chosen."""
    return is_live or has_provider or credentials.is_set_up(session)


def is_awaited(session: Session, *, is_live: bool, has_provider: bool, now: datetime) -> bool:
    """Whether people sign in, or an open invitation is about to begin it: no role can be chosen from afar."""
    return is_required(session, is_live=is_live, has_provider=has_provider) or bool(
        invitations.open_ones(session, now=now)
    )


def _begin(session: Session, name: str, stage: Stage, *, place: Place, now: datetime) -> str:
    language = place.language or operators.get(session, name).language or LANGUAGES[0]
    return sessions.begin(session, name, stage=stage, browser=place.browser, language=language, now=now)


def _must_wait(until: datetime, now: datetime) -> NotAllowed:
    minutes = max(1, -((now - until) // timedelta(minutes=1)))
    return NotAllowed(
        "Too many attempts have failed. Try again in {minutes} min. Nothing is locked: it opens by itself.",
        minutes=minutes,
    )
