"""Spans for OpenTelemetry, where the administrator asks for them; else nothing of it is loaded.

OpenTelemetry's own settings say where they go (``OTEL_EXPORTER_OTLP_ENDPOINT``, ``OTEL_SERVICE_NAME``, …).
A span holds words of the program: a route, a job, a lane, an outcome, the class of an error. It never holds
an address as it was asked for, an id of a person, a text or an error's own words; and a trace begins here,
whatever a stranger's headers say.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from social_bot import __version__
from social_bot.errors import NotReady

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer, TracerProvider

Kind = Literal["SERVER", "CLIENT", "INTERNAL"]
Describe = Callable[[str, Mapping[str, str | int]], None]
"""Name the span and say what it was, once that is known."""

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_tracers: "list[Tracer]" = []


def begin() -> None:
    """Send spans from now on, where an endpoint is set. Raises ``NotReady`` without the packages for it."""
    if not any(os.environ.get(name) for name in _ENDPOINTS):
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise NotReady(
            "An endpoint for OpenTelemetry is set, but its packages are not installed. "
            'Install them with: pip install "social-bot[otel]"'
        ) from error
    os.environ.setdefault("OTEL_SERVICE_NAME", "social-bot")
    provider = TracerProvider(resource=Resource.create({"service.version": __version__}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    send_to(provider)


def send_to(provider: "TracerProvider | None") -> None:
    """None: to nobody."""
    _tracers[:] = [provider.get_tracer("social_bot", __version__)] if provider else []


@contextmanager
def span(name: str, kind: Kind = "INTERNAL") -> Iterator[Describe]:
    """A span around the block; an error that goes through it is told by its class alone."""
    if not _tracers:
        yield _nothing
        return
    from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415

    with _tracers[0].start_as_current_span(
        name, kind=SpanKind[kind], record_exception=False, set_status_on_exception=False
    ) as current:

        def describe(name: str, attributes: Mapping[str, str | int]) -> None:
            current.update_name(name)
            current.set_attributes(dict(attributes))

        try:
            yield describe
        except BaseException as error:
            current.set_attribute("error.type", type(error).__name__)
            current.set_status(StatusCode.ERROR)
            raise


def _nothing(name: str, attributes: Mapping[str, str | int]) -> None:
    pass
