"""backup, restore, db copy."""

from pathlib import Path
from typing import Annotated

import typer

from social_bot.cli.organisation import db
from social_bot.cli.output import AsJson, opened, show


def add_to(app: typer.Typer) -> None:
    app.command("backup", epilog="Example: social-bot backup /backups/2026-11-25.zip")(backup)
    app.command("restore", epilog="Example: social-bot restore /backups/2026-11-25.zip")(restore)


def backup(file: Path, *, as_json: AsJson = False) -> None:
    """Write everything into one file while the program runs; the keys are not in it, so keep them as well."""
    from social_bot.storage.backup import write_backup

    counts: dict[str, int] = {}
    with opened() as bot:
        write_backup(
            bot.database, file, media=bot.settings.data_dir / "media", now=bot.now(), told=counts.__setitem__
        )
    show(
        {"file": str(file), "rows": counts},
        as_json=as_json,
        lines=[
            f"Written: {file} ({sum(counts.values())} rows).",
            "Keep SOCIAL_BOT_SECRET_KEYS (or the key file in the data folder) elsewhere: nobody reads it without.",
        ],
    )


def restore(file: Path, *, as_json: AsJson = False) -> None:
    """Put a backup into an empty database and data folder, and erase at once what is over its time.

    Copy forgotten.jsonl from the old data folder first: who was forgotten since the backup stays forgotten.
    """
    from social_bot.storage.backup import restore_backup
    from social_bot.tracking.purging import purge_restored

    counts: dict[str, int] = {}
    with opened(needs_schema=False) as bot:
        restore_backup(bot.database, file, media=bot.settings.data_dir / "media", told=counts.__setitem__)
        erased = purge_restored(
            bot.database, gather=bot.organisation, media=bot.media, clock=bot.clock, register=bot.register
        )
    show(
        {"rows": counts, "erased": {kept.value: count for kept, count in erased.items()}},
        as_json=as_json,
        lines=[
            f"Restored: {sum(counts.values())} rows.",
            f"Erased, for its time had passed: {sum(erased.values())}.",
        ],
    )


@db.command("copy", epilog="Example: social-bot db copy --to postgresql+psycopg://social_bot@db/social_bot")
def db_copy(
    *,
    to: Annotated[str, typer.Option(help="The address of the other, empty database.")],
    as_json: AsJson = False,
) -> None:
    """Copy every row into another, empty database; stop the program first, then set its address."""
    from social_bot.storage.backup import copy_database
    from social_bot.storage.engine import open_database

    counts: dict[str, int] = {}
    with opened() as bot:
        target = open_database(to, bot.database.cipher)
        try:
            copy_database(bot.database, target, told=counts.__setitem__)
        finally:
            target.close()
    show(
        {"rows": counts},
        as_json=as_json,
        lines=[f"Copied: {sum(counts.values())} rows. Now set SOCIAL_BOT_DATABASE_URL to the new address."],
    )
