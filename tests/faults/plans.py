"""From a seed to a plan: which fault, where, on which database. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from social_bot.fault_points import POINTS


class Kind(StrEnum):
    CRASH = "crash"  # the process is thrown away at a point, inside this one
    KILL = "kill -9"  # a process of its own really kills itself at a point
    DATABASE = "database"  # stopped, and started again
    DISK = "disk full"
    CLOCK = "clock"  # stepped forth and back
    NETWORK = "network"  # lost, slow, reset in the middle
    RACE = "race"  # two workers at once
    WEBHOOKS = "webhooks"  # doubled, shuffled, fifty at once, an hour late


_ROUND = (
    *(Kind.CRASH, Kind.KILL, Kind.NETWORK, Kind.CRASH, Kind.DATABASE, Kind.CRASH, Kind.KILL, Kind.WEBHOOKS),
    *(Kind.CRASH, Kind.RACE, Kind.CRASH, Kind.KILL, Kind.NETWORK, Kind.CRASH, Kind.DISK, Kind.CRASH),
    *(Kind.CLOCK, Kind.KILL, Kind.DATABASE, Kind.CRASH),
)
"""Twenty seeds one after the other: eight crashes, four kills, eight others."""

OF_WEB: frozenset[str] = frozenset(
    ["intake.received", "intake.stored", "intake.spool_written", "intake.spooled", "intake.spool_stored"]
)
"""Where the process that takes webhooks dies; at every other point it is the worker."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """``points`` are met one after the other, each by the process that follows the dead one."""

    seed: int
    kind: Kind
    database: str
    points: tuple[str, ...] = ()

    def dice(self, purpose: str) -> Random:
        """The same throws for the same seed and purpose, whatever else is thrown."""
        return Random(f"{self.seed}:{purpose}")

    @property
    def names(self) -> frozenset[str]:
        return frozenset(point.partition(":")[0] for point in self.points)

    @property
    def ages(self) -> bool:
        """Whether a month must go by, so that something is purged."""
        return any(name.startswith("purging.") for name in self.names)

    @property
    def needs_spool(self) -> bool:
        return any(name.startswith("intake.spool") for name in self.names)


def plan_of(seed: int, *, has_postgresql: bool) -> Plan:
    """One of twenty of a kind; crashes and kills walk through all points, again and again."""
    kind = _ROUND[seed % len(_ROUND)]
    dice = Random(f"{seed}:plan")
    database = "postgresql" if has_postgresql and dice.random() < 0.12 else "sqlite"
    if kind is Kind.DISK:
        database = "sqlite"  # the disk of a database server is not ours
    if kind not in (Kind.CRASH, Kind.KILL):
        return Plan(seed=seed, kind=kind, database=database)
    number = seed // len(_ROUND) * _ROUND.count(kind) + _ROUND[: seed % len(_ROUND)].count(kind)
    lap, place = divmod(number, len(POINTS))
    first = f"{POINTS[place]}:{1 + lap % 3}"
    more = [f"{dice.choice(POINTS)}:{dice.randint(1, 2)}" for _ in range(dice.choice((0, 0, 1, 2)))]
    return Plan(seed=seed, kind=kind, database=database, points=(first, *more))


def tour(seed: int, *, database: str) -> Plan:
    """Nobody dies, and all that any point asks for is there: for the proof that every point is reached."""
    return Plan(
        seed=seed, kind=Kind.CRASH, database=database, points=tuple(f"{each}:9999" for each in POINTS)
    )
