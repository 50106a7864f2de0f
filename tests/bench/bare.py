"""The least that a webhook can do: verify the signature and answer. ``python -m tests.bench.bare``."""

import hashlib
import hmac

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from social_bot.cli.running import make_server
from tests.bench.ground import APP_SECRET, HOST, PORT


async def receive(request: Request) -> PlainTextResponse:
    body = await request.body()
    expected = "sha256=" + hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("x-hub-signature-256", "")):
        return PlainTextResponse("no", status_code=403)
    return PlainTextResponse("ok")


async def is_up(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


if __name__ == "__main__":
    app = Starlette(routes=[Route("/webhooks/facebook", receive, methods=["POST"]), Route("/healthz", is_up)])
    make_server(app, host=HOST, port=PORT).run()
