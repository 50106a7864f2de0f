"""Printing for people and for scripts: ``--json`` prints one JSON document on stdout and nothing else."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from social_bot.errors import NotReady
from social_bot.log import configure
from social_bot.organisation.roles import COMMAND_LINE

if TYPE_CHECKING:
    from social_bot.bootstrap import Bot
    from social_bot.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def by_command_line(name: str | None = None) -> str:
    """Who stands in the audit log for something done here."""
    return f"{name} from the command line" if name else COMMAND_LINE


def settings() -> "Settings":
    """The settings of the environment. Raises ``NotReady`` naming the first that cannot be used."""
    from pydantic import ValidationError

    from social_bot.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "SOCIAL_BOT_" + str(first["loc"][0]).upper()
        raise NotReady(
            "The setting {name} cannot be used: {problem}.", name=name, problem=first["msg"]
        ) from error


@contextmanager
def opened(*, needs_schema: bool = True) -> Iterator["Bot"]:
    """The joined program with an up-to-date database, closed at the end."""
    from social_bot.bootstrap import build

    chosen = settings()
    configure(form=chosen.log_format)
    bot = build(chosen)
    try:
        if needs_schema:
            from social_bot.storage.migrate import require_current

            require_current(bot.database)
        yield bot
    finally:
        bot.close()


def show(document: object, *, as_json: bool, lines: Sequence[str]) -> None:
    """Print ``document`` as JSON, or ``lines`` for a person."""
    if as_json:
        print(json.dumps(document, ensure_ascii=False, default=_plain))
        return
    for line in lines:
        print(line)


def table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> list[str]:
    """Rows as aligned columns, or one line that says that there are none."""
    if not rows:
        return ["Nothing here yet."]
    cells = [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(line[index]) for line in [list(columns), *cells]) for index in range(len(columns))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [columns, *cells]
    ]


def warn(sentence: str) -> None:
    print(f"Note: {sentence}", file=sys.stderr)


def _cell(value: object) -> str:
    text = "" if value is None else str(_plain(value) if isinstance(value, datetime | date) else value)
    return " ".join(text.split())[:60]


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
