"""stats."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from social_bot.cli.output import AsJson, opened, show, table, warn
from social_bot.cli.progress import progress
from social_bot.errors import InvalidInput


class ExportFormat(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


stats = typer.Typer(help="Figures and goals.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(stats, name="stats")


@stats.command("goals", epilog="Example: social-bot stats goals --json")
def stats_goals(*, as_json: AsJson = False) -> None:
    """Show each goal: target, value, pace, forecast; what is not available says since when."""
    from social_bot.tracking.goal_files import goal_record
    from social_bot.tracking.progress import goals_now

    with opened() as bot, bot.database.read() as session:
        records = [goal_record(goal) for goal in goals_now(session, now=bot.now(), zone=bot.settings.zone)]
    show(
        records,
        as_json=as_json,
        lines=table(records, ("goal", "campaign", "metric", "target", "value", "pace", "by")),
    )


@stats.command("collect", epilog="Example: social-bot stats collect")
def stats_collect(*, as_json: AsJson = False) -> None:
    """Read every counter of every page now, whatever the schedule."""
    from social_bot.tracking.collecting import collect

    with opened() as bot, progress("Posts") as told:
        kept = collect(bot.database, insights=bot.channel, clock=bot.now, everything=True, progress=told)
    show({"readings": kept}, as_json=as_json, lines=[f"Readings kept: {kept}."])


@stats.command("export", epilog="Example: social-bot stats export --months 2026-01..2026-11 --format csv")
def stats_export(
    *,
    months: Annotated[str, typer.Option(help="Like 2026-11, or 2026-01..2026-11.")],
    file_format: Annotated[ExportFormat, typer.Option("--format", help="csv or jsonl.")] = ExportFormat.CSV,
    language: Annotated[
        str, typer.Option("--lang", help="Of the names and definitions: fi, sv or en.")
    ] = "fi",
    out: Annotated[Path | None, typer.Option(help="A file; without it, standard output.")] = None,
) -> None:
    """Write the figures of whole months with their definitions; counts of people under five are hidden."""
    from social_bot.cli.files import write_whole
    from social_bot.organisation.languages import LANGUAGES
    from social_bot.tracking.export import export_rows, write_csv, write_jsonl
    from social_bot.tracking.periods import month_at, parse_months

    asked = parse_months(months)
    if language not in LANGUAGES:
        raise InvalidInput("The language is fi, sv or en.")
    write = write_csv if file_format is ExportFormat.CSV else write_jsonl
    with opened() as bot, bot.database.read() as session:
        now = bot.now()
        if asked[-1] >= month_at(now, bot.settings.zone):
            warn("Months that are not over are left out.")
        rows = export_rows(session, asked, organisation=bot.organisation(session), language=language, now=now)
        if out is None:
            for line in write(rows):
                print(line, end="")
            return
        with progress("Months") as told:
            lines = write(_counting_months(rows, [str(month) for month in asked], told))
            write_whole(out, (line.encode() for line in lines))
    print(f"Written: {out}")


def _counting_months(
    rows: Iterator[Mapping[str, object]], months: Sequence[str], told: Callable[[int, int], None] | None
) -> Iterator[Mapping[str, object]]:
    """The rows as they are; ``told`` hears of each month when its first row comes."""
    last = ""
    for row in rows:
        if told is not None and row["month"] != last:
            last = str(row["month"])
            told(months.index(last) + 1, len(months))
        yield row
