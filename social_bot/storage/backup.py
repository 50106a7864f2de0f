"""A backup in one file that SQLite and PostgreSQL both read: every row as it is kept, and the media folder.

What is sealed stays sealed: the keys are not in the file, and without them it tells nothing of a resident.
"""

import json
import os
import shutil
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Date, DateTime, LargeBinary, MetaData, Table, func, inspect, select, text

from social_bot.errors import InvalidInput, NotReady
from social_bot.storage import migrate
from social_bot.storage.engine import Database, SecretRow

_MANIFEST = "manifest.json"
_FORMAT = 1
_REVISIONS = "alembic_version"
_BATCH = 1000
_MOST_TIMES = 100
"""How many times its own size a backup may unpack to. Rows of one kind shrink to a twentieth; most is sealed."""
_LONGEST_ROW = 16 * 1024 * 1024

Rows = Sequence[Mapping[str, object]]
Told = Callable[[str, int], None]
"""Called with a table's name and its number of rows when it is done."""


def write_backup(database: Database, path: Path, *, media: Path, now: datetime, told: Told) -> None:
    """One moment of the database, while others go on reading and writing it.

    Raises ``InvalidInput`` where the file is there already; nothing half-written is left under its name.
    """
    part = path.with_name(path.name + ".part")
    try:
        if path.exists():
            raise InvalidInput('The file "{path}" is there already. Give another name.', path=path)
        with _one_moment(database) as connection, _private_zip(part) as archive:
            counts = {
                table.name: _write_table(archive, connection, table, told=told)
                for table in _tables(connection)
            }
            pictures = [each for each in sorted(media.glob("*")) if each.is_file()]
            for picture in pictures:
                archive.write(picture, f"media/{picture.name}", compress_type=zipfile.ZIP_STORED)
            manifest = {
                "format": _FORMAT,
                "revision": MigrationContext.configure(connection).get_current_revision(),
                "written_at": now.isoformat(),
                "rows": counts,
                "pictures": len(pictures),
            }
            archive.writestr(_MANIFEST, json.dumps(manifest, indent=2))
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise InvalidInput(
            'The backup "{path}" cannot be written: {reason}.', path=path, reason=error.strerror
        ) from error
    part.rename(path)


def restore_backup(database: Database, path: Path, *, media: Path, told: Told) -> None:
    """Put a backup into an empty database and bring its schema up to date; all or nothing on the rows.

    Raises ``InvalidInput`` for a file that is no backup and ``NotReady`` for a database that is not empty or
    keys that do not open it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _require_sane(archive, path)
            _restore(database, archive, media=media, told=told)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise InvalidInput('The file "{path}" is not a backup that can be read.', path=path) from error


def copy_database(source: Database, target: Database, *, told: Told) -> None:
    """Every row of one database into another, empty one; the media folder is not part of it."""
    with _one_moment(source) as connection:
        revision = MigrationContext.configure(connection).get_current_revision() or ""
        tables = {table.name: table for table in _tables(connection)}
        _fill(
            target,
            revision,
            lambda name: _batches(connection, tables[name]),
            names=list(tables),
            told=told,
        )


def _require_sane(archive: zipfile.ZipFile, path: Path) -> None:
    """Before anything is written: no more in it than a backup holds, and every member whole.

    What is declared bounds what is read: ``zipfile`` ends a member there, and its checksum tells of a false size.
    """
    if sum(member.file_size for member in archive.infolist()) > _MOST_TIMES * path.stat().st_size:
        raise InvalidInput('The file "{path}" would unpack to far more than a backup holds.', path=path)
    if archive.testzip() is not None:
        raise zipfile.BadZipFile


def _restore(database: Database, archive: zipfile.ZipFile, *, media: Path, told: Told) -> None:
    manifest = json.loads(archive.read(_MANIFEST))
    if manifest["format"] != _FORMAT:
        raise ValueError
    for batch in _read_table(archive, str(SecretRow.__tablename__)):
        for row in batch:
            database.cipher.open(b64decode(str(row["sealed"])))
    _fill(
        database,
        manifest["revision"],
        lambda name: _read_table(archive, name),
        names=list(manifest["rows"]),
        told=told,
    )
    media.mkdir(parents=True, exist_ok=True)
    for name in archive.namelist():
        if name.startswith("media/"):
            with archive.open(name) as source, (media / Path(name).name).open("wb") as picture:
                shutil.copyfileobj(source, picture)


def _fill(
    target: Database,
    revision: str,
    rows_of: Callable[[str], Iterator[Rows]],
    *,
    names: Sequence[str],
    told: Told,
) -> None:
    _require_empty(target)
    try:
        _put_all(target, revision, rows_of, names=names, told=told)
    except Exception:
        migrate.downgrade(target)
        raise


def _put_all(
    target: Database,
    revision: str,
    rows_of: Callable[[str], Iterator[Rows]],
    *,
    names: Sequence[str],
    told: Told,
) -> None:
    migrate.upgrade(target, to=revision)
    with target.engine.begin() as connection:
        tables = [table for table in _tables(connection) if table.name in names]
        if len(tables) != len(names):
            raise NotReady("This backup was written by a newer program. Install that one first.")
        for table in reversed(tables):
            connection.execute(table.delete())
        for table in tables:
            told(table.name, _put(connection, table, rows_of(table.name)))
    migrate.upgrade(target)


def _require_empty(database: Database) -> None:
    with database.engine.connect() as connection:
        if set(inspect(connection).get_table_names()) - {_REVISIONS}:
            raise NotReady(
                "This database holds something already. Give an empty one: another SOCIAL_BOT_DATABASE_URL, "
                "or another SOCIAL_BOT_DATA_DIR."
            )


@contextmanager
def _one_moment(database: Database) -> Iterator[Connection]:
    with database.engine.connect() as connection:
        if database.is_postgresql:
            connection.execution_options(isolation_level="REPEATABLE READ")
        else:
            connection.exec_driver_sql("BEGIN")
        yield connection


@contextmanager
def _private_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """Readable by its owner alone from the first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        yield archive


def _tables(connection: Connection) -> Sequence[Table]:
    """As the database has them, whatever the program's version; those that others refer to come first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != _REVISIONS]


def _batches(connection: Connection, table: Table) -> Iterator[Rows]:
    result = connection.execution_options(yield_per=_BATCH).execute(
        select(table).order_by(*table.primary_key.columns)
    )
    for batch in result.mappings().partitions():
        yield [{name: _aware(value) for name, value in row.items()} for row in batch]


def _aware(value: object) -> object:
    """SQLite keeps moments as UTC without saying so."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def _put(connection: Connection, table: Table, batches: Iterator[Rows]) -> int:
    count = 0
    columns = {column.name: column.type for column in table.columns}
    for batch in batches:
        rows = [{name: _typed(value, columns[name]) for name, value in row.items()} for row in batch]
        connection.execute(table.insert(), rows)
        count += len(rows)
    if connection.dialect.name == "postgresql":
        _count_on(connection, table)
    return count


def _count_on(connection: Connection, table: Table) -> None:
    """The next number that the table gives itself comes after those that were put in."""
    for column in table.primary_key.columns:
        sequence = connection.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": f'"{table.name}"', "column": column.name},
        )
        if sequence is not None:
            last = connection.scalar(select(func.max(column))) or 0
            connection.execute(
                text("SELECT setval(CAST(:sequence AS regclass), :next, false)"),
                {"sequence": sequence, "next": last + 1},
            )


def _write_table(archive: zipfile.ZipFile, connection: Connection, table: Table, *, told: Told) -> int:
    count = 0
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as file:
        for batch in _batches(connection, table):
            for row in batch:
                file.write(json.dumps(row, ensure_ascii=False, default=_plain).encode() + b"\n")
            count += len(batch)
    told(table.name, count)
    return count


def _read_table(archive: zipfile.ZipFile, name: str) -> Iterator[Rows]:
    batch: list[Mapping[str, object]] = []
    with archive.open(f"tables/{name}.jsonl") as file:
        while line := file.readline(_LONGEST_ROW):
            batch.append(json.loads(line))  # a longer row is cut, and cut it is no JSON
            if len(batch) == _BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _plain(value: object) -> str:
    return b64encode(value).decode() if isinstance(value, bytes) else value.isoformat()  # type: ignore[attr-defined]


def _typed(value: object, kind: object) -> object:
    """A value as its column wants it; what comes from another database is so already."""
    if not isinstance(value, str):
        return value
    if isinstance(kind, LargeBinary):
        return b64decode(value)
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return value
