"""The web application: the webhook, the residents' pages and the staff's."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from social_bot.answering.intake import DeliveryWriter
from social_bot.answering.spool import Spool
from social_bot.bootstrap import Bot
from social_bot.errors import InvalidInput, NotAllowed, NotFound, NotReady, PlatformError, SocialBotError
from social_bot.web import (
    account,
    approvals,
    audit,
    calendar,
    calls,
    campaign_start,
    campaigns,
    comments,
    comparison,
    composer,
    connections,
    dashboard,
    deletions,
    entry,
    feeds,
    followup,
    goals,
    going_live,
    health,
    importing,
    inbox,
    media,
    opening,
    organisation,
    own_data,
    partners,
    people,
    posts,
    practices,
    quality,
    reports,
    residents,
    series,
    sign_in,
    stop,
    texts,
    today,
    tokens,
    topics,
    trials,
    visits_log,
    webhooks,
)
from social_bot.web.api.app import PATH, create_api
from social_bot.web.headers import SecurityHeaders, security_headers
from social_bot.web.pages import render, render_sorry, see_other
from social_bot.web.site import STATIC, Site
from social_bot.web.tracing import HEADER, Tracing
from social_bot.web.visits import MustEnter, read_visit

STATUSES: dict[type[SocialBotError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    InvalidInput: 422,
    NotReady: 503,
    PlatformError: 502,
}
_STAFF = (
    importing,
    sign_in,
    account,
    people,
    tokens,
    audit,
    entry,
    today,
    composer,
    media,
    feeds,
    series,
    approvals,
    posts,
    calendar,
    campaign_start,
    campaigns,
    inbox,
    own_data,
    comments,
    calls,
    texts,
    topics,
    dashboard,
    goals,
    reports,
    followup,
    trials,
    visits_log,
    practices,
    partners,
    comparison,
    quality,
    stop,
    organisation,
    opening,
    connections,
    going_live,
)


class _App(FastAPI):
    """The webhook stands before all that pages need: it is asked more often than they and needs none of it."""

    webhook: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_delivery = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == webhooks.PATH
        if is_delivery and self.webhook is not None:
            await self.webhook(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(
    bot: Bot, *, on_delivery: Callable[[], None], has_public: bool = True, has_staff: bool = True
) -> FastAPI:
    """The app of one process. ``on_delivery`` is called after each commit of deliveries."""
    spool = Spool(bot.settings.data_dir / "spool", bot.database.cipher, clock=bot.now)
    writer = DeliveryWriter(bot.database, spool=spool, clock=bot.now, on_stored=on_delivery)

    @asynccontextmanager
    async def live(_: FastAPI) -> AsyncIterator[None]:
        writer.start()
        yield
        writer.stop()

    app = _App(title="social_bot", lifespan=live, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = Site(bot)
    routers = [health.routes]
    if has_public:
        routers += [webhooks.routes, residents.routes, deletions.routes, feeds.public]
        app.webhook = Tracing(webhooks.Receiver(bot, writer, spool))
    if has_staff:
        routers += [room.routes for room in _STAFF]
    for router in routers:
        app.router.routes.extend(router.routes)  # include_router would make each of them once more
    if has_staff:
        app.mount(PATH, create_api(app.state.site))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(SecurityHeaders, is_https=app.state.site.is_https)
    app.add_middleware(Tracing)
    _say_what_went_wrong(app, app.state.site)
    return app


def _say_what_went_wrong(app: FastAPI, site: Site) -> None:
    """Every error becomes a page with a sentence; none becomes a traceback."""

    @app.exception_handler(SocialBotError)
    def refuse(request: Request, error: SocialBotError) -> Response:
        status = next((code for kind, code in STATUSES.items() if isinstance(error, kind)), 500)
        visit = getattr(request.state, "visit", None) or read_visit(
            request, request.query_params.get("lang", "")
        )
        return render(visit, "refused.html", status=status, error=error)

    @app.exception_handler(MustEnter)
    def send_to_the_door(request: Request, error: MustEnter) -> Response:
        del request
        return see_other(error.door)

    @app.exception_handler(RequestValidationError)
    def find_nothing(request: Request, error: RequestValidationError) -> Response:
        """The only arguments that can be wrong are the numbers in a path."""
        del request, error
        return render_sorry(site, 404)

    @app.exception_handler(HTTPException)
    def be_sorry(request: Request, error: HTTPException) -> Response:
        del request
        return render_sorry(site, error.status_code)

    @app.exception_handler(Exception)
    def break_politely(request: Request, error: Exception) -> Response:
        """``Tracing`` has logged the error; this answer is made outside the middleware."""
        del error
        request_id = request.state.request_id
        response = render_sorry(site, 500, request_id=request_id)
        response.headers.update(security_headers(is_https=site.is_https) | {HEADER: request_id})
        return response
