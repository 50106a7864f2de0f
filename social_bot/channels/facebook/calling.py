"""Every call to Graph: its limits watched, its answer parsed, its failure told in the errors of the ports."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr

from social_bot.channels.facebook import protocol
from social_bot.channels.facebook.failures import SLOW_DOWN, Failure, classify
from social_bot.channels.facebook.protocol import Call
from social_bot.channels.facebook.transport import (
    GRAPH_URL,
    TIMEOUT,
    GraphFailure,
    HttpxSession,
    MetaGraph,
    checked_base_url,
)
from social_bot.channels.facebook.usage import Gate, Lane, parse_usage
from social_bot.channels.ports import PageAccess
from social_bot.errors import PageUnavailable, PlatformError
from social_bot.log import fields
from social_bot.telemetry import timed_call

T = TypeVar("T")
Parse = Callable[[Mapping[str, Any]], T]

_NOT_DONE = "Facebook did not do what was asked. Try again in a moment."
_log = logging.getLogger(__name__)


class GraphCalls:
    """Asks Graph. May be shared by threads; remembers limits per page.

    Raises the errors of ``social_bot.errors`` and nothing else. Without ``app_secret`` calls carry no
    proof, which only a practice page takes.
    """

    def __init__(
        self,
        *,
        app_id: str,
        app_secret: SecretStr | None,
        clock: Callable[[], datetime],
        base_url: str = GRAPH_URL,
        version: str = "v26.0",
        client: httpx.Client | None = None,
    ) -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._clock = clock
        self._base_url = checked_base_url(base_url)
        self._version = version
        # Facebook may have to be reached through a proxy; a practice page is on this machine.
        self._client = client or httpx.Client(timeout=TIMEOUT, trust_env=self._base_url == GRAPH_URL)
        self._gate = Gate()
        self._lock = threading.Lock()
        self._answering_version: dict[str, str] = {}
        logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it prints addresses with secrets

    def close(self) -> None:
        self._client.close()

    def _ask(self, page: PageAccess, call: Call, parse: Parse[T]) -> T:
        with self._graph(page, call) as graph:
            return parsed(parse, graph.perform(call))

    def _do(self, page: PageAccess, call: Call) -> None:
        if not self._ask(page, call, protocol.is_done):
            raise PageUnavailable(_NOT_DONE)

    @contextmanager
    def _graph(self, page: PageAccess, call: Call) -> Iterator[MetaGraph]:
        """Graph for this page; what goes wrong inside is told in the errors of the ports."""
        self._wait_if_busy(page, call.lane, is_urgent=True)
        session = HttpxSession(
            client=self._client,
            base_url=self._base_url,
            app_secret=self._app_secret,
            observe=partial(self._observe, page.page_id, call.lane),
        )
        with timed_call(call.lane):
            try:
                yield MetaGraph(page.token, version=self._version, session=session)
            except GraphFailure as failed:
                raise self._explained(page.page_id, call, failed) from failed
        self._gate.went_well(page.page_id, call.lane)

    def _wait_if_busy(self, page: PageAccess, lane: Lane, *, is_urgent: bool) -> None:
        until = self._gate.wait_until(page.page_id, lane, is_urgent=is_urgent, now=self._clock())
        if until:
            raise PageUnavailable(SLOW_DOWN, retry_at=until, throttled=True)

    def _observe(self, page_id: str, lane: Lane, headers: Mapping[str, str]) -> None:
        usage = parse_usage(headers, page_id=page_id, lane=lane, now=self._clock())
        if usage:
            self._gate.saw(page_id, lane, usage)
        version = headers.get("facebook-api-version")
        if version and version != self._answering_version.get(page_id):
            self._answering_version[page_id] = version
            if version != self._version:
                _log.warning("another API version answers", extra=fields(page=page_id, version=version))

    def _explained(self, page_id: str, call: Call, failed: GraphFailure) -> PlatformError:
        failure = replace(
            failed.failure,
            lane=call.lane,
            usage=self._gate.usage(page_id, call.lane),
            throttles=self._gate.throttles(page_id, call.lane),
        )
        error = classify(failure, is_write=not call.is_repeatable, now=self._clock())
        if isinstance(error, PageUnavailable) and error.retry_at:
            self._gate.hold(page_id, call.lane, until=error.retry_at)
        _log.warning(
            "graph call failed",
            extra=fields(
                page=page_id,
                call=f"{call.method} {call.edge or call.node}",
                error=type(error).__name__,
                status=failure.status,
                code=failure.code,
                subcode=failure.subcode,
                trace=failure.trace_id,
                **failed.traces,
            ),
        )
        return error


def parsed(parse: Parse[T], answer: Mapping[str, Any]) -> T:
    """An answer without what Meta promises in it is as good as none."""
    try:
        return parse(answer)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise GraphFailure(Failure(status=200)) from error
