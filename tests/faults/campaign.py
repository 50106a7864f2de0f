# ruff: noqa: T201  (a command prints)
"""Playing many worlds: in two processes or more, with a line of progress, to one tally."""

import gc
import json
import os
import selectors
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.faults.ground import Ground, grounded
from tests.faults.plans import Plan, plan_of
from tests.faults.program import Result
from tests.faults.world import play

ROOT = Path(__file__).parents[2]
NAMES = ("posts_twice", "posts_lost", "answers_twice", "inbound_lost", "came_back", "stuck")


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a world has come to, as one process tells it to another."""

    seed: int
    kind: str
    database: str
    met: int
    reached: dict[str, int]
    why: list[str]


@dataclass
class Tally:
    """``met``: how often the trouble of a kind really came."""

    worlds: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    databases: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0

    def add(self, line: Line) -> None:
        self.worlds[line.kind] += 1
        self.met[line.kind] += line.met
        self.databases[line.database] += 1
        self.reached.update(line.reached)
        self.broken.update(each.partition(":")[0] for each in line.why)
        if line.why:
            self.failures.append("\n    ".join([repeat(line), *line.why]))


def repeat(line: Line) -> str:
    """The command that plays exactly this world again."""
    return f"python -m tests.faults --seed {line.seed} --database {line.database}"


def play_all(plans: Sequence[Plan], ground: Ground) -> Iterator[Line]:
    """One after the other, in this process. A world that breaks down is told like a broken promise."""
    for plan in plans:
        try:
            yield _line(play(ground, plan))
        except Exception as error:  # noqa: BLE001  (the campaign goes on; the seed is told)
            result = Result(plan)
            result.count.note("stuck", f"the world broke down: {type(error).__name__}: {error}")
            yield _line(result)


def _line(result: Result) -> Line:
    return Line(
        seed=result.plan.seed,
        kind=result.plan.kind.value,
        database=result.plan.database,
        met=result.met,
        reached=dict(result.reached),
        why=result.count.why,
    )


def run(seeds: Sequence[int], cache: Path, *, processes: int, tell: Callable[[int, Tally], None]) -> Tally:
    """Share the seeds among processes; ``tell`` hears of each world that has ended."""
    tally, begun = Tally(), time.monotonic()
    environment = {**os.environ, "SOCIAL_BOT_CACHE_DIR": str(cache)}
    parts = [seeds[number::processes] for number in range(processes)]
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults", "--part"],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for part in parts
        if part
    ]
    for child, part in zip(children, parts, strict=False):
        assert child.stdin is not None
        child.stdin.write(json.dumps(list(part)))
        child.stdin.close()
    for line in _lines(children):
        tally.add(line)
        tell(sum(tally.worlds.values()), tally)
    tally.seconds = time.monotonic() - begun
    done = sum(tally.worlds.values())
    if done != len(seeds):
        tally.failures.append(f"{len(seeds) - done} worlds were not played: a process of the campaign ended")
    return tally


def play_part(cache: Path) -> None:
    """A share of the campaign: seeds come in, a line for each goes out."""
    has_postgresql = bool(os.environ.get("TEST_POSTGRES_URL"))
    plans = [plan_of(seed, has_postgresql=has_postgresql) for seed in json.loads(sys.stdin.read())]
    with grounded(cache) as ground:
        gc.freeze()  # the collector need not look again at all that was imported
        for line in play_all(plans, ground):
            print(json.dumps(asdict(line)), flush=True)


def _lines(children: Sequence["subprocess.Popen[str]"]) -> Iterator[Line]:
    """What the children tell, whoever is first."""
    with selectors.DefaultSelector() as selector:
        for child in children:
            assert child.stdout is not None
            selector.register(child.stdout, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                text = key.fileobj.readline()  # type: ignore[union-attr]
                if not text:
                    selector.unregister(key.fileobj)
                else:
                    yield Line(**json.loads(text))
