"""db, settings, texts."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from social_bot.cli.output import AsJson, by_command_line, opened, show, table

if TYPE_CHECKING:
    from social_bot.bootstrap import Bot

db = typer.Typer(help="The database.", no_args_is_help=True)
setting = typer.Typer(
    help="The organisation's name, languages, hours, numbers and links.", no_args_is_help=True
)
texts = typer.Typer(help="The approved texts.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(db, name="db")
    app.add_typer(setting, name="settings")
    app.add_typer(texts, name="texts")


@db.command("upgrade", epilog="Example: social-bot db upgrade")
def db_upgrade() -> None:
    """Bring the database's schema and the shipped texts up to date."""
    with opened(needs_schema=False) as bot:
        added = prepare_database(bot)
    print(f"The database is up to date. New versions of shipped texts: {added}.")


def prepare_database(bot: "Bot") -> int:
    """Schema and shipped texts; how many text versions were new."""
    from social_bot.answering.replies import take_in_shipped
    from social_bot.storage import migrate

    migrate.upgrade(bot.database)
    with bot.database.write() as session:
        return take_in_shipped(session, bot.templates, now=bot.now())


@setting.command("set", epilog='Example: social-bot settings set phone_main "02 123 4567"')
def settings_set(
    key: str, value: str, *, by: Annotated[str | None, typer.Option(help="Who has checked it.")] = None
) -> None:
    """Set a value; that marks it checked today. KEY.sv gives the value for one language."""
    from social_bot.organisation import directory

    with opened() as bot, bot.database.write() as session:
        row = directory.put(
            session, key, value, now=bot.now(), by=by_command_line(by), zone=bot.settings.zone
        )
        shown = row.value
    print(f"{key} is {shown}")


@setting.command("confirm", epilog="Example: social-bot settings confirm phone_main --by NAME")
def settings_confirm(
    key: str, *, by: Annotated[str | None, typer.Option(help="Who has checked it.")] = None
) -> None:
    """Mark a value as checked today, without a change."""
    from social_bot.organisation import directory

    with opened() as bot, bot.database.write() as session:
        row = directory.confirm(session, key, now=bot.now(), by=by_command_line(by), zone=bot.settings.zone)
        shown = row.value
    print(f"{key} was checked today: {shown}")


@setting.command("unset", epilog="Example: social-bot settings unset crisis_uk")
def settings_unset(key: str) -> None:
    """Take a value away, so that texts leave out what names it."""
    from social_bot.organisation import directory

    with opened() as bot, bot.database.write() as session:
        was_set = directory.unset(session, key, now=bot.now(), by=by_command_line())
    print(f"{key} has no value any more." if was_set else f"{key} had no value.")


@setting.command("list", epilog="Example: social-bot settings list --json")
def settings_list(*, as_json: AsJson = False) -> None:
    """List every setting, also those that have no value yet."""
    from social_bot.organisation import directory

    with opened() as bot, bot.database.read() as session:
        given = directory.everything(session)
    records: list[dict[str, object]] = [
        {
            "key": f"{row.key}.{row.language}" if row.language else row.key,
            "value": row.value,
            "checked_on": row.checked_on,
            "checked_by": row.checked_by,
        }
        for row in given
    ]
    known = {row.key for row in given}
    records += [
        {"key": key.name, "value": key.fixed, "checked_on": None, "checked_by": None}
        for key in directory.KEYS.values()
        if key.name not in known
    ]
    show(records, as_json=as_json, lines=table(records, ("key", "value", "checked_on", "checked_by")))


@texts.command("list", epilog="Example: social-bot texts list --json")
def texts_list(*, as_json: AsJson = False) -> None:
    """List the newest version of every automatic text."""
    from social_bot.answering.replies import newest_versions

    with opened() as bot, bot.database.read() as session:
        records = [
            {
                "key": row.key,
                "language": row.language,
                "version": row.version,
                "approved": row.approved_at is not None,
                "approved_by": row.approved_by,
                "approved_at": row.approved_at,
                "needs_speaker": row.needs_speaker,
                "checked_by": row.checked_by,
                "text": row.text,
            }
            for row in newest_versions(session)
        ]
    show(records, as_json=as_json, lines=table(records, ("key", "language", "version", "approved", "text")))


@texts.command("approve", epilog='Example: social-bot texts approve --all --by "Hyväksyjä"')
def texts_approve(
    keys: Annotated[list[str] | None, typer.Argument(help="Keys of texts, all their languages.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every text.")] = False,
    by: Annotated[str, typer.Option(help="An operator with the role approver.")],
    checked_by: Annotated[
        str | None, typer.Option(help="Who, as a speaker, has checked other languages.")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The last day on which they are sent; danger's go on."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Approve the newest version of the texts."""
    from social_bot.answering.replies import approve_texts

    if bool(keys) == every:
        raise typer.BadParameter("Give keys of texts, or --all.")
    with opened() as bot, bot.database.write() as session:
        approved, left_out = approve_texts(
            session,
            None if every else keys,
            by=by,
            now=bot.now(),
            checked_by=checked_by,
            valid_until=until.date() if until else None,
        )
        record = {
            "approved": [f"{row.key}.{row.language}" for row in approved],
            "left_out": [f"{row.key}.{row.language}" for row in left_out],
        }
    lines = [f"Approved: {len(record['approved'])} texts."]
    lines += [
        f"Left out until a speaker has checked it (--checked-by): {name}" for name in record["left_out"]
    ]
    show(record, as_json=as_json, lines=lines)
