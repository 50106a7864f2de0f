"""Outreach trials: stages, decisions, and what is due when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from social_bot.tracking.outreach import Channel


class Stage(StrEnum):
    """The three evaluations of a trial."""

    START = "start"
    MID = "mid"
    END = "end"


class Decision(StrEnum):
    CONTINUE = "continue"
    CHANGE = "change"
    STOP = "stop"


class TrialState(StrEnum):
    RUNNING = "running"
    PLANNED = "planned"
    CONTINUED = "continued"
    CHANGED = "changed"
    STOPPED = "stopped"


class Due(StrEnum):
    """What a trial waits for."""

    MID = "mid"
    END = "end"
    DECISION = "decision"


@dataclass(frozen=True, kw_only=True)
class TrialPlan:
    """``follows_id``: the trial that was changed into this one."""

    title: str
    channel: Channel
    place: str
    starts_on: date
    mid_on: date
    ends_on: date
    room: str = ""
    campaign_id: int | None = None
    follows_id: int | None = None
    partner_ids: Sequence[int] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What has been done of a trial: ``decided`` is the newest decision, ``is_decided_at_end`` after the end form."""

    starts_on: date
    mid_on: date
    ends_on: date
    has_mid: bool = False
    has_end: bool = False
    decided: Decision | None = None
    is_decided_at_end: bool = False


def state_of(trial: Standing, *, today: date) -> TrialState:
    """To go on is decided for good only when the end has been evaluated."""
    match trial.decided:
        case Decision.STOP:
            return TrialState.STOPPED
        case Decision.CHANGE:
            return TrialState.CHANGED
        case Decision.CONTINUE if trial.is_decided_at_end:
            return TrialState.CONTINUED
    return TrialState.PLANNED if today < trial.starts_on else TrialState.RUNNING


def what_is_due(trial: Standing, *, today: date) -> Due | None:
    """The first thing that people must write or decide, from its day on."""
    is_over = trial.decided in (Decision.STOP, Decision.CHANGE) or today >= trial.ends_on
    if trial.has_end:
        is_settled = trial.decided in (Decision.STOP, Decision.CHANGE) or trial.is_decided_at_end
        return None if is_settled else Due.DECISION
    if is_over:
        return Due.END
    return Due.MID if today >= trial.mid_on and not trial.has_mid else None
