"""Exact intervals for small counts: Garwood's for a Poisson count, Clopper and Pearson's for a share.

Garwood, F. (1936): Fiducial limits for the Poisson distribution. Biometrika 28.
Clopper, C. J., Pearson, E. S. (1934): The use of confidence or fiducial limits. Biometrika 26.
Both hold at least their level whatever the truth is, which for few cases the usual plus-minus does not.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

LEVEL = 0.95
_STEPS = 100
_NEGLIGIBLE = 1e-17


@dataclass(frozen=True, kw_only=True)
class Interval:
    """From ``low`` to ``high``, both included."""

    low: float
    high: float

    def times(self, factor: float) -> "Interval":
        return Interval(low=self.low * factor, high=self.high * factor)


def poisson_interval(count: int, *, level: float = LEVEL) -> Interval:
    """Of the expected count, where ``count`` was seen."""
    tail = (1 - level) / 2
    top = count + 10.0
    while _poisson_at_most(count, top) > tail:
        top *= 2
    high = _bisect(lambda mean: _poisson_at_most(count, mean) > tail, count, top)
    low = 0.0 if count == 0 else _bisect(lambda mean: _poisson_at_least(count, mean) < tail, 0.0, count)
    return Interval(low=low, high=high)


def share_interval(count: int, of: int, *, level: float = LEVEL) -> Interval:
    """Of a share, where ``count`` of ``of`` were seen. Nothing is known where ``of`` is 0."""
    if not 0 <= count <= of:
        raise ValueError(f"{count} of {of} is no share")
    tail = (1 - level) / 2
    seen = count / of if of else 0.0
    low = 0.0 if count == 0 else _bisect(lambda share: _binomial_at_least(count, of, share) < tail, 0.0, seen)
    high = (
        1.0
        if count == of
        else _bisect(lambda share: _binomial_at_least(of - count, of, 1 - share) > tail, seen, 1)
    )
    return Interval(low=low, high=high)


def rate_ratio_interval(
    count: int, exposure: float, *, other_count: int, other_exposure: float, level: float = LEVEL
) -> Interval:
    """Of the first rate divided by the other: given the sum of both, the first count is a binomial one."""
    share = share_interval(count, count + other_count, level=level)
    factor = other_exposure / exposure
    high = math.inf if share.high == 1 else share.high / (1 - share.high)
    return Interval(low=share.low / (1 - share.low), high=high).times(factor)


def _bisect(is_before: Callable[[float], bool], low: float, high: float) -> float:
    """Where ``is_before`` turns false between ``low`` and ``high``."""
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if is_before(middle):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _poisson_at_most(count: int, mean: float) -> float:
    """For ``mean`` above ``count``: the terms fall from ``count`` down."""
    term = total = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    for number in range(count, 0, -1):
        term *= number / mean
        total += term
        if term < total * _NEGLIGIBLE:
            break
    return total


def _poisson_at_least(count: int, mean: float) -> float:
    """For ``mean`` below ``count``: the terms fall from ``count`` up."""
    if mean == 0:
        return 0.0
    term = total = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    number = count
    while term > total * _NEGLIGIBLE:
        number += 1
        term *= mean / number
        total += term
    return total


def _binomial_at_least(count: int, of: int, share: float) -> float:
    """For ``share`` below ``count / of``: the terms fall from ``count`` up."""
    if share <= 0:
        return 0.0
    log_of_ways = math.lgamma(of + 1) - math.lgamma(count + 1) - math.lgamma(of - count + 1)
    term = total = math.exp(log_of_ways + count * math.log(share) + (of - count) * math.log1p(-share))
    odds = share / (1 - share)
    for number in range(count, of):
        term *= odds * (of - number) / (number + 1)
        total += term
        if term < total * _NEGLIGIBLE:
            break
    return total
