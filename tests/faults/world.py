"""One small world: a page, residents and our program, a trouble, the calm after it, and what is counted then."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from social_bot import fault_points
from social_bot.organisation import directory, operators, pages
from social_bot.organisation.roles import Role
from social_bot.planning.composing import add_post, approve_post
from social_bot.planning.posts import PostContent
from social_bot.practice.faults import Fault
from tests.conftest import APPROVER, NOW, PAGE, WRITER
from tests.faults.counting import Count, count, kept_texts
from tests.faults.ground import Died, Ground
from tests.faults.ours import Home, Moment, Orders, Web, Work, serve_alone, work_alone
from tests.faults.outside import COMMENTS, TOKEN, Habits, Outside, make_outside
from tests.faults.plans import OF_WEB, Kind, Plan
from tests.faults.troubles import Weather, Wire, stopped

ROUNDS = 3
_AGES = 0.15  # of the worlds see weeks go by
_CALM = (25, 100, 700, 4300)
"""Seconds between the rounds in which all comes to rest; together over an hour and a half."""

_OVERTAKING = (40_000, 200, 200)
"""And until the clock is past what was planned when it ran ahead."""

_MANY = 50  # events in one delivery
_RACES = 6  # of two workers in a world
_PATIENCE = 60  # real seconds for a process of its own


@dataclass
class Result:
    """``met``: how often the planned trouble really happened; ``reached``: how often each point was passed."""

    plan: Plan
    met: int = 0
    reached: Counter[str] = field(default_factory=Counter)
    count: Count = field(default_factory=Count)


def play(ground: Ground, plan: Plan) -> Result:
    """Play one world to its end and count."""
    result = Result(plan)
    with ground.home(plan.database, f"world-{plan.seed}") as (folder, address), ExitStack() as stack:
        wire = Wire(ground.port)
        stack.callback(wire.close)
        home = Home(
            folder=folder,
            cache=ground.cache,
            database_url=address,
            graph_url=f"http://127.0.0.1:{wire.port if plan.kind is Kind.NETWORK else ground.port}/graph",
            is_wired=plan.kind is Kind.NETWORK,
        )
        moment = Moment(ground.processes.Value("d", NOW.timestamp(), lock=False))
        outside = make_outside(folder / "practice.db", moment, plan.dice("outside"))
        stack.callback(outside.stage.store.close)
        ground.switchboard.graph = outside.graph
        stack.callback(fault_points.arm, None)
        world = World(ground, plan, home=home, moment=moment, outside=outside, wire=wire, result=result)
        stack.callback(world.close)
        world.begin()
        world.trouble()
        world.calm()
        result.count = count(world.bot, outside, world.scheduled)
        if plan.ages or plan.dice("age").random() < _AGES:
            world.age()
            result.count.came_back += world.came_back
    return result


class World:
    def __init__(
        self,
        ground: Ground,
        plan: Plan,
        *,
        home: Home,
        moment: Moment,
        outside: Outside,
        wire: Wire,
        result: Result,
    ) -> None:
        self.ground, self.plan, self.home, self.moment = ground, plan, home, moment
        self.outside, self.wire, self.result = outside, wire, result
        self.dice = plan.dice("world")
        self.scheduled: dict[int, str] = {}
        self.came_back = 0
        self._points = list(plan.points)
        self._web: Web | None = None
        self._worker: Work | None = None
        self._workers = 0
        self._is_racing, self._races, self._is_stopped = False, 0, False
        self._skewed = Moment(moment.shared)
        self.bot = home.bot(moment)

    # The program's life in this process

    def begin(self) -> None:
        self._furnish()
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
        if done and not self._is_stopped:
            self._wait_for_spool()
        return done

    def _wait_for_spool(self) -> None:
        """The writer looks at what is kept on disk by its own clock, not by the world's."""
        pause = threading.Event()
        for _ in range(200):
            if not any((self.home.folder / "data" / "spool").glob("*.spool")):
                return
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
        for _ in range(1000):
            if port.value or not process.is_alive():
                break
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

    # What happens

    def trouble(self) -> None:
        """Some rounds in which people write and posts come due, each with its share of the trouble."""
        for number in range(ROUNDS):
            self._live(number)
            self._disturb_page(number)
            _TROUBLES[self.plan.kind](self)
        self._skewed.skew = timedelta()
        self.wire.coming.clear()
        self.outside.habits = Habits(is_late=self.outside.habits.is_late)

    def calm(self) -> None:
        """Nothing disturbs any more: over two hours in which everything must come to rest."""
        self.outside.set_fault(Fault())
        for seconds in (*_CALM, *(_OVERTAKING if self.plan.kind is Kind.CLOCK else ())):
            self.deliver()
            self.round(seconds)
        self.outside.habits = Habits()
        self.deliver()
        for seconds in (12, 200):
            self.round(seconds)

    def age(self) -> None:
        """Time goes by, texts are purged, and the platform delivers everything once more."""
        for days in (1, 8, 32):
            self.round(days * 86_400)
        for _ in self._points[:3]:  # whoever died over it is followed by another
            self.round(700)
        before = kept_texts(self.bot)
        self.outside.deliver_again(self.address)
        self.round(61)
        self.came_back = len(kept_texts(self.bot) - before)

    def _live(self, number: int) -> None:
        if number == 0:
            self.outside.write()
            needs_answer = any(name.startswith("commenting.") for name in self.plan.names)
            self.outside.comment(text=COMMENTS[0] if needs_answer else None)
        for deed in (self.outside.write, self.outside.comment, self.outside.take_back):
            if self.dice.random() < 0.4:
                deed()
        if self.dice.random() < 0.08:
            self.outside.answer_as_staff()

    def _disturb_page(self, number: int) -> None:
        """The practice Page itself loses answers now and then; where a planned point asks for it, always."""
        edges = ["feed", "messages", "comments"]
        asked = [edge for edge, area in zip(edges, _AREAS, strict=True) if area & self.plan.names]
        if asked:
            edge = asked[number % len(asked)]
            is_lost = self.dice.random() < 0.5  # else it is not done, and nobody can tell
            self.outside.set_fault(
                Fault(edge=edge, lose_next=2) if is_lost else Fault(edge=edge, refuse_next=2)
            )
        elif self.dice.random() < 0.3:
            edge = self.dice.choice(edges)
            self.outside.set_fault(
                self.dice.choice(
                    (
                        Fault(edge=edge, lose_next=1),
                        Fault(edge=edge, error_after_next=1),
                        Fault(unavailable_next=1),
                        Fault(edge=edge, refuse_next=1),
                    )
                )
            )

    def crash(self) -> None:
        if self.plan.needs_spool:
            with self._database_stopped(likely=0.6):
                self.deliver()
        self.deliver()
        self.round(self.dice.uniform(5, 60))

    def kill(self) -> None:
        webs = [point for point in self._points if point.partition(":")[0] in OF_WEB]
        orders = Orders(seed=str(self.plan.seed), dies_at=webs[0]) if webs else None
        if orders is not None:
            before = self.result.met
            with self._database_stopped(likely=0.6 if self.plan.needs_spool else 0):
                self.deliver_apart(orders)
            if self.result.met > before:
                self._points.remove(webs[0])
        self.deliver()
        steps = [self.dice.uniform(5, 40) for _ in range(2)]
        worker_dies = any(point.partition(":")[0] not in OF_WEB for point in self._points)
        if worker_dies:
            self.work_apart(steps, self._next_orders())
        else:
            for step in steps:
                self.round(step)

    def lose_database(self) -> None:
        with self._database_stopped(likely=0.7):
            self.deliver()
            self.round(self.dice.uniform(5, 60))
            self.result.met += self._is_stopped
        self.deliver()
        self.round(self.dice.uniform(5, 60))

    def fill_disk(self) -> None:
        size = self.dice.choice((0, 4_096, 40_000, 100_000, 300_000, 1_000_000))
        orders = Orders(seed=str(self.plan.seed), largest_file=size)
        self.deliver_apart(orders)
        self.work_apart([self.dice.uniform(5, 40)], orders)
        self.result.met += 1
        self.deliver()
        self.round(self.dice.uniform(5, 40))

    def step_clock(self) -> None:
        step = self.dice.choice((1, -1)) * self.dice.choice((30, 120, 900, 4_000, 11_000))
        self._skewed.skew += timedelta(seconds=step)
        self.result.met += 1
        self.deliver()
        self.round(self.dice.uniform(5, 60))

    def break_network(self) -> None:
        weathers = [weather for weather in Weather if weather is not Weather.FAIR]
        for _ in range(6):
            bad = self.dice.random() < 0.5
            self.wire.coming.append(self.dice.choice(weathers) if bad else Weather.FAIR)
        planned = len(self.wire.coming)
        self.deliver()
        self.round(self.dice.uniform(5, 60))
        self.result.met += planned - len(self.wire.coming)

    def race(self) -> None:
        self.deliver()
        if self.dice.random() < 0.4:
            self.work_apart([self.dice.uniform(5, 30)], Orders(seed=str(self.plan.seed)), beside=1)
        else:
            self.round(self.dice.uniform(5, 60))

    def disturb_webhooks(self) -> None:
        self.outside.habits = Habits(
            is_doubled=self.dice.random() < 0.6,
            is_shuffled=self.dice.random() < 0.6,
            at_once=self.dice.choice((1, 3, _MANY)),
            is_late=self.dice.random() < 0.3,
        )
        if self.outside.habits.at_once == _MANY and self.dice.random() < 0.5:
            for _ in range(_MANY):
                self.outside.write()
        self.result.met += 1
        self.deliver()
        self.round(self.dice.uniform(5, 60))

    @contextmanager
    def _database_stopped(self, *, likely: float) -> Iterator[None]:
        """With this likelihood the database takes nothing meanwhile."""
        if self.dice.random() >= likely:
            yield
            return
        self._is_stopped = True
        try:
            with stopped(self.home.database_url):
                yield
        finally:
            self._is_stopped = False

    def _furnish(self) -> None:
        """The organisation, its page, and posts for the next minutes."""
        with self.bot.database.write() as session:
            operators.add(session, WRITER, [Role.WRITER], now=NOW, by="test")
            operators.add(session, APPROVER, [Role.APPROVER, Role.WRITER], now=NOW, by="test")
            page = pages.add(
                session,
                PAGE,
                name="Neuvonta",
                token=SecretStr(TOKEN),
                is_live=False,
                cipher=self.bot.database.cipher,
                now=NOW,
                by="test",
            )
            page.answers_comments = True
            for key, value in (
                ("name", "Mallilan aikuissosiaalityö"),
                ("languages", "fi,sv"),
                ("hours", "ma-pe 9-15"),
                ("phone_main", "0XX XXX XXXX"),
                ("social_emergency", "0XX XXX XXX1"),
            ):
                directory.put(session, key, value, now=NOW, by="test", zone=self.bot.settings.zone)
        for number in range(self.dice.randint(2, 4)):
            self._schedule(number)

    def _schedule(self, number: int) -> None:
        with self.bot.database.write() as session:
            content = PostContent(
                page_id=PAGE,
                kind="post",
                texts={"fi": f"Viesti {number}", "sv": f"Inlägg {number}"},
                publish_at=NOW + timedelta(seconds=self.dice.randint(1, 5 if number == 0 else 120)),
            )
            post = add_post(session, content, zone=self.bot.settings.zone, author=WRITER, now=NOW)
            approve_post(session, post.id or 0, content_hash=content.content_hash, by=APPROVER, now=NOW)
            self.scheduled[post.id or 0] = content.text


def _join(process: Any) -> int:
    process.join(_PATIENCE)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise RuntimeError("a process of ours hangs")
    return int(process.exitcode)


def _asks(area: str) -> frozenset[str]:
    """The points that are reached only when the page's answer is bad."""
    words = (
        "refused",
        "error_ready",
        "error_recorded",
        "looks_claimed",
        "looked",
        "look_recorded",
        "stale_found",
    )
    return frozenset(f"{area}.{word}" for word in words)


_AREAS = (_asks("publishing"), _asks("sending"), _asks("commenting"))
_TROUBLES: dict[Kind, Callable[[World], None]] = {
    Kind.CRASH: World.crash,
    Kind.KILL: World.kill,
    Kind.DATABASE: World.lose_database,
    Kind.DISK: World.fill_disk,
    Kind.CLOCK: World.step_clock,
    Kind.NETWORK: World.break_network,
    Kind.RACE: World.race,
    Kind.WEBHOOKS: World.disturb_webhooks,
}
