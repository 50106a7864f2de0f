"""The webhook: raw bytes, signature, kept, answered. The only route that is not sync."""

import asyncio
import hmac

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from social_bot.answering.intake import DeliveryWriter
from social_bot.answering.spool import Spool
from social_bot.bootstrap import Bot
from social_bot.telemetry import DELIVERIES

BODY_LIMIT = 4 * 1024 * 1024
"""The platform sends at most 1,000 updates in a delivery; a larger body is nobody we know."""

_PATIENCE = 0.2
"""Seconds that a delivery waits for the database before it is kept on disk: the platform waits for five."""


def router(bot: Bot, writer: DeliveryWriter, spool: Spool) -> APIRouter:
    routes = APIRouter()

    @routes.get("/webhooks/facebook")
    def verify(request: Request) -> Response:
        """https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests."""
        query = request.query_params
        expected = bot.settings.verify_token
        given = query.get("hub.verify_token", "")
        if (
            query.get("hub.mode") == "subscribe"
            and expected is not None
            and hmac.compare_digest(given.encode(), expected.get_secret_value().encode())
        ):
            return PlainTextResponse(query.get("hub.challenge", ""))
        return PlainTextResponse("the verify token does not match", status_code=403)

    @routes.post("/webhooks/facebook")
    async def receive(request: Request) -> Response:
        """Answer 200 once the delivery is committed, or on disk; work is done after the answer."""
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT:
                DELIVERIES.labels("too_large").inc()
                return PlainTextResponse("too large", status_code=413)
        if not bot.may_receive(bytes(body), request.headers.get("x-hub-signature-256")):
            DELIVERIES.labels("refused").inc()
            return PlainTextResponse("the signature does not match", status_code=403)
        try:
            await asyncio.wait_for(asyncio.wrap_future(writer.put(bytes(body))), _PATIENCE)
        except TimeoutError:
            await asyncio.to_thread(spool.append, [bytes(body)])
            DELIVERIES.labels("spooled").inc()
        else:
            DELIVERIES.labels("kept").inc()
        return PlainTextResponse("ok")

    return routes
