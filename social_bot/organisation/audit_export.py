"""The audit log as a file for others: CSV for a spreadsheet, or one JSON document a line."""

import csv
import io
import json
from collections.abc import Iterable, Iterator

from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.cells import harmless

COLUMNS = ("id", "at", "actor", "action", "subject", "detail", "previous_hash", "hash")


def as_csv(entries: Iterable[AuditEntryRow]) -> Iterator[str]:
    """Line by line, parted by semicolons as Finnish spreadsheets expect; no cell can be a formula."""
    yield "\ufeff" + _line(COLUMNS)
    for entry in entries:
        yield _line([harmless(str(value)) for value in _values(entry).values()])


def as_json_lines(entries: Iterable[AuditEntryRow]) -> Iterator[str]:
    for entry in entries:
        yield json.dumps(_values(entry), ensure_ascii=False) + "\n"


def _values(entry: AuditEntryRow) -> dict[str, object]:
    return {name: getattr(entry, name) for name in COLUMNS} | {"at": entry.at.isoformat()}


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(cells)
    return line.getvalue()
