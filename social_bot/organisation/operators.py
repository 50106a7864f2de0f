"""Who works here, and what they may do."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, select

from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.organisation import audit
from social_bot.organisation.roles import Role


class OperatorRow(SQLModel, table=True):
    __tablename__ = "operator"
    name: str = Field(primary_key=True, max_length=120)
    roles: list[str] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime

    def holds(self, role: Role) -> bool:
        return role in self.roles


def add(session: Session, name: str, roles: Sequence[Role], *, now: datetime, by: str) -> OperatorRow:
    """Add an operator, or give an existing one further roles."""
    if not name.strip():
        raise InvalidInput("An operator needs a name.")
    if not roles:
        raise InvalidInput("An operator needs at least one role: {roles}.", roles=", ".join(Role))
    operator = session.get(OperatorRow, name)
    if operator is None:
        operator = OperatorRow(name=name, roles=[], created_at=now)
    operator.roles = sorted({*operator.roles, *(role.value for role in roles)})
    session.add(operator)
    audit.record(
        session, at=now, actor=by, action="operator.add", subject=name, detail=",".join(operator.roles)
    )
    return operator


def everyone(session: Session) -> Sequence[OperatorRow]:
    return session.exec(select(OperatorRow).order_by(OperatorRow.name)).all()


def require(session: Session, name: str, role: Role, *, page_id: str | None = None) -> OperatorRow:
    """The operator, who must exist and hold the role, on this page where one is named."""
    del page_id
    operator = session.get(OperatorRow, name)
    if operator is None:
        raise NotFound(
            'There is no operator called "{name}". Add one with: social-bot operator add "{name}" --role {role}',
            name=name,
            role=role.value,
        )
    if not operator.holds(role):
        raise NotAllowed(
            '"{name}" does not hold the role {role}. Give it with: social-bot operator add "{name}" --role {role}',
            name=name,
            role=role.value,
        )
    return operator
