"""Our own processes in a world: a worker and a webhook, in this process or in one of their own that may be killed."""

import logging
import resource
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import httpx
import uvicorn
from pydantic import SecretStr
from sqlalchemy import Engine, event
from starlette.applications import Starlette
from starlette.routing import Route

from social_bot import fault_points
from social_bot.answering import intake
from social_bot.answering.intake import DeliveryWriter
from social_bot.answering.recognition import Models, load_models
from social_bot.answering.spool import Spool
from social_bot.assets import folder as assets_folder
from social_bot.bootstrap import Bot, build
from social_bot.channels.facebook.graph import FacebookChannel
from social_bot.settings import Settings
from social_bot.web import webhooks
from tests.faults.troubles import Wire, Wired

APP_ID, APP_SECRET = "555000111", "test-app-secret"
_PATIENCE = 60.0
"""Real seconds for an answer of the page: on a loaded machine it may be late, which is no trouble of the world's."""
_SKIPPED = {
    "_count": 0.8,
    "_watch_owners": 0.6,
    "_watch_pages": 0.6,
    "_watch_people": 0.4,
    "_plan_ahead": 0.4,
}
"""Dear, and not what is tried here: how often a round leaves them out."""

_BUSY_STOPPED, _BUSY = 40, 15_000
"""Milliseconds that a locked database may let us wait: while it is stopped that only costs time."""


class Moment:
    """A clock that all processes of a world read and that is moved by hand. ``skew``: ours goes wrong."""

    def __init__(self, shared: Any, *, skew: timedelta = timedelta()) -> None:
        self.shared = shared
        self.skew = skew

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.shared.value, UTC) + self.skew

    def forward(self, seconds: float) -> None:
        self.shared.value += seconds


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where a process of ours finds what it needs; small enough to hand to another process.

    ``stopped``: shared by all, whether the database takes nothing now. ``wire``: what the calls go over.
    """

    folder: Path
    cache: Path
    database_url: str
    graph_url: str
    stopped: Any
    wire: Wire | None = None

    def bot(self, clock: Callable[[], datetime]) -> Bot:
        bot = build(
            Settings(
                data_dir=self.folder / "data",
                cache_dir=self.cache,
                database_url=self.database_url,
                graph_url=self.graph_url,
                app_id=APP_ID,
                app_secret=SecretStr(APP_SECRET),
                verify_token=SecretStr("test-verify-token"),
            ),
            clock=clock,
        )
        event.listen(bot.database.engine, "connect", _forget_power_cuts)
        event.listen(bot.database.engine, "checkout", self._be_patient)
        _share_statements(bot.database.engine)
        bot.__dict__["models"] = models(self.cache)
        bot.__dict__["channel"] = FacebookChannel(
            app_id=APP_ID,
            app_secret=SecretStr(APP_SECRET),
            clock=clock,
            base_url=self.graph_url,
            client=httpx.Client(
                timeout=_PATIENCE,
                trust_env=False,
                verify=False,  # the page is on this machine and speaks plainly
                limits=httpx.Limits(max_keepalive_connections=1),
                transport=Wired(self.wire) if self.wire is not None else None,
            ),
        )
        return bot

    def _be_patient(self, connection: Any, *_: object) -> None:
        if not hasattr(connection, "autocommit"):  # PostgreSQL throws everybody out: nobody waits there
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_STOPPED if self.stopped.value else _BUSY}")


@cache
def models(folder: Path) -> Models:
    return load_models(assets_folder("templates"), cache=folder)


def _share_statements(engine: Engine) -> None:
    """Statements are compiled once for all the programs of this process, of which a world has several."""
    first = _ENGINES.setdefault(engine.dialect.name, engine)
    engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache


_ENGINES: dict[str, Engine] = {}


def _forget_power_cuts(connection: Any, record: object) -> None:
    """No power is cut here: what a killed process wrote stays written."""
    del record
    if hasattr(connection, "autocommit"):  # psycopg
        connection.execute("SET synchronous_commit = off")
        connection.commit()
    else:
        connection.execute("PRAGMA synchronous = OFF")


class Inline:
    """A pool that does at once what it is given."""

    def submit(self, job: Callable[..., None], *arguments: object) -> None:
        job(*arguments)


@dataclass
class Timetable:
    """A scheduler that only takes down which job is due how often."""

    jobs: list[tuple[Callable[[], None], timedelta]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add_job(self, job: Callable[[], None], trigger: str, *, seconds: float, **options: object) -> None:
        del trigger
        self.jobs.append((job, timedelta(seconds=seconds)))
        self.names.append(str(options["id"]))

    def start(self) -> None:
        pass


class Work:
    """A worker's own jobs, each when it is due by the world's clock, in an order that the dice decide."""

    def __init__(self, bot: Bot, dice: Random, *, name: str = "worker") -> None:
        self.bot = bot
        self._dice = dice
        worker: Any = bot.worker()
        timetable = Timetable()
        worker._pool, worker._scheduler, worker._name = Inline(), timetable, name
        self._leadership = worker._leadership
        worker.start()
        self._jobs, self._names = timetable.jobs, timetable.names
        self._done: list[datetime | None] = [None] * len(self._jobs)

    def round(self) -> None:
        order = list(range(len(self._jobs)))
        self._dice.shuffle(order)
        for number in order:
            job, every = self._jobs[number]
            now, done = self.bot.now(), self._done[number]
            is_due = done is None or abs(now - done) >= every
            if is_due and self._dice.random() >= _SKIPPED.get(self._names[number], 0):
                self._done[number] = now
                job()

    def close(self) -> None:
        """The end of a process, good or bad: its connections go with it."""
        self._leadership.resign()
        self.bot.close()


class Web:
    """The webhook of the program, and the writer behind it."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        intake._LOOK_AT_SPOOL = 0.05
        spool = Spool(bot.settings.data_dir / "spool", bot.database.cipher, clock=bot.now)
        self.writer = DeliveryWriter(bot.database, spool=spool, clock=bot.now, on_stored=lambda: None)
        receiver = webhooks.Receiver(bot, self.writer, spool)
        self.app = Starlette(routes=[Route(webhooks.PATH, receiver, methods=["POST"])])
        self.writer.start()

    def close(self) -> None:
        self.writer.stop()
        self.bot.close()


# --- processes of their own -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Orders:
    """``dies_at``: a fault point. ``largest_file``: bytes that any file may have, as on a full disk."""

    seed: str
    dies_at: str | None = None
    largest_file: int | None = None


def work_alone(home: Home, orders: Orders, moment: Any, steps: Sequence[float], left: Any) -> None:
    """The main function of a worker's process; ``left`` tells how many steps it has not gone."""
    bot = home.bot(_prepare(orders, moment))
    work = Work(bot, Random(orders.seed))
    clock = bot.clock
    for step in steps:
        assert isinstance(clock, Moment)
        clock.forward(step)
        left.value -= 1
        work.round()
    work.close()


def serve_alone(home: Home, orders: Orders, moment: Any, port: Any, stopping: Any) -> None:
    """The main function of a webhook's process; ``port`` is told once it listens."""
    web = Web(home.bot(_prepare(orders, moment)))
    server = uvicorn.Server(
        uvicorn.Config(web.app, host="127.0.0.1", port=0, log_level="critical", timeout_graceful_shutdown=1)
    )

    def tell() -> None:
        pause = threading.Event()
        while not server.started:
            pause.wait(0.005)
        port.value = server.servers[0].sockets[0].getsockname()[1]
        while not stopping.value:  # no lock is shared: whoever is killed would keep it
            pause.wait(0.01)
        server.should_exit = True

    threading.Thread(target=tell, daemon=True).start()
    server.run()
    web.close()


def _prepare(orders: Orders, moment: Any) -> Moment:
    logging.getLogger("social_bot").setLevel(logging.CRITICAL)
    fault_points.arm(fault_points.dying_at(orders.dies_at) if orders.dies_at else None)
    if orders.largest_file is not None:
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (orders.largest_file, most))
    return Moment(moment)
