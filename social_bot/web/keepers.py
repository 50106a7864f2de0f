"""Who may change the settings and the pages' connections; the services ask again."""

from social_bot.organisation.roles import Role
from social_bot.web.visits import StaffVisit


def keeps(visit: StaffVisit) -> bool:
    return visit.holds(Role.ADMINISTRATOR) or visit.holds(Role.COORDINATOR)
