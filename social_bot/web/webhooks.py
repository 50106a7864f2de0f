"""The webhook: raw bytes, signature, kept, answered. The only route that is not sync."""

import asyncio
import hmac

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from social_bot.answering.intake import DeliveryWriter
from social_bot.answering.spool import Spool
from social_bot.bootstrap import Bot
from social_bot.telemetry import DELIVERIES
from social_bot.web.headers import security_headers

PATH = "/webhooks/facebook"

BODY_LIMIT = 4 * 1024 * 1024
"""The platform sends at most 1,000 updates in a delivery; a larger body is nobody we know."""

routes = APIRouter()
"""What a person or the platform asks of the address; deliveries go to ``Receiver``."""

_PATIENCE = 0.2
"""Seconds that a delivery waits for the database before it is kept on disk: the platform waits for five."""

_SIGNATURE = b"x-hub-signature-256"
_KEPT, _SPOOLED, _REFUSED, _TOO_LARGE = (
    DELIVERIES.labels(outcome) for outcome in ("kept", "spooled", "refused", "too_large")
)


class Receiver:
    """Answers 200 once a delivery is committed, or on disk; work is done after the answer.

    Plain ASGI: it is asked more often than all pages together and needs nothing of what they need.
    """

    path = PATH
    """The route by which its requests are counted."""

    def __init__(self, bot: Bot, writer: DeliveryWriter, spool: Spool) -> None:
        self._bot = bot
        self._writer = writer
        self._spool = spool
        headers = security_headers(is_https=bot.settings.base_url.startswith("https:"))
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self
        status, answer = await self._take(scope, receive)
        length = (b"content-length", str(len(answer)).encode())
        headers = [length, (b"content-type", b"text/plain; charset=utf-8"), *self._headers]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _take(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        body = await _read(receive)
        if body is None:
            _TOO_LARGE.inc()
            return 413, b"too large"
        signature = next(
            (value.decode("latin-1") for name, value in scope["headers"] if name == _SIGNATURE), None
        )
        if not self._bot.may_receive(body, signature):
            _REFUSED.inc()
            return 403, b"the signature does not match"
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._writer.put(body)
        except TimeoutError:
            await asyncio.to_thread(self._spool.append, [body])
            _SPOOLED.inc()
        else:
            _KEPT.inc()
        return 200, b"ok"


@routes.get(PATH)
def verify(request: Request) -> Response:
    """https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests."""
    query = request.query_params
    expected = request.app.state.site.bot.settings.verify_token
    given = query.get("hub.verify_token", "")
    if (
        query.get("hub.mode") == "subscribe"
        and expected is not None
        and hmac.compare_digest(given.encode(), expected.get_secret_value().encode())
    ):
        return PlainTextResponse(query.get("hub.challenge", ""))
    return PlainTextResponse("the verify token does not match", status_code=403)


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None when it is larger than any that the platform sends."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            return None
        if not message.get("more_body", False):
            return bytes(body)
