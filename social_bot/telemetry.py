"""What this process counts for Prometheus, and the ids that tie its log lines together.

Labels are words of our own (a route, a job, an outcome), never an address as it was asked for, an id of a
person or a text. What the whole installation holds (queues, workers, pages) is read from the database at the
moment of asking, see web/health.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector

from social_bot.spans import span

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

REQUESTS = Histogram(
    "social_bot_request_seconds",
    "Requests answered, by route and status",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    registry=REGISTRY,
)
DELIVERIES = Counter(
    "social_bot_deliveries",
    "Webhook deliveries: kept (committed), spooled (kept on disk), refused (signature), too_large",
    ["outcome"],
    registry=REGISTRY,
)
CALLS = Histogram(
    "social_bot_platform_call_seconds",
    "Calls to the platform, by lane and outcome (done, or the kind of error)",
    ["lane", "outcome"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)
JOBS = Histogram(
    "social_bot_job_seconds",
    "Rounds of the worker's jobs",
    ["job"],
    buckets=(0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120),
    registry=REGISTRY,
)
BROKEN_JOBS = Counter(
    "social_bot_broken_jobs", "Rounds that ended in an error of the program", ["job"], registry=REGISTRY
)


@contextmanager
def timed_job(name: str) -> Iterator[None]:
    begun = perf_counter()
    try:
        with span(f"job {name}"):
            yield
    except Exception:
        BROKEN_JOBS.labels(name).inc()
        raise
    finally:
        JOBS.labels(name).observe(perf_counter() - begun)


@contextmanager
def timed_call(lane: str) -> Iterator[None]:
    """Time a call to the platform; an error that goes through names the outcome."""
    begun, outcome = perf_counter(), "done"
    try:
        with span(f"platform {lane}", "CLIENT"):
            yield
    except Exception as error:
        outcome = type(error).__name__
        raise
    finally:
        CALLS.labels(lane, outcome).observe(perf_counter() - begun)
