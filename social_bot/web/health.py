"""For machines that watch: whether this process lives, whether the work is done, and the figures of it."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from social_bot import __version__
from social_bot.bootstrap import Bot
from social_bot.organisation import heartbeats
from social_bot.storage import migrate
from social_bot.telemetry import REGISTRY
from social_bot.vitals import Vitals, read_vitals
from social_bot.web.site import Site

_NOT_KEPT = {"Cache-Control": "no-store"}

routes = APIRouter()


@routes.get("/healthz")
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return JSONResponse({"alive": True}, headers=_NOT_KEPT)


@routes.get("/readyz")
def readyz(request: Request) -> Response:
    """200 when the database answers and is up to date, a worker works and nothing due lies about; else 503."""
    problem = _problem(request.app.state.site)
    status = 200 if problem is None else 503
    return JSONResponse({"ready": problem is None, "problem": problem}, status, _NOT_KEPT)


@routes.get("/metrics")
def metrics(request: Request) -> Response:
    """Prometheus' text form, for who shows the token of the setting."""
    site: Site = request.app.state.site
    token = site.bot.settings.metrics_token
    if token is None:
        return PlainTextResponse("Set SOCIAL_BOT_METRICS_TOKEN to have metrics.", 404, _NOT_KEPT)
    given = request.headers.get("authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token.get_secret_value()}".encode()):
        return PlainTextResponse(
            "The token does not match.", 401, {"WWW-Authenticate": "Bearer", **_NOT_KEPT}
        )
    everywhere = CollectorRegistry()
    everywhere.register(_Installation(site.bot))
    return Response(
        generate_latest(REGISTRY) + generate_latest(everywhere),
        headers=_NOT_KEPT,
        media_type=CONTENT_TYPE_LATEST,
    )


def _problem(site: Site) -> str | None:
    bot = site.bot
    try:
        if not migrate.is_current(bot.database):
            return "database not up to date: social-bot db upgrade"
        with bot.database.read() as session:
            vitals = read_vitals(session, now=bot.now())
    except SQLAlchemyError:
        return "database does not answer"
    if vitals.heard_of is None or vitals.now - vitals.heard_of > heartbeats.SILENT_AFTER:
        return "no worker is heard of: social-bot work"
    if vitals.overdue is not None:
        return f"work has been due for long: {vitals.overdue.name}. See: social-bot doctor"
    return None


@dataclass(frozen=True, eq=False)
class _Installation(Collector):
    """The vital signs of the whole installation, whichever process is asked."""

    bot: Bot

    def collect(self) -> Iterator[GaugeMetricFamily]:
        info = GaugeMetricFamily("social_bot_info", "The program's version", labels=["version"])
        info.add_metric([__version__], 1)
        yield info
        try:
            with self.bot.database.read() as session:
                vitals = read_vitals(session, now=self.bot.now())
        except SQLAlchemyError:
            yield GaugeMetricFamily("social_bot_database_up", "Whether the database answers", value=0)
            return
        yield GaugeMetricFamily("social_bot_database_up", "Whether the database answers", value=1)
        yield from _families(vitals)


def _families(vitals: Vitals) -> Iterator[GaugeMetricFamily]:
    queues = {each.name: each for each in vitals.queues}
    oldest = {
        name: (vitals.now - each.oldest).total_seconds() if each.oldest else 0.0
        for name, each in queues.items()
    }
    for name, help_text, label, values in (
        ("queue_length", "Work that is due now", "queue", {k: float(v.count) for k, v in queues.items()}),
        ("queue_oldest_seconds", "How long the first of it has been due", "queue", oldest),
        ("waiting_for_people", "What a person has to decide or do", "what", vitals.waiting_for_people),
        ("alerts_open", "Alerts that nobody has taken", "kind", vitals.alerts_open),
        ("pages", "Pages by what they can do now", "state", vitals.pages),
        (
            "worker_silent_seconds",
            "Since each worker of the last day was heard of",
            "worker",
            {name: (vitals.now - at).total_seconds() for name, at in vitals.workers.items()},
        ),
        (
            "page_connection_ends_seconds",
            "Until the connection of a page ends",
            "page",
            {page: (at - vitals.now).total_seconds() for page, at in vitals.token_ends.items()},
        ),
    ):
        family = GaugeMetricFamily(f"social_bot_{name}", help_text, labels=[label])
        for word, value in values.items():
            family.add_metric([word], value)
        yield family
    yield GaugeMetricFamily("social_bot_emergency_stops", "Emergency stops in force", value=vitals.stops)
