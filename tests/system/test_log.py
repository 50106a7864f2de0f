"""What breaks is logged with its place and kind, never with words that a person wrote."""

import logging

import pytest
from pydantic import BaseModel

from social_bot.log import configure, fields

WRITTEN = "en jaksa, puh " + "040 123 4567"  # in two, so that no line of this file shows it whole


class _Number(BaseModel):
    number: int


def _log_of_a_broken_event(capsys: pytest.CaptureFixture[str]) -> str:
    configure()
    try:
        try:
            _Number.model_validate({"number": WRITTEN})
        except ValueError as error:
            raise RuntimeError(WRITTEN) from error
    except RuntimeError:
        logging.getLogger("social_bot.test").exception("an event broke", extra=fields(event=7))
    return capsys.readouterr().err


def test_an_error_that_quotes_a_message_is_logged_without_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert WRITTEN not in _log_of_a_broken_event(capsys)


def test_what_broke_and_where_is_told_of_each_cause(capsys: pytest.CaptureFixture[str]) -> None:
    logged = _log_of_a_broken_event(capsys)

    assert "an event broke" in logged
    assert "event=7" in logged
    assert "test_log.py" in logged
    assert logged.count("\nRuntimeError") == 1
    assert logged.count("\nValidationError") == 1
