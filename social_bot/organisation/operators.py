"""Who works here, and what they may do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.organisation import audit
from social_bot.organisation.roles import COMMAND_LINE, ON_A_PAGE, Rights, Role, rights

ANY_PAGE: Final = "*"
"""For ``require``: the role on any one page is enough, for the deed belongs to no page."""


class OperatorRow(SQLModel, table=True):
    """``roles`` are held on all pages, ``page_roles`` on single ones; who has left stays, for the log's sake."""

    __tablename__ = "operator"
    name: str = Field(primary_key=True, max_length=120)
    roles: list[str] = Field(sa_column=Column(JSON, nullable=False))
    page_roles: dict[str, list[str]] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    language: str | None = Field(default=None, max_length=5)
    signed_in_at: datetime | None = None
    deactivated_at: datetime | None = None
    created_at: datetime

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    @property
    def rights(self) -> Rights:
        """None for who has left."""
        return rights(self.roles, self.page_roles) if self.is_active else rights((), {})

    def holds(self, role: Role, page_id: str | None = None) -> bool:
        """On this page; without a page, on any at all."""
        return self.rights.holds(role, page_id)


def add(
    session: Session,
    name: str,
    roles: Sequence[Role],
    *,
    now: datetime,
    by: str,
    page_ids: Sequence[str] = (),
) -> OperatorRow:
    """Add an operator, or give an existing one further roles: on these pages, or on all where none is named."""
    if not name.strip() or name == COMMAND_LINE:
        raise InvalidInput("An operator needs a name.")
    if not roles:
        raise InvalidInput("An operator needs at least one role: {roles}.", roles=", ".join(Role))
    _refuse_administrators_of_one_page(roles if page_ids else ())
    operator = session.get(OperatorRow, name)
    if operator is None:
        operator = OperatorRow(name=name, roles=[], created_at=now)
    given = {role.value for role in roles}
    if page_ids:
        held = operator.page_roles
        operator.page_roles = {**held, **{page: sorted({*held.get(page, ()), *given}) for page in page_ids}}
    else:
        operator.roles = sorted({*operator.roles, *given})
    session.add(operator)
    audit.record(
        session, at=now, actor=by, action="operator.add", subject=name, detail=describe(operator.rights)
    )
    return operator


def set_rights(
    session: Session,
    name: str,
    *,
    everywhere: Sequence[Role],
    on_pages: Mapping[str, Sequence[Role]],
    now: datetime,
    by: str,
) -> bool:
    """Exactly these roles from now on; whether that changed anything. The last administrator stays one."""
    for roles in on_pages.values():
        _refuse_administrators_of_one_page(roles)
    operator = get(session, name)
    wanted = rights(everywhere, on_pages)
    if wanted == rights(operator.roles, operator.page_roles):
        return False
    if Role.ADMINISTRATOR not in wanted.everywhere:
        keep_an_administrator(session, operator)
    operator.roles = sorted(wanted.everywhere)
    operator.page_roles = {page: sorted(roles) for page, roles in wanted.on_pages.items()}
    session.add(operator)
    audit.record(session, at=now, actor=by, action="operator.roles", subject=name, detail=describe(wanted))
    return True


def deactivate(session: Session, name: str, *, now: datetime, by: str) -> OperatorRow:
    """Who has left may do nothing and keeps the name in the log. The last administrator cannot leave."""
    operator = get(session, name)
    if operator.is_active:
        keep_an_administrator(session, operator)
        operator.deactivated_at = now
        session.add(operator)
        audit.record(session, at=now, actor=by, action="operator.deactivate", subject=name)
    return operator


def activate(session: Session, name: str, *, now: datetime, by: str) -> OperatorRow:
    operator = get(session, name)
    if not operator.is_active:
        operator.deactivated_at = None
        session.add(operator)
        audit.record(session, at=now, actor=by, action="operator.activate", subject=name)
    return operator


def everyone(session: Session, *, with_former: bool = False) -> Sequence[OperatorRow]:
    """By name; who has left only where asked for."""
    query = select(OperatorRow).order_by(OperatorRow.name)
    if not with_former:
        query = query.where(col(OperatorRow.deactivated_at).is_(None))
    return session.exec(query).all()


def find(session: Session, name: str) -> OperatorRow | None:
    """Who still works here under this name, however its letters and spaces are written."""
    wanted = " ".join(name.split()).casefold()
    return next((row for row in everyone(session) if " ".join(row.name.split()).casefold() == wanted), None)


def get(session: Session, name: str) -> OperatorRow:
    operator = session.get(OperatorRow, name)
    if operator is None:
        raise NotFound(
            'There is no operator called "{name}". See them with: social-bot operator list', name=name
        )
    return operator


def require(session: Session, name: str, role: Role, *, page_id: str | None = None) -> OperatorRow:
    """The operator, who must exist, still work here and hold the role.

    On the page where one is named. Without one the deed concerns the whole organisation, and the role must be
    held on all pages; ``ANY_PAGE`` is for deeds that belong to no page, such as calling somebody back.
    """
    operator = session.get(OperatorRow, name)
    if operator is None:
        raise NotFound(
            'There is no operator called "{name}". Add one with: social-bot operator add "{name}" --role {role}',
            name=name,
            role=role.value,
        )
    if not operator.is_active:
        raise NotAllowed('"{name}" does not work here any more. Ask an administrator.', name=name)
    if page_id is None and not operator.rights.holds_everywhere(role) and operator.holds(role):
        raise NotAllowed(
            '"{name}" holds the role {role} on single pages only, and this concerns all of them.'
            " Ask an administrator.",
            name=name,
            role=role.value,
        )
    if not operator.holds(role):
        raise NotAllowed(
            '"{name}" does not hold the role {role}. Give it with: social-bot operator add "{name}" --role {role}',
            name=name,
            role=role.value,
        )
    if page_id is not None and page_id != ANY_PAGE and not operator.holds(role, page_id):
        raise NotAllowed(
            '"{name}" does not hold the role {role} on this page, only on others. Ask an administrator.',
            name=name,
            role=role.value,
        )
    return operator


def keep_an_administrator(session: Session, leaving: OperatorRow) -> None:
    """Raises ``NotAllowed`` where nobody else would be left to give rights."""
    others = (row for row in everyone(session) if row.name != leaving.name)
    if leaving.holds(Role.ADMINISTRATOR) and not any(row.holds(Role.ADMINISTRATOR) for row in others):
        raise NotAllowed(
            '"{name}" is the last administrator. Make somebody else an administrator first.',
            name=leaving.name,
        )


def describe(held: Rights) -> str:
    """For the log: ``writer;approver@100200300``."""
    parts = sorted(held.everywhere)
    parts += [f"{role}@{page}" for page, roles in sorted(held.on_pages.items()) for role in sorted(roles)]
    return ",".join(parts)


def _refuse_administrators_of_one_page(roles: Sequence[Role]) -> None:
    if any(role not in ON_A_PAGE for role in roles):
        raise InvalidInput("An administrator answers for the whole installation, not for single pages.")
