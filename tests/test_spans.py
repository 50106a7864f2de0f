"""Spans hold words of the program, belong together, and cost nothing where nobody asked for them."""

import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from starlette.testclient import TestClient

from social_bot import spans
from social_bot.errors import NotReady
from social_bot.telemetry import timed_call, timed_job
from social_bot.web.app import create_app

SECRET = "aivan-salainen-tunnus"


@pytest.fixture
def finished():
    """The spans that have ended, in that order."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    spans.send_to(provider)
    yield exporter.get_finished_spans
    spans.send_to(None)


def told(span) -> str:
    return f"{span.name} {dict(span.attributes)} {[event.attributes for event in span.events]} {span.status}"


def test_a_request_is_told_by_its_route_and_not_by_its_address(bot, finished):
    with TestClient(create_app(bot, on_delivery=lambda: None)) as client:
        client.get(f"/conversation/{SECRET}?phone={SECRET}")

    (span,) = (each for each in finished() if "conversation" in each.name)
    assert span.name == "GET /conversation/{token}"
    assert span.attributes["http.response.status_code"] == 404
    assert not any(SECRET in told(each) for each in finished())


def test_what_a_stranger_says_of_a_trace_is_not_taken_over(bot, finished):
    theirs = "4bf92f3577b34da6a3ce929d0e0e4736"
    with TestClient(create_app(bot, on_delivery=lambda: None)) as client:
        client.get("/healthz", headers={"traceparent": f"00-{theirs}-00f067aa0ba902b7-01"})

    assert finished()[0].context.trace_id != int(theirs, 16)


def test_a_call_belongs_to_its_job(finished):
    with timed_job("send_one"), timed_call("messages"):
        pass

    call, job = finished()
    assert (call.name, job.name) == ("platform messages", "job send_one")
    assert call.parent.span_id == job.context.span_id


def test_an_error_is_told_by_its_class_alone(finished):
    with pytest.raises(ValueError, match=SECRET), timed_call("messages"):
        raise ValueError(SECRET)

    (span,) = finished()
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes["error.type"] == "ValueError"
    assert SECRET not in told(span)


def test_without_an_endpoint_nothing_is_sent(monkeypatch):
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)  # would break if it were loaded

    spans.begin()

    with spans.span("anything") as describe:
        describe("anything", {})


def test_an_endpoint_without_the_packages_is_refused_with_the_command(monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)

    with pytest.raises(NotReady, match=r"social-bot\[otel\]"):
        spans.begin()
