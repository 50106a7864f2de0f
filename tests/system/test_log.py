"""What breaks is logged with its place and kind, never with words that a person wrote."""

import logging
import sys

import pytest
from pydantic import BaseModel

from social_bot.log import configure, fields


WRITTEN = " ".join(("en", "jaksa", "040", "123", "4567"))  # so that no line of this file shows it whole


class _Number(BaseModel):
    number: int


def test_an_error_that_quotes_a_message_is_logged_without_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    try:
        try:
            _Number.model_validate({"number": WRITTEN})
        except ValueError as error:
            raise RuntimeError(f"could not read: {WRITTEN}") from error
    except RuntimeError:
        logging.getLogger("social_bot.test").exception("an event broke", extra=fields(event=7))

    logged = capsys.readouterr().err
    assert "an event broke" in logged
    assert "event=7" in logged
    assert "RuntimeError" in logged
    assert "ValidationError" in logged
    assert "test_log.py" in logged
    assert WRITTEN not in logged


def test_an_exception_without_a_cause_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    try:
        sys.intern(3)  # type: ignore[arg-type]
    except TypeError:
        logging.getLogger("social_bot.test").exception("broke")

    assert capsys.readouterr().err.count("TypeError") == 1
