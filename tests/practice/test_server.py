"""The practice Page served alone, started, played with and stopped."""

import threading
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from social_bot.practice.call import PracticeConfig
from social_bot.practice.server import Practice, create_app

PAGE_ID = "100200300"


@pytest.fixture
def config(tmp_path):
    return PracticeConfig(
        database=tmp_path / "practice.db", app_id="555000111", app_secret="s", verify_token="v"
    )


def test_served_alone_it_says_that_there_is_no_page_yet(config):
    with TestClient(create_app(config, clock=lambda: datetime.now(UTC))) as browser:
        seen = browser.get("/")

    assert "Täällä ei ole vielä sivua" in seen.text


def test_a_page_that_does_not_exist_is_told_in_words(config):
    with TestClient(create_app(config, clock=lambda: datetime.now(UTC))) as browser:
        seen = browser.get("/pages/1")

    assert seen.status_code == 404
    assert "There is no practice Page 1" in seen.text


def test_residents_act_by_themselves_at_the_pace_that_is_set(tmp_path):
    config = PracticeConfig(
        database=tmp_path / "practice.db",
        app_id="555000111",
        app_secret="s",
        verify_token="v",
        resident_pace=3000,
    )
    practice = Practice(config, clock=lambda: datetime.now(UTC))
    practice.add_page(PAGE_ID, "Sivu", "EAApage")
    practice.start()
    practice.start()

    waiting = threading.Event()
    while not any(practice.conversation(PAGE_ID, f"710000000{number}") for number in range(1, 5)):
        waiting.wait(0.02)
    practice.stop()

    assert not [thread for thread in threading.enumerate() if thread.name.startswith("practice")]


def test_config_keeps_its_secrets_out_of_what_is_printed(config):
    assert "app_secret" not in repr(config)
    assert "verify_token" not in repr(config)
