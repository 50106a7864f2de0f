"""A setting that was left empty in the file is one that was not made."""

import hashlib
import hmac

import pytest

from social_bot.bootstrap import build
from social_bot.settings import Settings

EMPTY = ["APP_ID", "APP_SECRET", "VERIFY_TOKEN", "METRICS_TOKEN", "STAFF_URL", "OIDC_ISSUER", "DATABASE_URL"]


@pytest.fixture
def half_filled(monkeypatch, tmp_path) -> Settings:
    monkeypatch.setenv("SOCIAL_BOT_DATA_DIR", str(tmp_path))
    for name in EMPTY:
        monkeypatch.setenv(f"SOCIAL_BOT_{name}", "")
    return Settings()


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_line_of_the_file_sets_nothing(half_filled, name):
    assert getattr(half_filled, name.lower()) is None


def test_who_signs_with_an_empty_secret_is_not_the_platform(half_filled):
    bot = build(half_filled)
    signature = "sha256=" + hmac.new(b"", b"{}", hashlib.sha256).hexdigest()

    assert not bot.may_receive(b"{}", signature)
    bot.close()
