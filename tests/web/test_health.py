"""What a machine that watches is told."""

from datetime import timedelta

from fastapi.testclient import TestClient

from social_bot.organisation import heartbeats
from social_bot.storage import migrate
from social_bot.web.app import create_app
from tests.conftest import NOW


def watcher(bot) -> TestClient:
    return TestClient(create_app(bot, on_delivery=lambda: None), raise_server_exceptions=False)


def test_a_living_process_says_so_whatever_the_rest_does(timed_bot):
    migrate.downgrade(timed_bot.database)

    assert watcher(timed_bot).get("/healthz").json() == {"alive": True}


def test_it_is_ready_while_a_worker_is_heard_of(timed_bot):
    with timed_bot.database.write() as session:
        heartbeats.beat(session, "worker", now=timed_bot.now())

    answer = watcher(timed_bot).get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "problem": None})


def test_it_is_not_ready_when_no_worker_has_been_heard_of_for_long(timed_bot):
    with timed_bot.database.write() as session:
        heartbeats.beat(session, "worker", now=NOW - timedelta(hours=2))

    answer = watcher(timed_bot).get("/readyz")

    assert answer.status_code == 503
    assert "social-bot work" in answer.json()["problem"]


def test_it_is_not_ready_on_a_database_that_is_not_up_to_date(timed_bot):
    migrate.downgrade(timed_bot.database, to="0004")

    answer = watcher(timed_bot).get("/readyz")

    assert answer.status_code == 503
    assert "db upgrade" in answer.json()["problem"]
