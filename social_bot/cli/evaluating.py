"""evaluate: how well messages are understood, on somebody's labelled messages."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from social_bot.cli.output import AsJson, opened, show, table


def add_to(app: typer.Typer) -> None:
    app.command("evaluate", epilog="Example: social-bot evaluate --topics messages.tsv")(evaluate)


def evaluate(
    *,
    topics: Annotated[
        Path | None, typer.Option(help="A TSV file with the columns lang, text and topic.")
    ] = None,
    crisis: Annotated[
        Path | None, typer.Option(help="A TSV file with the columns lang, text, crisis (yes/no) and kind.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count what labelled messages would get: right and wrong answers, or danger found and false alarms."""
    from social_bot.answering import evaluation

    if (topics is None) == (crisis is None):
        raise typer.BadParameter("Give --topics FILE or --crisis FILE.")
    parts: tuple[str, ...]
    with opened(needs_schema=False) as bot:
        if topics is not None:
            result = evaluation.evaluate_topics(evaluation.read_topics(topics), bot.models)
            parts = ("in_scope", "by_language", "by_topic")
        elif crisis is not None:
            result = evaluation.evaluate_crisis(evaluation.read_crisis(crisis), bot.models)
            parts = ("by_language", "by_kind")
    show(result, as_json=as_json, lines=_lines(result, parts))


def _lines(result: Mapping[str, object], parts: tuple[str, ...]) -> list[str]:
    lines = [f"{name}: {value}" for name, value in result.items() if not isinstance(value, Mapping)]
    for part in parts:
        found = result[part]
        rows = found if isinstance(found, Mapping) else {}
        if not all(isinstance(row, Mapping) for row in rows.values()):
            rows = {part: rows}
        records = [{part: name, **_flat(row)} for name, row in rows.items()]
        lines += ["", *table(records, list(records[0]) if records else ())]
    return lines


def _flat(row: Mapping[str, object]) -> dict[str, object]:
    """Counts inside counts become columns of their own."""
    flat: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": number for inner, number in value.items()}
        else:
            flat[name] = value
    return flat
