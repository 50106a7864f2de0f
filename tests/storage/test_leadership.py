"""One process keeps house, and another takes over when it ends or is cut off."""

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from social_bot.storage import leadership
from social_bot.storage.engine import Database, open_database
from social_bot.storage.leadership import Leadership


@pytest.fixture
def other(bot) -> Iterator[Database]:
    """The same database as another process has it."""
    database = open_database(bot.settings.url_of_database, bot.database.cipher)
    yield database
    database.close()


@pytest.fixture
def only_postgresql(bot) -> None:
    if not bot.database.is_postgresql:
        pytest.skip("On SQLite every process may keep house")


def end_connections(database: Database) -> None:
    """What the server does to a machine of which it hears nothing more; back when they have ended."""
    ending = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with database.engine.begin() as connection:
        connection.execute(text(ending))


@pytest.mark.usefixtures("only_postgresql")
def test_of_two_one_leads_until_it_resigns(bot, other):
    first, second = Leadership(bot.database), Leadership(other)

    assert (first.is_ours(), second.is_ours(), first.is_ours()) == (True, False, True)
    first.resign()
    assert (second.is_ours(), first.is_ours()) == (True, False)
    second.resign()


@pytest.mark.usefixtures("only_postgresql")
def test_who_is_cut_off_leads_no_more_and_the_next_takes_over(bot, other):
    first, second = Leadership(bot.database), Leadership(other)
    assert first.is_ours()

    end_connections(other)

    assert second.is_ours()
    assert not first.is_ours()
    second.resign()


@pytest.mark.usefixtures("only_postgresql")
def test_who_stands_still_leads_no_more_and_the_next_takes_over(bot, other, monkeypatch):
    monkeypatch.setattr(leadership, "SILENT_SECONDS", 1)
    first, second = Leadership(bot.database), Leadership(other)
    assert first.is_ours()

    time.sleep(1.5)

    assert second.is_ours()
    assert not first.is_ours()
    second.resign()


@pytest.mark.usefixtures("only_postgresql")
def test_who_was_cut_off_alone_leads_again(bot, other):
    leader = Leadership(bot.database)
    assert leader.is_ours()

    end_connections(other)

    assert leader.is_ours()
    leader.resign()


def test_on_sqlite_every_process_may_keep_house(bot, other):
    if bot.database.is_postgresql:
        pytest.skip("PostgreSQL has one leader")

    assert Leadership(bot.database).is_ours()
    assert Leadership(other).is_ours()
