"""When posts reached most people: told as a fact with its number of cases, and only where there are enough.

Two times of the week are compared, the best with the worst, when each has at least eight posts, the middle
post of the one reached at least half as many again as that of the other, and chance alone would order the
posts so seldom that all the pairs together would do so less than once in twenty times (rank sum test with
ties, divided by the number of pairs). Of fewer cases nothing is said, and never what ought to be done.
"""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FEWEST = 8
RATIO = 1.5
CHANCE = 0.05


@dataclass(frozen=True, order=True)
class PostingTime:
    """``weekday`` 0 is Monday; ``hour`` is the wall clock's."""

    weekday: int
    hour: int


@dataclass(frozen=True, kw_only=True)
class Fact:
    """The middle post of ``best`` reached ``ratio`` times as many as that of ``other``; ``cases`` posts in all."""

    best: PostingTime
    other: PostingTime
    ratio: float
    cases: int


def compare(reached: Mapping[PostingTime, Sequence[int]]) -> Fact | None:
    """``reached``: how many people each post of a time reached."""
    enough = {time: values for time, values in reached.items() if len(values) >= FEWEST}
    if len(enough) < 2:
        return None
    ordered = sorted(enough, key=lambda time: (statistics.median(enough[time]), time))
    other, best = ordered[0], ordered[-1]
    low, high = statistics.median(enough[other]), statistics.median(enough[best])
    pairs = math.comb(len(enough), 2)
    if not low or high / low < RATIO or _by_chance(enough[best], enough[other]) * pairs >= CHANCE:
        return None
    return Fact(
        best=best, other=other, ratio=round(high / low, 1), cases=len(enough[best]) + len(enough[other])
    )


def _by_chance(one: Sequence[int], other: Sequence[int]) -> float:
    """How likely the ranks of the two lie so far apart by chance (Mann and Whitney, normal, two-sided)."""
    everything = sorted([*one, *other])
    ranks = {value: everything.index(value) + (everything.count(value) + 1) / 2 for value in set(everything)}
    n, m = len(one), len(other)
    total = n + m
    ties = sum(count**3 - count for count in map(everything.count, set(everything)))
    variance = n * m / 12 * ((total + 1) - ties / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    distance = abs(sum(ranks[value] for value in one) - n * (total + 1) / 2) - 0.5
    return math.erfc(max(distance, 0.0) / math.sqrt(2 * variance))
