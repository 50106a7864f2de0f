"""One id a request, from the proxy or our own: in the answer, in every log line, on the page that says sorry."""

import logging
import re
import secrets
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from social_bot import telemetry
from social_bot.log import within
from social_bot.spans import span

HEADER = "X-Request-ID"
_NAME = HEADER.lower().encode()
_USABLE = re.compile(rb"[0-9A-Fa-f-]{16,64}")  # as proxies make them: no name and no number of a person is so

log = logging.getLogger(__name__)


class Tracing:
    """Gives a request its id, times it by its route, and logs what breaks inside it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == _NAME), b"")
        request_id = given if _USABLE.fullmatch(given) else secrets.token_hex(8).encode()
        scope.setdefault("state", {})["request_id"] = request_id.decode()
        status, begun = 500, perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (_NAME, request_id)]
            await send(message)

        with within(request=request_id.decode()), span("request", "SERVER") as describe:
            try:
                await self._app(scope, receive, send_with_id)
            except Exception:
                log.exception("a request broke")
                raise
            finally:
                method, route = scope["method"], _route(scope)
                telemetry.REQUESTS.labels(method, route, str(status)).observe(perf_counter() - begun)
                describe(
                    f"{method} {route}",
                    {
                        "http.request.method": method,
                        "http.route": route,
                        "http.response.status_code": status,
                    },
                )


def _route(scope: Scope) -> str:
    """The address with its places unfilled: what is filled in may be a secret, and every value a new series."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "none"
