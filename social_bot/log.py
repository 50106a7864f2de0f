"""Structured logs on stderr: ids and reasons, never message text, phone numbers, tokens or names.

``log.info("post published", extra=fields(post=12, page="..."))`` prints one ``key=value`` line. Only
what is passed through ``fields`` is printed beside the sentence.
"""

import logging
import sys
import traceback
from typing import Any

_FIELDS = "social_bot_fields"


def fields(**values: object) -> dict[str, object]:
    """Fields for ``extra=``."""
    return {_FIELDS: values}


class _KeyValueFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        values: dict[str, object] = getattr(record, _FIELDS, {})
        return " ".join([line, *(f"{key}={value!s}" for key, value in values.items())])

    def formatException(self, ei: Any) -> str:  # noqa: N802  (logging's name)
        """Where it broke and with which kinds of error: their own words may quote what a person wrote."""
        told: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None:
            told += [*traceback.format_tb(error.__traceback__), type(error).__qualname__]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(line.rstrip() for line in told)


def configure(*, level: int = logging.INFO) -> None:
    """Send our logs to stderr; keep libraries that print addresses or bodies quiet."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_KeyValueFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("social_bot")
    root.handlers[:] = [handler]
    root.setLevel(level)
    root.propagate = False
    for noisy in ("httpx", "httpcore", "facebook", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(
        logging.ERROR
    )  # a tick that finds the last one at work is no news
