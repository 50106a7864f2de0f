"""The web application: the webhook, the residents' pages and the staff's."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from social_bot.answering.intake import DeliveryWriter
from social_bot.bootstrap import Bot
from social_bot.web import webhooks


def create_app(
    bot: Bot, *, on_delivery: Callable[[], None], has_public: bool = True, has_staff: bool = True
) -> FastAPI:
    """The app of one process. ``on_delivery`` is called after each commit of deliveries."""
    writer = DeliveryWriter(bot.database, clock=bot.now, on_stored=on_delivery)

    @asynccontextmanager
    async def live(_: FastAPI) -> AsyncIterator[None]:
        writer.start()
        yield
        writer.stop()

    app = FastAPI(title="social_bot", lifespan=live, docs_url=None, redoc_url=None, openapi_url=None)
    if has_public:
        app.include_router(webhooks.router(bot, writer))
    del has_staff
    return app
