"""quality: how the answers of a month did."""

from typing import Annotated

import typer

from social_bot.cli.output import AsJson, opened, show, table

quality = typer.Typer(help="How the answers did: what the quality owner follows.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(quality, name="quality")


@quality.command("report", epilog="Example: social-bot quality report --month 2026-11 --json")
def quality_report(
    *,
    month: Annotated[str, typer.Option(help="A month, for example 2026-11.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="Print it for a spreadsheet.")] = False,
    as_json: AsJson = False,
) -> None:
    """Count a month's answers, misunderstandings, hand-overs and calls; one to four are shown as "< 5"."""
    from social_bot.answering.quality import export_csv, export_record, parse_month, report_month

    if as_csv and as_json:
        raise typer.BadParameter("Give --csv or --json, not both.")
    first = parse_month(month)
    with opened() as bot, bot.database.read() as session:
        report = report_month(session, first, bot.organisation(session), now=bot.now())
    if as_csv:
        print(export_csv(report), end="")
        return
    record = export_record(report)
    lines = [f"{name}: {value}" for name, value in record.items() if not isinstance(value, dict | list)]
    for part in ("answers", "not_helped", "texts_ending"):
        rows = record[part]
        if isinstance(rows, list) and rows:
            lines += ["", part, *table(rows, list(rows[0]))]
    show(record, as_json=as_json, lines=lines)
