"""What all worlds of one process stand on: the practice Page's server, the moulds of databases, the models."""

import asyncio
import logging
import multiprocessing
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from pathlib import Path

import uvicorn
from sqlalchemy.engine import make_url
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.conftest import Mould, _on_server


@dataclass
class Switchboard:
    """One server for world after world: ``/graph`` is the Page, ``/webhooks`` is ours. Whoever died is gone."""

    graph: ASGIApp | None = None
    web: ASGIApp | None = None
    dead: threading.Event = field(default_factory=threading.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["path"].startswith("/graph") and self.graph is not None:
            await self.graph({**scope, "root_path": "/graph"}, receive, send)
        elif self.web is not None and not self.dead.is_set():
            await self._to_web(self.web, scope, receive, send)
        else:
            raise GoneError

    async def _to_web(self, web: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        answering = asyncio.ensure_future(web(scope, receive, send))
        while not answering.done():
            await asyncio.wait({answering}, timeout=0.01)
            if self.dead.is_set():
                answering.cancel()
                raise GoneError
        try:
            answering.result()
        except BaseException as error:
            raise GoneError from error


class GoneError(Exception):
    """The connection is closed without an answer."""


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return


@dataclass(frozen=True, kw_only=True)
class Ground:
    folder: Path
    mould: Mould
    cache: Path
    switchboard: Switchboard
    port: int
    processes: ForkServerContext

    @contextmanager
    def home(self, kind: str, name: str) -> Iterator[tuple[Path, str]]:
        """A folder and a database for one world; nothing of them is left."""
        folder = self.folder / name
        folder.mkdir()
        address = self.mould.copy(kind, folder)
        try:
            yield folder, address
        finally:
            if kind == "postgresql":
                _on_server(f'DROP DATABASE "{make_url(address).database}" WITH (FORCE)')
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def grounded(cache: Path) -> Iterator[Ground]:
    """Server, moulds and a place for processes; on PostgreSQL too where ``TEST_POSTGRES_URL`` is set."""
    logger = logging.getLogger("social_bot")
    os.environ["SOCIAL_BOT_CACHE_DIR"] = str(cache)
    with ExitStack() as stack:
        stack.callback(logger.setLevel, logger.level)
        logger.setLevel(logging.CRITICAL)  # every fault would be told as what it is
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-", dir=_fast_folder())))
        stack.enter_context(_dead_are_quiet())
        switchboard = Switchboard()
        port = stack.enter_context(_served(switchboard))
        (folder / "moulds").mkdir()
        mould = Mould(folder / "moulds", cache)
        stack.callback(mould.drop)
        processes = multiprocessing.get_context("forkserver")
        processes.set_forkserver_preload(["tests.faults.nursery"])
        _prepare_nursery(mould, folder / "nursery", port)
        yield Ground(
            folder=folder,
            mould=mould,
            cache=cache,
            switchboard=switchboard,
            port=port,
            processes=processes,
        )


def _prepare_nursery(mould: Mould, folder: Path, port: int) -> None:
    """Where the process from which others are forked goes through the program once."""
    folder.mkdir()
    os.environ |= {
        "FAULTS_NURSERY": str(folder),
        "FAULTS_NURSERY_DATABASE": mould.copy("sqlite", folder),
        "FAULTS_NURSERY_GRAPH": f"http://127.0.0.1:{port}/graph",
    }


class Died(BaseException):
    """Stands for ``kill -9``: nobody catches it, and everything of the process is thrown away."""


@contextmanager
def _dead_are_quiet() -> Iterator[None]:
    """A thread that dies with its process tells nobody of it."""
    usual = threading.excepthook

    def tell(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_type is not Died:
            usual(arguments)

    threading.excepthook = tell
    try:
        yield
    finally:
        threading.excepthook = usual


def _fast_folder() -> str | None:
    """In memory where that is to be had: a killed process loses nothing of it, and no power is cut here."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2**29 else None


@contextmanager
def _served(app: ASGIApp) -> Iterator[int]:
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", timeout_graceful_shutdown=1)
    )
    started = threading.Event()

    def serve() -> None:
        server.run()

    thread = threading.Thread(target=serve, name="faults-server", daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        started.wait(0.01)
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
