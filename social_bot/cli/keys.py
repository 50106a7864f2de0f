"""keys."""

import sys

import typer

from social_bot.cli.output import AsJson, opened, show

keys = typer.Typer(help="The keys that seal tokens, phone numbers and messages.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(keys, name="keys")


@keys.command("new", epilog="Example: social-bot keys new")
def keys_new() -> None:
    """Print a new key; put it first in SOCIAL_BOT_SECRET_KEYS, the older ones after it, parted by commas."""
    from cryptography.fernet import Fernet

    print(Fernet.generate_key().decode())


@keys.command("renew", epilog="Example: social-bot keys renew")
def keys_renew(*, as_json: AsJson = False) -> None:
    """Seal everything anew with the first key, so that the older ones can be taken out; the program may run."""
    from social_bot.storage.resealing import renew_seals

    counts: dict[str, int] = {}

    def tell(table: str, count: int) -> None:
        counts[table] = count
        if sys.stderr.isatty():
            print(f"  {table}: {count}", file=sys.stderr)

    with opened() as bot:
        total = renew_seals(bot.database, told=tell)
    show(
        {"renewed": total, "tables": counts},
        as_json=as_json,
        lines=[
            f"Sealed anew: {total} values.",
            "The older keys are needed no more: take them out of SOCIAL_BOT_SECRET_KEYS and start the program again.",
        ],
    )
