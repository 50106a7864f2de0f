"""Who may write trials, practice descriptions and the register of partners: writers and coordinators."""

from sqlmodel import Session

from social_bot.organisation import operators
from social_bot.organisation.operators import OperatorRow
from social_bot.organisation.roles import Role


def require_author(session: Session, name: str) -> None:
    operator = session.get(OperatorRow, name)
    if operator is None or not operator.holds(Role.COORDINATOR):
        operators.require(session, name, Role.WRITER, page_id=operators.ANY_PAGE)
