"""Where a count will stand by its day if things go on as they have, with the range in which it will lie.

What has come so far is a rate with its uncertainty: a gamma distribution with Jeffreys' prior. What comes in
the working days left is then negative binomial. Messages and visitors come in clumps, so weeks differ more
than chance alone makes them; by how much more (``_clumping``) is taken from the weeks themselves, and the range
grows with it. Holidays, campaigns and summers are not foreseen.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEVEL = 0.8
"""So likely does the count end within the range."""

FEWEST_EVENTS = 10
FEWEST_DAYS = 10
FEWEST_CLUMPS = 5
"""With less to go by, it is too early to say: ten events, ten working days, and not all in one or two rushes."""

_MANY = 400.0
_WIDTH = 1.2816  # of a normal distribution, for 80 %


@dataclass(frozen=True, kw_only=True)
class Week:
    """``count`` in the ``days`` working days of one week, or of the part of it that has passed."""

    count: int
    days: int


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The whole count at the end."""

    likely: int
    low: int
    high: int


def foresee(value: int, weeks: Sequence[Week], *, days_left: int) -> Forecast | None:
    """None where it is too early to say. ``value`` stands now, ``weeks`` tell how it came."""
    total, days = sum(week.count for week in weeks), sum(week.days for week in weeks)
    if days_left <= 0:
        return Forecast(likely=value, low=value, high=value)
    if total < FEWEST_EVENTS or days < FEWEST_DAYS:
        return None
    clumping = _clumping(weeks)
    if total / clumping < FEWEST_CLUMPS:
        return None
    shape, ratio = total / clumping + 0.5, days_left / days
    low, high = (clumping * bound for bound in _range(shape, ratio))
    likely = round(total * ratio)
    return Forecast(
        likely=value + likely,
        low=value + min(math.floor(low), likely),  # in few large clumps the middle lies far from the mean
        high=value + max(math.ceil(high), likely),
    )


def _clumping(weeks: Sequence[Week]) -> float:
    """How many times more the weeks differ than single, unrelated events would make them; 1 at least."""
    known = [week for week in weeks if week.days]
    if len(known) < 3:
        return 1.0
    rate = sum(week.count for week in known) / sum(week.days for week in known)
    spread = sum((week.count - rate * week.days) ** 2 / (rate * week.days) for week in known)
    return max(1.0, spread / (len(known) - 1))


def _range(shape: float, ratio: float) -> tuple[float, float]:
    """The middle 80 % of what is still to come, in clumps."""
    mean = shape * ratio
    if mean > _MANY:
        width = _WIDTH * math.sqrt(mean * (1 + ratio))
        return max(mean - width, 0.0), mean + width
    tail = (1 - LEVEL) / 2
    log_odds = math.log(ratio / (1 + ratio))
    log_term = -shape * math.log1p(ratio)  # of none at all
    number, sum_so_far = 0, math.exp(log_term)
    low: int | None = 0 if sum_so_far > tail else None
    while sum_so_far < 1 - tail:
        log_term += math.log((shape + number) / (number + 1)) + log_odds
        number += 1
        sum_so_far += math.exp(log_term)
        if low is None and sum_so_far > tail:
            low = number
    return float(low or 0), float(number)
