"""One small world: a page, residents and our program, a trouble, the calm after it, and what is counted then."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

from social_bot import fault_points
from social_bot.practice.faults import Fault
from tests.conftest import NOW
from tests.faults.counting import breaking_jobs, count, kept_texts
from tests.faults.ground import Ground
from tests.faults.ours import Home, Moment, Orders
from tests.faults.outside import COMMENTS, Habits, Outside, make_outside
from tests.faults.plans import OF_WEB, Kind, Plan
from tests.faults.program import Program, Result
from tests.faults.town import furnish, schedule_posts
from tests.faults.troubles import Weather, Wire

ROUNDS = 3
_AGES = 0.15  # of the worlds see weeks go by
_CALM = (25, 100, 700, 4300)
"""Seconds between the rounds in which all comes to rest; together over an hour and a half."""

_OVERTAKING = (40_000, 200, 200)
"""And until the clock is past what was planned when it ran ahead."""

_LAST = (12, 300)
"""And for a post that was found on the page in the longest of these rounds, until counters are read once more."""

_MANY = 50  # events in one delivery
_RACES = 6  # of two workers in a world


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
            stopped=ground.processes.Value("b", 0, lock=False),
            wire=wire if plan.kind is Kind.NETWORK else None,
        )
        moment = Moment(ground.processes.Value("d", NOW.timestamp(), lock=False))
        outside = make_outside(folder / "practice.db", moment, plan.dice("outside"))
        stack.callback(outside.stage.store.close)
        ground.switchboard.graph = outside.graph
        stack.callback(fault_points.arm, None)
        world = World(ground, plan, home=home, outside=outside, wire=wire, result=result)
        stack.callback(world.close)
        world.begin()
        world.trouble()
        with breaking_jobs() as broken:
            world.calm()
            result.count = count(world.bot, outside, world.scheduled)
            if plan.ages or plan.dice("age").random() < _AGES:
                world.age()
                result.count.came_back += world.came_back
        for each in broken:
            result.count.note("stuck", f"{each} broke in the calm")
    return result


class World(Program):
    """What happens around the program, and to it."""

    def __init__(
        self, ground: Ground, plan: Plan, *, home: Home, outside: Outside, wire: Wire, result: Result
    ) -> None:
        super().__init__(ground, plan, home=home, outside=outside, result=result)
        self.wire = wire
        self.came_back = 0
        furnish(self.bot)
        self.scheduled = schedule_posts(self.bot, self.dice)

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
        """Nothing disturbs any more: an hour and a half in which everything must come to rest."""
        self.outside.set_fault(Fault())
        for seconds in (*_CALM, *(_OVERTAKING if self.plan.kind is Kind.CLOCK else ())):
            self.deliver()
            self.round(seconds)
        self.outside.habits = Habits()
        self.deliver()
        for seconds in _LAST:
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
            self.result.met += self.home.stopped.value
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
