"""audit: who did what and when, checked and taken out."""

from pathlib import Path
from typing import Annotated

import typer

from social_bot.cli.output import AsJson, by_command_line, opened, show

audit = typer.Typer(help="The audit log.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(audit, name="audit")


@audit.command("verify", epilog="Example: social-bot audit verify --json")
def audit_verify(
    *,
    expect: Annotated[
        str | None,
        typer.Option(help="The seal that an earlier check printed; it must still be in the log."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check the chain of the audit log; exit code 1 when it is broken, or when its end was cut off.

    Keep the seal that is printed somewhere else: with --expect it shows later that nothing was cut off.
    """
    from social_bot.organisation import audit as log

    with opened() as bot, bot.database.read() as session:
        chain = log.verify(session, expected=expect)
    lines = []
    if chain.first_broken is not None:
        lines.append(
            f"The chain is broken at entry {chain.first_broken}; {chain.count} entries before it hold."
        )
    elif chain.holds:
        lines.append(f"The chain holds: {chain.count} entries.")
    if chain.lacks_expected:
        lines.append(
            "The expected seal is not in the log: entries were removed or changed since it was printed."
        )
    record = {
        "ok": chain.holds,
        "entries": chain.count,
        "seal": chain.head,
        "first_broken": chain.first_broken,
        "lacks_expected": chain.lacks_expected,
    }
    show(record, as_json=as_json, lines=[*lines, f"The last seal that holds: {chain.head or 'none'}"])
    if not chain.holds:
        raise typer.Exit(1)


@audit.command("export", epilog="Example: social-bot audit export audit.csv")
def audit_export(
    file: Annotated[Path, typer.Argument(help="Ends in .csv for a spreadsheet, in .jsonl for a program.")],
) -> None:
    """Write the whole audit log into a file; that it was taken out is in the log."""
    from social_bot.organisation import audit as log
    from social_bot.organisation import audit_export as writing

    writers = {".csv": writing.as_csv, ".jsonl": writing.as_json_lines}
    if file.suffix not in writers:
        raise typer.BadParameter("The file's name must end in .csv or .jsonl.")
    by = by_command_line()
    with opened() as bot:
        with bot.database.write() as session:
            log.record(
                session, at=bot.now(), actor=by, action="audit.export", subject=by, detail=file.suffix[1:]
            )
        with bot.database.read() as session, file.open("w", encoding="utf-8", newline="") as out:
            out.writelines(writers[file.suffix](log.every_entry(session)))
    print(f"The audit log is in {file}.")
