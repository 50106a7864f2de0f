"""The demo: the program and a practice Page in one process, over real HTTP, with a sample organisation."""

import hashlib
import hmac
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from pydantic import SecretStr

from social_bot.bootstrap import Bot, build, clock
from social_bot.cli.organisation import prepare_database
from social_bot.cli.running import make_server, run_until_stopped
from social_bot.errors import NotReady
from social_bot.log import configure
from social_bot.practice.call import PracticeConfig
from social_bot.practice.server import Practice
from social_bot.settings import Settings
from social_bot.storage.cipher import key_file
from social_bot.web.app import create_app
from social_bot.work import Worker

HOST = "127.0.0.1"
PRACTICE_PATH = "/practice"
APP_ID = "555000111"
_READY_TRIES = 200


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """A running program with its practice Page."""

    bot: Bot
    practice: Practice
    worker: Worker
    url: str

    def token(self, page_id: str) -> SecretStr:
        """The practice Page's token."""
        return SecretStr(_derived(self.bot.settings.data_dir, f"page-{page_id}"))


@contextmanager
def running(folder: Path, *, port: int, pace: float) -> Iterator[tuple[Rehearsal, uvicorn.Server]]:
    """The program and the practice Page, joined and started; the server is the caller's to run."""
    url = f"http://{HOST}:{port}"
    bot = build(
        Settings(
            data_dir=folder,
            database_url=None,
            graph_url=f"{url}{PRACTICE_PATH}/graph",
            base_url=url,
            app_id=APP_ID,
            app_secret=SecretStr(_derived(folder, "app-secret")),
            verify_token=SecretStr(_derived(folder, "verify-token")),
            secret_keys=(),
        )
    )
    prepare_database(bot)
    practice = Practice(
        PracticeConfig(
            database=folder / "practice.db",
            app_id=APP_ID,
            app_secret=_derived(folder, "app-secret"),
            verify_token=_derived(folder, "verify-token"),
            webhook_url=f"{url}/webhooks/facebook",
            resident_pace=pace,
        ),
        clock=clock,
    )
    worker = bot.worker()
    app = create_app(bot, on_delivery=worker.wake_soon)
    app.mount(PRACTICE_PATH, practice.app)
    server = make_server(app, host=HOST, port=port)
    worker.start()
    practice.start()
    try:
        yield Rehearsal(bot=bot, practice=practice, worker=worker, url=url), server
    finally:
        practice.stop()
        worker.stop()
        bot.close()


def rehearse(folder: Path, *, port: int, pace: float) -> None:
    """Serve the demo until Ctrl-C; a second start carries on with the same data."""
    configure(level=logging.WARNING)
    print("Starting. The first time takes about half a minute.", flush=True)
    with running(folder, port=port, pace=pace) as (rehearsal, server):
        threading.Thread(target=_furnish_and_tell, args=(rehearsal, server), daemon=True).start()
        run_until_stopped(server)
    print("Stopped. The data is kept: start again to carry on.", flush=True)


@contextmanager
def in_background(server: uvicorn.Server, url: str) -> Iterator[None]:
    """Serve in a thread until the block ends. Raises ``NotReady`` when the server does not come up."""
    thread = threading.Thread(target=server.run, name="server", daemon=True)
    thread.start()
    try:
        wait_until_served(url)
        yield
    finally:
        server.should_exit = True
        thread.join()


def wait_until_served(url: str) -> None:
    """Raises ``NotReady`` after ten seconds without an answer."""
    pause = threading.Event()
    for _ in range(_READY_TRIES):
        try:
            httpx.get(f"{url}{PRACTICE_PATH}/", timeout=1, trust_env=False)
        except httpx.TransportError:
            pause.wait(0.05)
        else:
            return
    raise NotReady("The program does not answer on {url}.", url=url)


def _furnish_and_tell(rehearsal: Rehearsal, server: uvicorn.Server) -> None:
    from social_bot.cli.sample import furnish

    try:
        wait_until_served(rehearsal.url)
        for step in furnish(rehearsal):
            print(f"  {step}", flush=True)
    except Exception:
        logging.getLogger("social_bot").exception("the sample organisation could not be made")
        server.should_exit = True
        return
    print(
        "\nOpen in a browser:\n"
        f"  {rehearsal.url}/           for a social worker: what is planned, what waits, what residents wrote\n"
        f"  {rehearsal.url}/practice/resident   for a resident: the practice Page and its Messenger window\n"
        f"  {rehearsal.url}/goals      for a coordinator: how it went against the goals\n"
        "Nothing is sent to Facebook. Stop with Ctrl-C; what you do is kept.",
        flush=True,
    )


def _derived(folder: Path, name: str) -> str:
    """A secret of this data folder: the same at every start, different on every machine."""
    key = key_file(folder).get_secret_value().encode()
    return hmac.new(key, name.encode(), hashlib.sha256).hexdigest()
