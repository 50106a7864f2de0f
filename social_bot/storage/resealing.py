"""Key rotation: everything that is kept sealed is sealed anew with the newest key, while the program runs.

When it has ended no value needs the older keys any more. A run that is cut short is simply run again: what is
sealed with the newest key already is left alone.
"""

from collections.abc import Callable

from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, and_, select, tuple_, update

from social_bot.storage.engine import Database

_BATCH = 500
_SEALED = "sealed"

Told = Callable[[str, int], None]
"""Called with a table's name and its number of renewed values when it is done."""


def renew_seals(database: Database, *, told: Told) -> int:
    """How many values were renewed. Raises ``NotReady`` for a value that no key opens; the rest stays as it is."""
    total = 0
    for table in _tables(database):
        count = _renew_table(database, table)
        told(table.name, count)
        total += count
    return total


def _tables(database: Database) -> list[Table]:
    """As the database has them: nothing that is sealed is missed for want of a place in a list."""
    found = MetaData()
    found.reflect(database.engine)
    return [table for table in found.sorted_tables if _sealed(table)]


def _sealed(table: Table) -> list[Column[bytes]]:
    return [
        column
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name.split("_")[-1] == _SEALED
    ]


def _renew_table(database: Database, table: Table) -> int:
    key, count = tuple_(*table.primary_key.columns), 0
    last: tuple[object, ...] | None = None
    while True:
        query = select(table).order_by(*table.primary_key.columns).limit(_BATCH)
        with database.engine.connect() as connection:
            rows = connection.execute(query if last is None else query.where(key > last)).mappings().all()
        if not rows:
            return count
        with database.write() as session:
            for row in rows:
                for column in _sealed(table):
                    count += _renew(session.connection(), database, table, column, dict(row))
        last = tuple(rows[-1][column.name] for column in table.primary_key.columns)


def _renew(
    connection: Connection, database: Database, table: Table, column: Column[bytes], row: dict[str, object]
) -> int:
    """One value, if it is still the one that was read: what was erased or changed meanwhile stays so."""
    old = row[column.name]
    if not isinstance(old, bytes | memoryview) or not old or database.cipher.is_newest(bytes(old)):
        return 0  # nothing, or erased, or done before
    same = and_(*(each == row[each.name] for each in table.primary_key.columns), column == bytes(old))
    return connection.execute(
        update(table).where(same).values({column.name: database.cipher.renew(bytes(old))})
    ).rowcount
