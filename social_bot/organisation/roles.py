"""What an operator may do."""

from enum import StrEnum


class Role(StrEnum):
    """One operator may hold several, and still never approves their own work."""

    WRITER = "writer"
    APPROVER = "approver"
    COORDINATOR = "coordinator"
    DUTY = "duty"
    ADMINISTRATOR = "administrator"
