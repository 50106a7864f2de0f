"""Structured logs on stderr: ids and reasons, never message text, phone numbers, tokens or names.

``log.info("post published", extra=fields(post=12, page="..."))`` prints one ``key=value`` line, or one JSON
document. Only what is passed through ``fields`` or stands in ``within`` is printed beside the sentence.
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

_FIELDS = "social_bot_fields"
_WITHIN: ContextVar[Mapping[str, object]] = ContextVar("social_bot_within", default={})  # noqa: B039  (never changed)


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


def fields(**values: object) -> dict[str, object]:
    """Fields for ``extra=``."""
    return {_FIELDS: values}


@contextmanager
def within(**values: object) -> Iterator[None]:
    """Every line that is logged inside carries these fields: the request, or the round of a job."""
    token = _WITHIN.set({**_WITHIN.get(), **values})
    try:
        yield
    finally:
        _WITHIN.reset(token)


def _fields_of(record: logging.LogRecord) -> dict[str, object]:
    own: dict[str, object] = getattr(record, _FIELDS, {})
    return {**_WITHIN.get(), **own}


class _TextFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler may have left the error's own words there
        line = super().format(record)
        record.exc_text = None
        return line

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's name)
        line = super().formatMessage(record)
        told = " ".join([line, *(f"{key}={value!s}" for key, value in _fields_of(record).items())])
        return told.replace("\r", "\\r").replace(
            "\n", "\\n"
        )  # a value from elsewhere begins no line of its own

    def formatException(self, ei: Any) -> str:  # noqa: N802  (logging's name)
        return _where_it_broke(ei[1])


class _JsonFormatter(logging.Formatter):
    """One document a line, with the names that log collectors look for."""

    def format(self, record: logging.LogRecord) -> str:
        document: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_fields_of(record),
        }
        if record.exc_info:
            document["exception"] = _where_it_broke(record.exc_info[1])
        return json.dumps(document, ensure_ascii=False, default=str)


def _where_it_broke(error: BaseException | None) -> str:
    """The places and the kinds of error: their own words may quote what a person wrote."""
    told: list[str] = []
    while error is not None:
        told += [*traceback.format_tb(error.__traceback__), type(error).__qualname__]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(line.rstrip() for line in told)


class _Handler(logging.StreamHandler[Any]):
    """Ours: a second ``configure`` takes its place. Libraries break with our formatter's care as well."""


def _is_not_told_twice(record: logging.LogRecord) -> bool:
    """A request that breaks is logged inside its request; the server says it once more."""
    return not (record.name == "uvicorn.error" and record.msg == "Exception in ASGI application\n")


def configure(*, level: int = logging.INFO, form: LogFormat = LogFormat.TEXT) -> None:
    """Send our logs and the libraries' to stderr; keep those quiet that print addresses or bodies."""
    handler = _Handler(sys.stderr)
    handler.setFormatter(
        _JsonFormatter()
        if form is LogFormat.JSON
        else _TextFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    handler.addFilter(_is_not_told_twice)
    root = logging.getLogger()
    root.handlers[:] = [each for each in root.handlers if not isinstance(each, _Handler)] + [handler]
    logging.getLogger("social_bot").setLevel(level)
    for noisy in ("httpx", "httpcore", "facebook", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(
        logging.ERROR
    )  # a tick that finds the last one at work is no news
