"""What a machine that watches is told."""

import logging
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from social_bot import telemetry
from social_bot.answering.store import DeliveryRow
from social_bot.log import LogFormat, configure
from social_bot.organisation import heartbeats
from social_bot.storage import migrate
from social_bot.web.app import create_app
from tests.conftest import NOW

TOKEN = "prometheus-shows-this"


def watcher(bot) -> TestClient:
    return TestClient(create_app(bot, on_delivery=lambda: None), raise_server_exceptions=False)


def measured(bot) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels."""
    object.__setattr__(bot.settings, "metrics_token", SecretStr(TOKEN))
    answer = watcher(bot).get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def beat(bot, *, at=NOW) -> None:
    with bot.database.write() as session:
        heartbeats.beat(session, "worker", now=at)


def leave_delivery(bot, *, at) -> None:
    with bot.database.write() as session:
        session.add(DeliveryRow(received_at=at, body_sealed=bot.database.cipher.seal("{}"), is_parsed=False))


def test_a_living_process_says_so_whatever_the_rest_does(timed_bot):
    migrate.downgrade(timed_bot.database)

    assert watcher(timed_bot).get("/healthz").json() == {"alive": True}


def test_it_is_ready_while_a_worker_is_heard_of(timed_bot):
    beat(timed_bot)

    answer = watcher(timed_bot).get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "problem": None})


def test_it_is_not_ready_when_no_worker_has_been_heard_of_for_long(timed_bot):
    beat(timed_bot, at=NOW - timedelta(hours=2))

    answer = watcher(timed_bot).get("/readyz")

    assert answer.status_code == 503
    assert "social-bot work" in answer.json()["problem"]


def test_it_is_not_ready_before_a_worker_has_ever_been_heard_of(timed_bot):
    answer = watcher(timed_bot).get("/readyz")

    assert answer.status_code == 503
    assert "social-bot work" in answer.json()["problem"]


@pytest.mark.parametrize(("minutes", "status"), [(4, 200), (6, 503)])
def test_it_is_not_ready_when_work_has_been_due_for_long(timed_bot, minutes, status):
    beat(timed_bot)
    leave_delivery(timed_bot, at=NOW - timedelta(minutes=minutes))

    answer = watcher(timed_bot).get("/readyz")

    assert answer.status_code == status
    assert ("deliveries" in (answer.json()["problem"] or "")) is (status == 503)


def test_it_is_not_ready_on_a_database_that_is_not_up_to_date(timed_bot):
    migrate.downgrade(timed_bot.database, to="0004")

    answer = watcher(timed_bot).get("/readyz")

    assert answer.status_code == 503
    assert "db upgrade" in answer.json()["problem"]


def test_metrics_are_nowhere_without_a_token_and_closed_without_the_right_one(timed_bot):
    nowhere = watcher(timed_bot).get("/metrics")
    object.__setattr__(timed_bot.settings, "metrics_token", SecretStr(TOKEN))
    closed = watcher(timed_bot).get("/metrics", headers={"Authorization": "Bearer another"})

    assert (nowhere.status_code, closed.status_code) == (404, 401)


def test_metrics_tell_what_waits_and_who_works(timed_bot):
    beat(timed_bot, at=NOW - timedelta(seconds=20))
    leave_delivery(timed_bot, at=NOW - timedelta(seconds=90))

    samples = measured(timed_bot)

    assert samples["social_bot_queue_length", "deliveries"] == 1
    assert samples["social_bot_queue_oldest_seconds", "deliveries"] == 90
    assert samples["social_bot_queue_length", "posts"] == 0
    assert samples["social_bot_worker_silent_seconds", "worker"] == 20
    assert samples["social_bot_emergency_stops",] == 0
    assert samples["social_bot_database_up",] == 1


def test_requests_are_counted_by_their_route_and_never_by_what_stands_in_it(timed_bot):
    watcher(timed_bot).get("/conversation/a-secret-of-one-resident")

    names = {name for sample in measured(timed_bot) for name in sample}

    assert "/conversation/{token}" in names
    assert not [name for name in names if "a-secret" in name]


def test_a_broken_request_is_told_by_the_same_id_to_its_reader_and_in_the_log(timed_bot, monkeypatch, capsys):
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("words of " + "a resident")

    monkeypatch.setattr("social_bot.web.health.migrate.is_current", breaks)
    configure(form=LogFormat.JSON)
    try:
        answer = watcher(timed_bot).get(
            "/readyz", headers={"X-Request-ID": "3f2a9c0d-77e1-4b5a-9d0e-1c2b3a4d5e6f"}
        )
    finally:
        logged = capsys.readouterr().err
        configure()

    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] == "3f2a9c0d-77e1-4b5a-9d0e-1c2b3a4d5e6f"
    assert "3f2a9c0d-77e1-4b5a-9d0e-1c2b3a4d5e6f" in answer.text
    assert '"request": "3f2a9c0d-77e1-4b5a-9d0e-1c2b3a4d5e6f"' in logged
    assert "words of a resident" not in logged


@pytest.mark.parametrize(
    "given", ["", "abc", "a" * 65, "with space and more", "a<script>alert(1)", "040" + "1234567"]
)
def test_an_id_that_could_be_anything_else_is_replaced(timed_bot, given):
    answer = watcher(timed_bot).get("/healthz", headers={"X-Request-ID": given})

    assert answer.headers["X-Request-ID"] != given
    assert len(answer.headers["X-Request-ID"]) == 16


def test_a_job_that_breaks_is_counted_and_logged_with_its_round(capsys):
    from social_bot.work import _guarded

    def _tidy() -> None:
        logging.getLogger("social_bot.test").warning("inside")
        raise ValueError

    configure()
    before = telemetry.BROKEN_JOBS.labels("tidy")._value.get()
    _guarded(_tidy)()
    logged = capsys.readouterr().err

    assert telemetry.BROKEN_JOBS.labels("tidy")._value.get() == before + 1
    assert "inside job=tidy round=" in logged
    assert "a job broke job=tidy" in logged
