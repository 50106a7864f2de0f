"""The watch over the whole suite sees what it is there to see."""

import logging

import pytest

from social_bot.channels.ports import Notice
from social_bot.log import configure, fields
from social_bot.organisation import audit
from tests.conftest import NOW
from tests.leaks import PEOPLE, SECRETS, WATCH


def seen() -> list[str]:
    """And forgotten: this test planted it."""
    found, WATCH.seen = WATCH.seen, []
    return found


@pytest.mark.parametrize("planted", [*SECRETS, *PEOPLE])
def test_each_planted_word_is_seen_in_a_notice(planted: str) -> None:
    Notice(title="Joku odottaa", text=f"Hän sanoi: {planted}.", is_urgent=False)

    assert len(seen()) == 1


def test_a_log_line_is_searched_with_its_fields_and_without_an_errors_own_words() -> None:
    configure()
    log = logging.getLogger("social_bot.test")
    log.warning("not sent", extra=fields(token=SECRETS[0]))
    told = seen()
    try:
        int(PEOPLE[0])
    except ValueError:
        log.exception("it broke")

    assert len(told) == 1
    assert seen() == []


def test_an_entry_of_the_audit_log_is_searched(bot) -> None:
    with bot.database.write() as session:
        audit.record(session, at=NOW, actor="test", action="x", subject="y", detail=PEOPLE[0])

    assert len(seen()) == 1


def test_what_is_not_planted_is_nobodys() -> None:
    Notice(title="Joku odottaa", text="Keskustelu 7.", is_urgent=True)

    assert seen() == []
