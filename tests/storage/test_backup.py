"""A backup comes back as it was, on the same kind of database or the other one."""

import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import MetaData
from sqlmodel import SQLModel, select

from social_bot.answering.replies import TextVersionRow
from social_bot.answering.store import ThreadRow
from social_bot.errors import InvalidInput, NotReady
from social_bot.organisation import audit, operators
from social_bot.organisation.roles import Role
from social_bot.storage import migrate
from social_bot.storage.backup import copy_database, restore_backup, write_backup
from social_bot.storage.cipher import Cipher
from social_bot.storage.engine import Database, open_database
from tests.conftest import NOW, PAGE, WRITER, Mould


def quiet(table: str, count: int) -> None:
    """Nobody is told."""


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"\x89PNG picture")
    return folder


@pytest.fixture
def backup(bot, media: Path, tmp_path: Path) -> Path:
    path = tmp_path / "backup.zip"
    write_backup(bot.database, path, media=media, now=NOW, told=quiet)
    return path


@pytest.fixture
def empty(database_kind: str, mould: Mould, tmp_path: Path, bot) -> Iterator[Database]:
    """An empty database of the same kind, with the same keys."""
    with mould.empty(database_kind, tmp_path / "other.db") as address:
        database = open_database(address, bot.database.cipher)
        yield database
        database.close()


def test_a_place_that_may_not_be_looked_into_is_named_with_its_reason(bot, media, tmp_path) -> None:
    too_long = tmp_path / ("x" * 300)

    with pytest.raises(InvalidInput, match="cannot be written: File name too long"):
        write_backup(bot.database, too_long, media=media, now=NOW, told=quiet)


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    found = MetaData()
    found.reflect(database.engine)
    with database.engine.connect() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))
            ]
            for table in found.sorted_tables
        }


def dumped(database: Database, table: type[SQLModel]) -> list[str]:
    """As the program reads them; the databases sort letters differently."""
    with database.read() as session:
        return sorted(str(row.model_dump()) for row in session.exec(select(table)).all())


def test_what_was_backed_up_is_restored_row_by_row(bot, backup, empty, tmp_path):
    before = everything(bot.database)

    restore_backup(empty, backup, media=tmp_path / "restored", told=quiet)

    assert everything(empty) == before
    assert sum(map(len, before.values())) > 100
    assert (tmp_path / "restored/a.png").read_bytes() == b"\x89PNG picture"


def test_a_restored_database_goes_on_working(bot, backup, empty, tmp_path):
    restore_backup(empty, backup, media=tmp_path / "restored", told=quiet)

    with empty.write() as session:
        operators.add(session, "Uusi", [Role.WRITER], now=NOW, by="test")

    with empty.read() as session:
        assert {row.name for row in operators.everyone(session)} >= {WRITER, "Uusi"}
        assert audit.first_broken(session) is None
    assert migrate.is_current(empty)
    assert empty.index("x") == bot.database.index("x")


def test_a_backup_is_read_by_its_owner_alone_and_shows_nothing_that_is_sealed(bot, media, tmp_path):
    with bot.database.write() as session:
        sealed = bot.database.cipher.seal("4444333322221111")
        session.add(ThreadRow(page_id=PAGE, contact_index="x", contact_sealed=sealed, created_at=NOW))
    path = tmp_path / "private.zip"

    write_backup(bot.database, path, media=media, now=NOW, told=quiet)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as archive:
        said = b"".join(archive.read(name) for name in archive.namelist())
    assert b"contact_sealed" in said
    assert b"4444333322221111" not in said
    assert b"page-token" not in said
    assert (bot.settings.data_dir / "secret.key").read_bytes().strip() not in said


def test_a_database_that_holds_something_is_not_overwritten(bot, backup, tmp_path):
    before = everything(bot.database)

    with pytest.raises(NotReady, match="holds something already"):
        restore_backup(bot.database, backup, media=tmp_path / "restored", told=quiet)

    assert everything(bot.database) == before


def test_other_keys_are_refused_before_anything_is_written(backup, empty, tmp_path):
    other = Database(empty.engine, Cipher([SecretStr(Fernet.generate_key().decode())]))

    with pytest.raises(NotReady, match="cannot be opened with the keys"):
        restore_backup(other, backup, media=tmp_path / "restored", told=quiet)

    assert everything(empty) == {}


@pytest.mark.parametrize("content", [b"", b"no zip at all"])
def test_a_file_that_is_no_backup_is_named(empty, tmp_path, content):
    path = tmp_path / "wrong.zip"
    path.write_bytes(content)

    with pytest.raises(InvalidInput, match=r"wrong\.zip"):
        restore_backup(empty, path, media=tmp_path, told=quiet)


def test_a_backup_that_was_cut_short_leaves_the_database_empty(backup, empty, tmp_path):
    cut = tmp_path / "cut.zip"
    with zipfile.ZipFile(backup) as whole, zipfile.ZipFile(cut, "w") as part:
        for name in whole.namelist():
            if name != "tables/audit_entry.jsonl":
                part.writestr(name, whole.read(name))

    with pytest.raises(InvalidInput):
        restore_backup(empty, cut, media=tmp_path / "restored", told=quiet)

    assert sum(len(rows) for name, rows in everything(empty).items() if name == "text_version") == 0


def test_nothing_is_written_over_a_file_that_is_there(bot, backup, media):
    before = backup.read_bytes()

    with pytest.raises(InvalidInput, match="there already"):
        write_backup(bot.database, backup, media=media, now=NOW, told=quiet)

    assert backup.read_bytes() == before


def test_the_manifest_counts_what_is_in_it(backup):
    with zipfile.ZipFile(backup) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        lines = {name: archive.read(f"tables/{name}.jsonl").count(b"\n") for name in manifest["rows"]}

    assert manifest["rows"] == lines
    assert manifest["pictures"] == 1


def test_the_other_kind_of_database_holds_the_same_after_a_copy(bot, mould, database_kind, tmp_path):
    other_kind = {"sqlite": "postgresql", "postgresql": "sqlite"}[database_kind]
    if not mould.has(other_kind):
        pytest.skip("needs TEST_POSTGRES_URL")
    with mould.empty(other_kind, tmp_path / "copy.db") as address:
        target = open_database(address, bot.database.cipher)

        copy_database(bot.database, target, told=quiet)

        for table in (operators.OperatorRow, audit.AuditEntryRow, TextVersionRow):
            assert dumped(bot.database, table) == dumped(target, table)
        with target.read() as session:
            assert audit.first_broken(session) is None
        assert {name: len(rows) for name, rows in everything(target).items()} == {
            name: len(rows) for name, rows in everything(bot.database).items()
        }
        target.close()


def rewritten(backup: Path, path: Path, changes: dict[str, bytes]) -> Path:
    """The backup with other members, or with more of them."""
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(each for each in changes if each not in old.namelist())]:
            new.writestr(name, changes.get(name) or old.read(name))
    return path


@pytest.mark.parametrize("member", ["tables/post.jsonl", "media/a.png", "manifest.json", "unknown"])
def test_what_unpacks_to_far_more_than_it_should_is_refused_before_anything_is_written(
    backup, empty, tmp_path, member
):
    bomb = rewritten(backup, tmp_path / "bomb.zip", {member: b" " * 30_000_000})

    with pytest.raises(InvalidInput, match="unpack to far more than a backup holds"):
        restore_backup(empty, bomb, media=tmp_path / "restored", told=quiet)

    assert bomb.stat().st_size < 1_000_000
    assert everything(empty) == {}
    assert not (tmp_path / "restored").exists()


def test_a_size_that_is_not_true_is_no_way_past_the_guard(backup, empty, tmp_path):
    bomb = rewritten(backup, tmp_path / "bomb.zip", {"unknown": b" " * 30_000_000})
    said, lie = (30_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    bomb.write_bytes(bomb.read_bytes().replace(said, lie))

    with pytest.raises(InvalidInput, match="is not a backup"):
        restore_backup(empty, bomb, media=tmp_path / "restored", told=quiet)

    assert everything(empty) == {}


def test_a_backup_that_breaks_off_in_the_middle_leaves_an_empty_database(backup, empty, tmp_path):
    with zipfile.ZipFile(backup) as archive:
        half = archive.read("tables/text_version.jsonl")[:-20]
    broken = rewritten(backup, tmp_path / "broken.zip", {"tables/text_version.jsonl": half})

    with pytest.raises(InvalidInput, match="is not a backup"):
        restore_backup(empty, broken, media=tmp_path / "restored", told=quiet)
    restore_backup(empty, backup, media=tmp_path / "restored", told=quiet)

    assert migrate.is_current(empty)
