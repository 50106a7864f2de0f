"""purge, thread: erasing what is over its time; a person's own data, taken out or forgotten."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from social_bot.cli.output import AsJson, by_command_line, opened, show

thread = typer.Typer(help="A person's own data in one conversation.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.command("purge", epilog="Example: social-bot purge --dry-run")(purge)
    app.add_typer(thread, name="thread")


def purge(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what is over its time.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase what is over its time; what waits for a person stays. It runs every night by itself, too."""
    from social_bot.tracking import purging

    with opened() as bot:
        if dry_run:
            done = purging.count_overdue(
                bot.database, gather=bot.organisation, media=bot.media, now=bot.now()
            )
        else:
            done = purging.purge(
                bot.database,
                gather=bot.organisation,
                media=bot.media,
                clock=bot.clock,
                register=bot.register,
            )
    verb = "Over its time" if dry_run else "Erased"
    lines = [f"{verb}: {count} {kept.value}" for kept, count in done.items() if count]
    show(
        {"dry_run": dry_run, "counts": {kept.value: count for kept, count in done.items()}},
        as_json=as_json,
        lines=lines or ["Nothing is over its time."],
    )


@thread.command("export", epilog="Example: social-bot thread export 7 --out own-data.html")
def thread_export(
    thread_id: int,
    *,
    out: Annotated[Path, typer.Option(help="Ends in .html for a person, in .json for a program.")],
    by: Annotated[str | None, typer.Option(help="Who answers the request.")] = None,
) -> None:
    """Write what is kept of a conversation into a file for its person; that it was taken is in the log."""
    from social_bot.answering.own_data import export
    from social_bot.web.own_data import as_html
    from social_bot.web.site import Site

    if out.suffix not in (".html", ".json"):
        raise typer.BadParameter("The file's name must end in .html or .json.")
    if out.exists():
        raise typer.BadParameter(f'The file "{out}" is there already. Give another name.')
    with opened() as bot:
        with bot.database.write() as session:
            data = export(
                session,
                thread_id,
                by=by_command_line(by),
                cipher=bot.database.cipher,
                now=bot.now(),
            )
        text = (
            as_html(Site(bot), data, now=bot.now())
            if out.suffix == ".html"
            else json.dumps(data.as_json(), ensure_ascii=False, indent=2) + "\n"
        )
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    print(f"What is kept of conversation {thread_id} is in {out}. Hand it over safely, then delete the file.")


@thread.command("forget", epilog="Example: social-bot thread forget 7 --yes")
def thread_forget(
    thread_id: int,
    *,
    by: Annotated[str | None, typer.Option(help="Who answers the request.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase what a person wrote and who they are; counts stay. It cannot be undone, by no backup either."""
    from social_bot.answering.forgetting import forget

    if not yes:
        typer.confirm(f"Erase everything that conversation {thread_id} holds of its person?", abort=True)
    with opened() as bot, bot.database.write() as session:
        forget(session, thread_id, by=by_command_line(by), register=bot.register, now=bot.now())
    print(f"Conversation {thread_id} is forgotten: nothing that its person wrote is kept.")
