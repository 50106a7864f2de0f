"""The practice Page as a whole: built, started, served and stopped."""

import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import httpx
from fastapi import FastAPI

from social_bot.practice.call import PracticeConfig
from social_bot.practice.control import control_routes
from social_bot.practice.deeds import deed_routes
from social_bot.practice.gateway import GraphGateway, hide_lost_answers
from social_bot.practice.graph import Graph
from social_bot.practice.players import Players
from social_bot.practice.signing import signing_routes
from social_bot.practice.stage import Stage
from social_bot.practice.views import add_views
from social_bot.practice.webhooks import WebhookSender

_WEBHOOK_TIMEOUT = httpx.Timeout(10)


class Practice(Stage):
    """A Page on this machine. ``app`` can be served alone or mounted under a prefix.

    Graph is at ``<prefix>/graph``. A mounted application gets no lifespan: who mounts it calls ``start``
    and ``stop``.
    """

    def __init__(self, config: PracticeConfig, *, clock: Callable[[], datetime]) -> None:
        super().__init__(config, clock=clock)
        self._threads: list[WebhookSender | Players] = []
        self.app = _build_app(self)

    def start(self) -> None:
        """Start delivering webhooks and, with a pace, the residents. Starting twice does nothing."""
        if self._threads:
            return
        logging.getLogger("uvicorn.error").addFilter(hide_lost_answers)
        if self.config.webhook_url is not None:
            client = httpx.Client(timeout=_WEBHOOK_TIMEOUT, trust_env=False)
            self._threads.append(WebhookSender(self.store, self.config, self.clock, client))
        if self.config.resident_pace > 0:
            self._threads.append(Players(self, pace=self.config.resident_pace))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        for thread in self._threads:
            thread.stop()
        self._threads.clear()
        logging.getLogger("uvicorn.error").removeFilter(hide_lost_answers)
        self.store.close()

    def wait_for_webhooks(self, timeout: float = 5) -> bool:
        """Wait until the outbox is empty; False when it is not by then."""
        deadline = time.monotonic() + timeout
        pause = threading.Event()
        while self._has_waiting_webhooks():
            if time.monotonic() > deadline:
                return False
            pause.wait(0.02)
        return True

    def _has_waiting_webhooks(self) -> bool:
        return any(isinstance(one, WebhookSender) and one.has_waiting() for one in self._threads)


def create_app(config: PracticeConfig, *, clock: Callable[[], datetime]) -> FastAPI:
    """The practice Page served alone: its threads live as long as the server."""
    return Practice(config, clock=clock).app


def _build_app(practice: Practice) -> FastAPI:
    @asynccontextmanager
    async def live(_: FastAPI) -> AsyncIterator[None]:
        practice.start()
        yield
        practice.stop()

    app = FastAPI(lifespan=live, docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/graph", GraphGateway(Graph(practice.store, practice.config, practice.clock)))
    app.include_router(control_routes(practice))
    app.include_router(deed_routes(practice))
    app.include_router(signing_routes(practice))
    add_views(app, practice)
    return app
