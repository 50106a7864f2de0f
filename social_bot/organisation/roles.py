"""What an operator may do, and on which pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

COMMAND_LINE = "the command line"
"""Who acts there without a name; the machine decides who may run it, so no role is asked for."""


class Role(StrEnum):
    """One operator may hold several, and still never approves their own work."""

    WRITER = "writer"
    APPROVER = "approver"
    COORDINATOR = "coordinator"
    DUTY = "duty"
    ADMINISTRATOR = "administrator"


ON_A_PAGE = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
"""Roles that may be held on one page alone; an administrator answers for the whole installation."""


@dataclass(frozen=True, kw_only=True)
class Rights:
    """Roles held on all pages, present and to come, and roles held on single pages besides."""

    everywhere: frozenset[str] = frozenset()
    on_pages: Mapping[str, frozenset[str]]

    def holds(self, role: Role, page_id: str | None = None) -> bool:
        """On this page; without a page, on any at all: what to show, not what to allow."""
        if role in self.everywhere:
            return True
        if page_id is None:
            return any(role in roles for roles in self.on_pages.values())
        return role in self.on_pages.get(page_id, ())

    def holds_everywhere(self, role: Role) -> bool:
        return role in self.everywhere

    @property
    def all_roles(self) -> frozenset[str]:
        return self.everywhere.union(*self.on_pages.values())


def rights(everywhere: Iterable[str], on_pages: Mapping[str, Iterable[str]]) -> Rights:
    return Rights(
        everywhere=frozenset(everywhere),
        on_pages={page: frozenset(roles) for page, roles in on_pages.items() if roles},
    )
