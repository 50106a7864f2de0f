"""Words of the dashboard and of single goals."""

from collections.abc import Mapping

from social_bot.tracking.dashboard import Attention
from social_bot.translations import marked

ATTENTION: Mapping[Attention, str] = {
    Attention.DANGER_NOT_TAKEN: marked("Danger that nobody has taken: {count}"),
    Attention.CALLS_LATE: marked("Calls later than promised: {count}"),
    Attention.WAITS_TOO_LONG: marked("Conversations that have waited too long: {count}"),
    Attention.GOALS_BEHIND: marked("Goals behind: {count}"),
    Attention.TRIALS_DUE: marked("Trials that wait for an evaluation or a decision: {count}"),
    Attention.FIGURES_RETIRED: marked("Figures that Facebook tells no more: {count}"),
}

GOAL_ABOUT: Mapping[str, str] = {
    "campaign": marked("Campaign: {name}"),
    "trial": marked("Trial: {name}"),
    "page": marked("Page: {name}"),
    "all": marked("The whole organisation"),
}
"""What a goal is for, in the list to choose from."""

POSTING_FACT = marked(
    "Posts of {best} reached {ratio} times as many people as posts of {other}"
    " (the middle post of each, n = {cases})."
)
