"""The database: migrations up and down, sealed values, aware times, one writer at a time."""

import importlib
import pkgutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import inspect
from sqlalchemy.exc import StatementError
from sqlmodel import SQLModel

import social_bot
from social_bot.answering.store import DeliveryRow
from social_bot.bootstrap import build
from social_bot.errors import NotReady
from social_bot.organisation.operators import OperatorRow
from social_bot.settings import Settings
from social_bot.storage import migrate
from social_bot.storage.cipher import Cipher, blind_index, key_file
from social_bot.storage.engine import insert_new, open_database
from tests.conftest import NOW

for _module in pkgutil.walk_packages(social_bot.__path__, "social_bot."):
    if not _module.name.startswith(("social_bot.__main__", "social_bot.storage.migrations")):
        importlib.import_module(_module.name)  # every table is known now


def fresh_key() -> SecretStr:
    return SecretStr(Fernet.generate_key().decode())


def test_the_schema_goes_up_and_down_and_up_again(new_bot):
    migrate.downgrade(new_bot.database)
    after_down = set(inspect(new_bot.database.engine).get_table_names())
    migrate.upgrade(new_bot.database)

    assert after_down == {"alembic_version"}
    assert migrate.is_current(new_bot.database)


def test_the_migrations_make_exactly_the_tables_of_the_program(new_bot):
    with new_bot.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, SQLModel.metadata)

    assert differences == []


def test_a_database_that_is_not_up_to_date_is_refused_with_the_command(tmp_path):
    bot = build(Settings(data_dir=tmp_path))

    with pytest.raises(NotReady, match="social-bot db upgrade"):
        migrate.require_current(bot.database)
    bot.close()


def test_a_moment_comes_back_aware_and_a_naive_one_is_refused(new_bot):
    helsinki = timezone(timedelta(hours=2))
    with new_bot.database.write() as session:
        session.add(OperatorRow(name="A", roles=[], created_at=datetime(2026, 11, 25, 9, 0, tzinfo=helsinki)))
    with new_bot.database.read() as session:
        row = session.get_one(OperatorRow, "A")

    assert row.created_at == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    assert row.created_at.tzinfo is not None
    with pytest.raises(StatementError), new_bot.database.write() as session:
        session.add(OperatorRow(name="B", roles=[], created_at=datetime(2026, 11, 25, 9, 0)))


def test_a_write_that_breaks_leaves_nothing_behind(new_bot):
    def add_and_break() -> None:
        with new_bot.database.write() as session:
            session.add(OperatorRow(name="A", roles=[], created_at=NOW))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_break()

    with new_bot.database.read() as session:
        assert session.get(OperatorRow, "A") is None


def test_two_writers_wait_for_each_other(new_bot):
    def add(number: int) -> None:
        for row in range(10):
            with new_bot.database.write() as session:
                session.add(OperatorRow(name=f"{number}-{row}", roles=[], created_at=NOW))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with new_bot.database.read() as session:
        assert all(session.get(OperatorRow, f"{number}-9") for number in range(4))


def test_rows_that_break_a_unique_key_are_left_out(new_bot):
    rows = [{"id": 1, "received_at": NOW, "body_sealed": b"x", "is_parsed": False}]
    with new_bot.database.write() as session:
        assert insert_new(session, DeliveryRow, rows) == 1
        assert insert_new(session, DeliveryRow, rows) == 0
        assert insert_new(session, DeliveryRow, []) == 0


def test_what_is_sealed_opens_with_any_key_and_is_renewed_with_the_newest():
    old, new = fresh_key(), fresh_key()
    sealed = Cipher([old]).seal("salaisuus")

    renewed = Cipher([new, old]).renew(sealed)

    assert Cipher([new, old]).open(sealed) == "salaisuus"
    assert Cipher([new]).open(renewed) == "salaisuus"
    with pytest.raises(NotReady, match="SOCIAL_BOT_SECRET_KEYS"):
        Cipher([new]).open(sealed)


def test_a_key_that_is_none_is_refused_with_the_way_to_make_one():
    with pytest.raises(NotReady, match="social-bot keys new"):
        Cipher([SecretStr("not a key")])


def test_the_key_file_is_made_once_and_readable_by_its_owner_only(tmp_path):
    first = key_file(tmp_path)
    second = key_file(tmp_path)

    assert first == second
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_blind_index_finds_the_same_value_and_no_other(new_bot):
    assert new_bot.database.index("7000000001") == new_bot.database.index("7000000001")
    assert new_bot.database.index("7000000001") != new_bot.database.index("7000000002")
    assert blind_index("a", b"1" * 32) != blind_index("a", b"2" * 32)


def test_a_change_of_the_schema_that_breaks_leaves_it_as_it_was(new_bot, monkeypatch):
    migrate.downgrade(new_bot.database, to="0004")
    before = inspect(new_bot.database.engine).get_table_names()

    class Halfway(Exception):
        pass

    with monkeypatch.context() as patched:
        patched.setattr(
            "alembic.op.batch_alter_table", _raising(Halfway)
        )  # 0013: twelve have been done by then
        with pytest.raises(Halfway):
            migrate.upgrade(new_bot.database)

    assert inspect(new_bot.database.engine).get_table_names() == before
    migrate.upgrade(new_bot.database)
    assert migrate.is_current(new_bot.database)


def _raising(error: type[Exception]) -> Callable[..., None]:
    def breaks(*_: object, **__: object) -> None:
        raise error

    return breaks


def test_several_who_upgrade_at_once_make_the_schema_once(database_kind, mould, tmp_path):
    with mould.empty(database_kind, tmp_path / "new.db") as address:
        cipher = Cipher([fresh_key()])
        databases = [open_database(address, cipher) for _ in range(3)]
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(migrate.upgrade, databases))

        assert all(migrate.is_current(database) for database in databases)
        assert len({database.index("value") for database in databases}) == 1
        for database in databases:
            database.close()
