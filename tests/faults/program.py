"""Our program as a world has it: processes that die at fault points and are followed by others."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from social_bot import fault_points
from tests.faults.counting import Count
from tests.faults.ground import Died, Ground
from tests.faults.ours import Home, Moment, Orders, Web, Work, serve_alone, work_alone
from tests.faults.outside import Outside
from tests.faults.plans import OF_WEB, Kind, Plan
from tests.faults.troubles import stopped

_RACES = 6  # of two workers in a world
_PATIENCE = 120  # real seconds; only what hangs takes so long


@dataclass
class Result:
    """``met``: how often the planned trouble really happened; ``reached``: how often each point was passed."""

    plan: Plan
    met: int = 0
    reached: Counter[str] = field(default_factory=Counter)
    count: Count = field(default_factory=Count)


class Program:
    """Our program in a world, as several processes one after the other: who dies is followed by another."""

    def __init__(
        self,
        ground: Ground,
        plan: Plan,
        *,
        home: Home,
        outside: Outside,
        result: Result,
    ) -> None:
        self.ground, self.plan, self.home, self.moment = ground, plan, home, outside.clock
        self.outside, self.result = outside, result
        self.dice = plan.dice("world")
        self._points = list(plan.points)
        self._web: Web | None = None
        self._worker: Work | None = None
        self._workers = 0
        self._is_racing, self._races = False, 0
        self._skewed = Moment(self.moment.shared)
        self.bot = home.bot(self.moment)

    def begin(self) -> None:
        fault_points.arm(self._pass)
        self.start_web()

    def close(self) -> None:
        fault_points.arm(None)
        self.ground.switchboard.web = None
        self.ground.switchboard.dead.clear()
        if self._web is not None:
            with suppress(Exception):
                self._web.close()
        if self._worker is not None:
            self._worker.close()
        self.bot.close()

    def start_web(self) -> None:
        """The webhook is there (again): a new process, in place of a dead one if there was one."""
        board = self.ground.switchboard
        if self._web is not None:
            if board.dead.is_set():
                self._web.bot.close()
            else:
                self._web.close()
        board.dead.clear()
        self._web = Web(self.home.bot(self._skewed))
        board.web = self._web.app

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.ground.port}/webhooks/facebook"

    def new_worker(self) -> Work:
        self._workers += 1
        name = f"worker-{self._workers}"
        return Work(self.home.bot(self._skewed), self.plan.dice(name), name=name)

    def round(self, seconds: float) -> None:
        """The clock goes on and the worker does what is due; a dead one is followed by another at once."""
        self.moment.forward(seconds)
        if self._worker is None:
            self._worker = self.new_worker()
        try:
            self._worker.round()
        except Died:
            self._worker.close()
            self._worker = None

    def deliver(self) -> bool:
        done = self.outside.deliver(self.address)
        if self.ground.switchboard.dead.is_set():
            self.start_web()
        if not self.home.stopped.value:
            self._wait_for_spool()
        return done

    def _wait_for_spool(self) -> None:
        """The writer looks at what is kept on disk by its own clock, not by the world's."""
        pause = threading.Event()
        until = time.monotonic() + _PATIENCE
        while any((self.home.folder / "data" / "spool").glob("*.spool")):
            if self.ground.switchboard.dead.is_set():  # the writer died over it; the next one goes on
                self.start_web()
            if time.monotonic() > until:
                raise RuntimeError("what is kept on disk is not taken in")
            pause.wait(0.01)

    def _pass(self, name: str) -> None:
        """What happens at a fault point of this process."""
        self.result.reached[name] += 1
        board = self.ground.switchboard
        if name in OF_WEB and board.dead.is_set():
            raise Died
        if self.plan.kind is Kind.RACE:
            self._race(name)
        if self.plan.kind is not Kind.CRASH or not self._points:
            return
        wanted, _, times = self._points[0].partition(":")
        if name != wanted:
            return
        left = int(times or 1) - 1
        if left > 0:
            self._points[0] = f"{wanted}:{left}"
            return
        self._points.pop(0)
        self.result.met += 1
        if name in OF_WEB:
            board.dead.set()
        raise Died

    def _race(self, name: str) -> None:
        """Another worker does everything that is due between two steps of this one."""
        is_inside = name.endswith("_ready") or name in ("answering.decided", "intake.read")
        if (
            self._is_racing
            or self._races >= _RACES
            or name in OF_WEB
            or is_inside
            or self.dice.random() > 0.3
        ):
            return
        self._is_racing, self._races = True, self._races + 1
        try:
            other = self.new_worker()
            try:
                other.round()
                self.result.met += 1
            finally:
                other.close()
        finally:
            self._is_racing = False

    # Processes of their own

    def work_apart(self, steps: list[float], orders: Orders, *, beside: int = 0) -> None:
        """Go the steps in a process of its own; when it is killed another goes on. ``beside``: at the same time."""
        processes = self.ground.processes
        left = processes.Value("i", len(steps), lock=False)
        while left.value > 0:
            others = [
                processes.Process(
                    target=work_alone, args=(self.home, orders, self.moment.shared, steps, left)
                )
                for _ in range(1 + beside)
            ]
            steps_before = left.value
            for process in others:
                process.start()
            codes = [_join(process) for process in others]
            if any(code not in (0, -9) for code in codes):
                raise RuntimeError(f"a worker ended with {codes}")
            if beside:
                return
            if -9 in codes:
                self.result.met += 1
                self._points.remove(orders.dies_at or "")
                orders = self._next_orders()
            elif steps_before == left.value:
                raise RuntimeError("a worker went nowhere")
            steps = steps[len(steps) - left.value :] if left.value else []

    def deliver_apart(self, orders: Orders) -> None:
        """Take the webhooks in a process of its own, which may be killed."""
        processes = self.ground.processes
        port, stopping = (processes.Value("i", 0, lock=False) for _ in range(2))
        process = processes.Process(
            target=serve_alone, args=(self.home, orders, self.moment.shared, port, stopping)
        )
        process.start()
        until = time.monotonic() + _PATIENCE
        while not port.value and process.is_alive() and time.monotonic() < until:
            process.join(0.005)
        self.outside.deliver(f"http://127.0.0.1:{port.value}/webhooks/facebook" if port.value else None)
        stopping.value = 1
        if _join(process) == -9:
            self.result.met += 1

    def _next_orders(self) -> Orders:
        """The next death of a worker; a death of the webhook waits for its turn."""
        deaths = [point for point in self._points if point.partition(":")[0] not in OF_WEB]
        dies_at = deaths[0] if deaths else None
        return Orders(seed=f"{self.plan.seed}:{dies_at}", dies_at=dies_at)

    @contextmanager
    def _database_stopped(self, *, likely: float) -> Iterator[None]:
        """With this likelihood the database takes nothing meanwhile."""
        if self.dice.random() >= likely:
            yield
            return
        try:
            with stopped(self.home.database_url):
                self.home.stopped.value = True
                yield
        finally:
            self.home.stopped.value = False


def _join(process: Any) -> int:
    process.join(_PATIENCE)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise RuntimeError("a process of ours hangs")
    return int(process.exitcode)
