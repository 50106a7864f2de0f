"""Who is told of an alert, when, and when again: danger until a named person takes it.

``decide_round`` is the whole rule: a value that says what to do, from values alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from social_bot.organisation.alerts import AlertKind

_K = AlertKind
AT_ONCE = frozenset(
    {
        _K.CRISIS,
        _K.PAGE_DISCONNECTED,
        _K.SUBSCRIPTION_LOST,
        _K.PERMISSION_LOST,
        _K.ROUTING_LOST,
        _K.STOPPED,
        _K.TEST,
    }
)
"""At any hour; the other kinds wait for opening hours."""

ONCE = frozenset({_K.TEXT_UNAVAILABLE, _K.TOKEN_EXPIRING, _K.PAGE_PAUSED, _K.STOPPED, _K.TEST})
ONCE |= {_K.NUMBER_UNCHECKED, _K.POST_EXPIRED, _K.APPROVAL_NEAR, _K.SERIES_STANDS, _K.PURGE_NEAR}
ONCE |= {_K.EVALUATION_DUE}
"""Told once; the other kinds are told again, to more people, until somebody takes them."""

ROUNDS = 3
NEXT_ROUND: Mapping[int, timedelta] = {1: timedelta(minutes=5), 2: timedelta(minutes=10)}
REPEAT = timedelta(minutes=15)
"""After the third round: danger always, other kinds while nobody could be reached."""

LOOK_AGAIN = timedelta(minutes=1)
SETTINGS_LEVEL = 0
"""The addresses of the settings are told always, before every level."""


@dataclass(frozen=True, kw_only=True)
class Target:
    address: SecretStr
    level: int
    source: str


@dataclass(frozen=True, kw_only=True)
class Period:
    """``is_on`` now."""

    id: int
    level: int
    is_on: bool
    addresses: Sequence[SecretStr]


@dataclass(frozen=True, kw_only=True)
class Roster:
    """Who can be told: ``always`` at every hour. ``opens_at`` is None while open, or where no hours are set."""

    always: Sequence[SecretStr]
    periods: Sequence[Period]
    opens_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Round:
    """Tell these, and look again at ``next_at``."""

    number: int
    targets: Sequence[Target]
    next_at: datetime


@dataclass(frozen=True)
class Wait:
    until: datetime


@dataclass(frozen=True)
class Over:
    """Enough has been told; it stays on Today until somebody takes it."""


def decide_round(
    kind: AlertKind, rounds: int, roster: Roster, *, is_reached: bool, now: datetime
) -> Round | Wait | Over:
    """What to do for an open alert after so many rounds; ``is_reached``: somebody has been told of it."""
    enough = 1 if kind in ONCE else ROUNDS
    if kind is not AlertKind.CRISIS and is_reached and rounds >= enough:
        return Over()
    if kind not in AT_ONCE and roster.opens_at is not None:
        return Wait(roster.opens_at)
    for number in range(rounds + 1, max(rounds + 1, ROUNDS) + 1):
        targets = targets_of(kind, number, roster)
        if targets:
            return Round(number=number, targets=targets, next_at=now + NEXT_ROUND.get(number, REPEAT))
    return Wait(now + LOOK_AGAIN)


def targets_of(kind: AlertKind, number: int, roster: Roster) -> Sequence[Target]:
    """First the lowest level on duty, then the next with it, then all; danger in the end also who is off duty."""
    told = [period for period in roster.periods if period.is_on]
    if number < ROUNDS:
        levels = sorted({period.level for period in told})[:number]
        told = [period for period in told if period.level in levels]
    elif kind is AlertKind.CRISIS:
        told = list(roster.periods)
    return without_repeats(
        [*of_settings(roster), *(target for period in told for target in of_period(period))]
    )


def of_settings(roster: Roster) -> Sequence[Target]:
    return [
        Target(address=address, level=SETTINGS_LEVEL, source=f"settings:{number}")
        for number, address in enumerate(roster.always, start=1)
    ]


def of_period(period: Period) -> Sequence[Target]:
    return [
        Target(address=address, level=period.level, source=f"duty:{period.id}")
        for address in period.addresses
    ]


def without_repeats(targets: Sequence[Target]) -> Sequence[Target]:
    """Each address once, in its first place."""
    first: dict[SecretStr, Target] = {}
    for target in targets:
        first.setdefault(target.address, target)
    return list(first.values())
