"""The database of the release before, with data of every room, is brought up to date and works.

``release_0013`` is what ``demo --once`` and the sample of outreach left under that release's schema, with its key.
"""

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlmodel import select
from starlette.testclient import TestClient

from social_bot.answering.store import Direction, MessageRow
from social_bot.bootstrap import Bot, build
from social_bot.organisation import audit
from social_bot.planning.store import PostRow
from social_bot.settings import Settings
from social_bot.storage import migrate
from social_bot.storage.backup import copy_database, restore_backup, write_backup
from social_bot.storage.engine import Database
from social_bot.tracking.outreach_store import VisitRow
from social_bot.web.app import create_app

RELEASE = Path(__file__).with_name("release_0013")
ROOMS = ("post", "message", "callback_request", "snapshot", "outreach_visit", "outreach_trial")
PAGES = (
    "/",
    "/posts",
    "/inbox",
    "/callbacks",
    "/trials",
    "/trials/1",
    "/visits",
    "/dashboard",
    "/goals",
    "/texts",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data folder as the release before has left it."""
    shutil.copy(RELEASE / "secret.key", tmp_path)
    (tmp_path / "social_bot.db").write_bytes(gzip.decompress((RELEASE / "social_bot.db.gz").read_bytes()))
    return tmp_path


@pytest.fixture
def old(folder: Path, database_kind: str, mould, models_cache: Path) -> Iterator[Bot]:
    """On PostgreSQL it stands where the rows of that file have been copied, before the upgrade."""
    source = build(Settings(data_dir=folder, cache_dir=models_cache))
    if database_kind == "sqlite":
        yield source
        source.close()
        return
    with mould.empty("postgresql", folder) as address:
        bot = build(Settings(data_dir=folder, cache_dir=models_cache, database_url=address))
        copy_database(source.database, bot.database, told=lambda table, count: None)
        source.close()
        yield bot
        bot.close()


def counts(database: Database) -> dict[str, int]:
    with database.engine.connect() as connection:
        names = set(inspect(connection).get_table_names()) - {"alembic_version"}
        return {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}


def test_what_the_release_before_kept_is_there_and_readable(old):
    before = counts(old.database)
    migrate.upgrade(old.database)
    after = counts(old.database)

    assert migrate.is_current(old.database)
    assert {name: after[name] for name in before} == before
    assert min(before[name] for name in ROOMS) > 0
    with old.database.read() as session:
        said = session.exec(select(MessageRow).where(MessageRow.direction == Direction.INBOUND)).all()
        texts = [old.database.cipher.open(row.text_sealed) for row in said if row.text_sealed]
        assert texts
        assert all(texts)
        assert {row.state.value for row in session.exec(select(PostRow))} >= {"published"}
        assert sum(row.contacts for row in session.exec(select(VisitRow))) > 0
        assert audit.first_broken(session) is None


def test_its_pages_open(old):
    migrate.upgrade(old.database)
    client = TestClient(
        create_app(old, on_delivery=lambda: None), base_url="http://127.0.0.1:8000", client=("127.0.0.1", 1)
    )
    client.post("/enter", data={"name": "Koordinaattori", "language": "fi"})

    statuses = {path: client.get(path).status_code for path in PAGES}

    assert statuses == dict.fromkeys(PAGES, 200)


def test_a_backup_of_the_release_before_is_restored_into_this_one(old, tmp_path, mould, models_cache):
    before = counts(old.database)
    file = tmp_path / "backup.zip"
    write_backup(old.database, file, media=tmp_path / "media", now=old.now(), told=lambda table, count: None)

    again = tmp_path / "again"
    again.mkdir()
    shutil.copy(RELEASE / "secret.key", again)
    new = build(Settings(data_dir=again, cache_dir=models_cache))
    restore_backup(new.database, file, media=again / "media", told=lambda table, count: None)

    after = counts(new.database)
    assert migrate.is_current(new.database)
    assert {name: after[name] for name in before} == before
    new.close()
