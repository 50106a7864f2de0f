"""A key is changed while everything stays readable, and the old one is needed no more."""

from contextlib import closing

import pytest
from pydantic import SecretStr
from sqlalchemy import LargeBinary, MetaData, select

from social_bot.answering.store import DeliveryRow
from social_bot.errors import NotReady
from social_bot.organisation import pages
from social_bot.organisation.pages import PageRow
from social_bot.storage import resealing
from social_bot.storage.cipher import Cipher, key_file
from social_bot.storage.engine import Database, open_database
from social_bot.storage.resealing import renew_seals
from tests.conftest import NOW, PAGE
from tests.storage.test_storage import fresh_key


@pytest.fixture
def old(bot) -> SecretStr:
    return key_file(bot.settings.data_dir)


def opened_with(bot, *keys: SecretStr) -> closing[Database]:
    return closing(open_database(bot.settings.url_of_database, Cipher(keys)))


def renew(database: Database) -> int:
    return renew_seals(database, told=lambda table, count: None)


def sealed_values(bot) -> dict[str, list[bytes]]:
    """Every value of a column of bytes, by table and column."""
    found = MetaData()
    with bot.database.engine.connect() as connection:
        found.reflect(connection)
        return {
            f"{table.name}.{column.name}": [
                bytes(value) for value in connection.scalars(select(column).where(column.is_not(None)))
            ]
            for table in found.sorted_tables
            for column in table.columns
            if isinstance(column.type, LargeBinary)
        }


def test_after_a_renewal_the_new_key_alone_opens_everything(bot, old):
    new = fresh_key()
    before = bot.database.index("a number")
    with opened_with(bot, new, old) as database:
        count = renew(database)

    with opened_with(bot, new) as database, database.read() as session:
        assert (
            pages.access(session.get_one(PageRow, PAGE), database.cipher).token.get_secret_value()
            == "page-token"
        )
        assert database.index("a number") == before
    assert count == sum(len(values) for name, values in sealed_values(bot).items() if name.endswith("sealed"))
    with opened_with(bot, old) as database, pytest.raises(NotReady, match="SOCIAL_BOT_SECRET_KEYS"):
        database.index("a number")


def test_a_second_renewal_finds_nothing_to_do(bot, old):
    with opened_with(bot, fresh_key(), old) as database:
        assert renew(database) > 0
        assert renew(database) == 0


def test_more_rows_than_fit_into_one_batch_are_all_renewed(bot, old, monkeypatch):
    monkeypatch.setattr(resealing, "_BATCH", 3)
    with bot.database.write() as session:
        session.add_all(
            DeliveryRow(received_at=NOW, body_sealed=bot.database.cipher.seal(str(number)))
            for number in range(10)
        )
    new = fresh_key()
    with opened_with(bot, new, old) as database:
        renew(database)

    only_new = Cipher([new])
    assert sorted(only_new.open(value) for value in sealed_values(bot)["delivery.body_sealed"]) == [
        str(number) for number in range(10)
    ]


def test_what_is_erased_while_it_is_renewed_does_not_come_back(bot, old, monkeypatch):
    with bot.database.write() as session:
        session.add(DeliveryRow(received_at=NOW, body_sealed=bot.database.cipher.seal("words")))
    new = fresh_key()
    with opened_with(bot, new, old) as database:
        renew_one = resealing._renew

        def erased_first(connection, *arguments):
            connection.exec_driver_sql("UPDATE delivery SET body_sealed = NULL")
            return renew_one(connection, *arguments)

        monkeypatch.setattr(resealing, "_renew", erased_first)
        renew(database)

    assert sealed_values(bot)["delivery.body_sealed"] == []


def test_no_column_of_bytes_escapes_for_its_name(bot):
    """A column that holds anything sealed is called so; the others hold what is no secret."""
    public = {"passkey.credential_id", "passkey.public_key", "kept_sheet.content"}  # the last: posts to come

    assert {name for name in sealed_values(bot) if not name.endswith("sealed")} <= public
