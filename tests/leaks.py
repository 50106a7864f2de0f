"""Nothing that the tests plant leaves the program where it must not: watched through the whole suite.

Each log line, entry of the audit log, notice, error page and file of figures is searched for the secrets,
numbers, codes and words that tests use as a resident's own. The test during which one shows fails.
"""

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from social_bot.channels.ports import Notice
from social_bot.log import _JsonFormatter
from social_bot.organisation.audit import AuditEntryRow

SECRETS = ("page-token", "test-app-secret", "test-verify-token", "s3cr3t-of-the-app")
PEOPLE = (
    *("040 123 4567", "0401234567", "40 1234567", "401234567", "040 765 4321", "407654321"),
    *("131052-308T", "7000000001"),
    *("En halua elää enää", "Missä hakemukseni viipyy", "Mistä saan velkaneuvontaa", "en jaksa, puh"),
)
_PLANTED = re.compile("|".join(map(re.escape, (*SECRETS, *PEOPLE))), re.IGNORECASE)
_OWN_DATA = ("own-data", "topics.tsv", "danger.tsv")
"""Files that hold a person's words on purpose: for that person, and confirmed examples."""

_SHOWN_AGAIN = 422
"""A form that comes back shows what its writer typed."""


class Watch:
    """What has been seen since the last test ended."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def look(self, where: str, text: str) -> None:
        found = _PLANTED.search(text)
        if found is not None:
            self.seen.append(f"{where} shows {found.group()!r}")


WATCH = Watch()


class _Lines(logging.Handler):
    """Formats each record as the program would; level and handlers of the loggers decide what arrives here."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(_JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.INFO and not record.name.startswith("tests"):
            WATCH.look(f"the log line of {record.name}", self.format(record))


@pytest.fixture(scope="session", autouse=True)
def _watched() -> Iterator[None]:
    """The places where things leave the program, once for all tests."""
    lines = _Lines()
    logging.getLogger().addHandler(lines)
    event.listen(AuditEntryRow, "before_insert", _look_at_entry)
    made, asked = Notice.__init__, TestClient.request

    def make(self: Notice, *given: Any, **named: Any) -> None:
        made(self, *given, **named)
        WATCH.look("a notice", f"{self.title}\n{self.text}")

    def ask(self: TestClient, *given: Any, **named: Any) -> Any:
        answer = asked(self, *given, **named)
        _look_at_answer(answer)
        return answer

    Notice.__init__, TestClient.request = make, ask  # type: ignore[method-assign]
    yield
    Notice.__init__, TestClient.request = made, asked  # type: ignore[method-assign]
    event.remove(AuditEntryRow, "before_insert", _look_at_entry)
    logging.getLogger().removeHandler(lines)


@pytest.fixture(autouse=True)
def nothing_leaks(_watched: None) -> Iterator[None]:
    WATCH.seen.clear()
    yield
    seen, WATCH.seen = WATCH.seen, []
    assert seen == []


def _look_at_entry(mapper: object, connection: object, entry: AuditEntryRow) -> None:
    del mapper, connection
    WATCH.look(f"the audit entry {entry.action}", f"{entry.actor} {entry.subject} {entry.detail}")


def _look_at_answer(answer: Any) -> None:
    name = answer.headers.get("content-disposition", "")
    is_file = name.startswith("attachment") and not any(each in name for each in _OWN_DATA)
    if is_file or (answer.status_code >= 400 and answer.status_code != _SHOWN_AGAIN):
        WATCH.look(f"the answer {answer.status_code} of {answer.request.url.path}", answer.text)
