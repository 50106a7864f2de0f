"""What the doctor finds, and that it finds nothing where nothing is wrong."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from social_bot.bootstrap import Bot
from social_bot.cli.app import app
from social_bot.organisation import heartbeats, pages, stop
from social_bot.storage import migrate
from tests.conftest import PAGE, WRITER


@pytest.fixture
def examined(bot: Bot, monkeypatch: pytest.MonkeyPatch):
    """Run the command on the test's database: exit code and what it says."""
    monkeypatch.setenv("SOCIAL_BOT_DATA_DIR", str(bot.settings.data_dir))
    monkeypatch.setenv("SOCIAL_BOT_DATABASE_URL", bot.settings.url_of_database)

    def run() -> tuple[int, list[dict[str, object]]]:
        result = CliRunner().invoke(app, ["doctor", "--json"], catch_exceptions=False)
        return result.exit_code, json.loads(result.stdout)["troubles"]

    return run


def test_a_new_installation_is_in_order(examined):
    assert examined() == (0, [])


def test_a_schema_of_yesterday_is_named_with_its_command(bot, examined):
    migrate.downgrade(bot.database, to="0005")

    code, troubles = examined()

    assert code == 1
    assert [trouble["about"] for trouble in troubles] == ["database"]
    assert "social-bot db upgrade" in str(troubles[0]["sentence"])


def test_lost_keys_are_noticed(bot, examined, monkeypatch):
    from cryptography.fernet import Fernet

    monkeypatch.setenv("SOCIAL_BOT_SECRET_KEYS", Fernet.generate_key().decode())

    code, troubles = examined()

    assert code == 1
    assert "keys" in [trouble["about"] for trouble in troubles]


def test_a_worker_that_has_gone_silent_is_noticed(bot, examined):
    with bot.database.write() as session:
        heartbeats.beat(session, "worker", now=bot.now() - timedelta(hours=3))

    code, troubles = examined()

    assert code == 1
    assert [trouble["about"] for trouble in troubles] == ["work"]


def test_a_changed_audit_log_is_noticed(bot, examined):
    with bot.database.write() as session:
        session.connection().execute(text("UPDATE audit_entry SET actor = 'X' WHERE id = 2"))

    code, troubles = examined()

    assert code == 1
    assert "entry 2" in str(troubles[0]["sentence"])


def test_an_emergency_stop_is_said_and_is_no_failure(bot, examined):
    with bot.database.write() as session:
        stop.press(session, page_id=None, holds_answers=False, reason="harjoitus", by=WRITER, now=bot.now())

    code, troubles = examined()

    assert code == 0
    assert [trouble["about"] for trouble in troubles] == ["emergency stop"]


def test_a_disconnected_page_and_what_a_live_page_lacks_are_said(bot, examined):
    with bot.database.write() as session:
        pages.get(session, PAGE).is_live = True
        pages.disconnect(session, PAGE, reason="The token has died.", now=bot.now())

    code, troubles = examined()

    assert code == 1
    sentences = " ".join(str(trouble["sentence"]) for trouble in troubles)
    assert "The token has died." in sentences
    assert "social-bot texts approve" in sentences
    assert "SOCIAL_BOT_APP_SECRET" in sentences
