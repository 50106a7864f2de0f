"""db, page, settings, texts."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from social_bot.cli.output import AsJson, by_command_line, opened, show, table, warn
from social_bot.errors import NotReady, PlatformError
from social_bot.organisation.roles import Role

if TYPE_CHECKING:
    from social_bot.bootstrap import Bot

db = typer.Typer(help="The database.", no_args_is_help=True)
page = typer.Typer(help="The social media pages.", no_args_is_help=True)
setting = typer.Typer(
    help="The organisation's name, languages, hours, numbers and links.", no_args_is_help=True
)
texts = typer.Typer(help="The approved texts.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(db, name="db")
    app.add_typer(page, name="page")
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


@page.command(
    "add", epilog="Example: echo $TOKEN | social-bot page add --id 100200300 --name Neuvonta --token-stdin"
)
def page_add(
    *,
    page_id: Annotated[str, typer.Option("--id", help="The page's number at Facebook.")],
    name: Annotated[str, typer.Option(help="What people call the page.")],
    token_stdin: Annotated[
        bool, typer.Option("--token-stdin", help="Read the page's token from standard input.")
    ] = False,
    live: Annotated[
        bool, typer.Option("--live", help="The page is real: only approved texts go out.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add a page, or change the name, token and state of one."""
    from pydantic import SecretStr

    from social_bot.organisation import pages

    token = SecretStr(sys.stdin.read().strip()) if token_stdin else None
    with opened() as bot:
        warnings = _before_going_live(bot) if live else []
        with bot.database.write() as session:
            pages.add(
                session,
                page_id,
                name=name,
                token=token or None,
                is_live=live,
                cipher=bot.database.cipher,
                now=bot.now(),
                by=by_command_line(),
            )
    for sentence in warnings:
        warn(sentence)
    record = {"id": page_id, "name": name, "live": live, "warnings": warnings}
    show(
        record,
        as_json=as_json,
        lines=[f"The page {name} ({page_id}) is {'live' if live else 'a practice page'}."],
    )


def _before_going_live(bot: "Bot") -> list[str]:
    """Raises ``NotReady`` for what must not be missing; returns what is advisable besides."""
    from social_bot.answering.replies import crisis_texts_missing, newest_versions
    from social_bot.organisation import directory, operators

    with bot.database.read() as session:
        organisation = bot.organisation(session)
        missing = [
            f'The number "{key}" is missing. Set it with: social-bot settings set {key} NUMBER'
            for key in directory.missing_to_go_live(organisation)
        ]
        if crisis_texts_missing(session, organisation.languages):
            missing.append(
                "The crisis texts are not approved in every language of the organisation. "
                "Approve them with: social-bot texts approve --all --by NAME"
            )
        if missing:
            raise NotReady("{sentences}", sentences="\n".join(missing))
        warnings = []
        if any(row.approved_at is None and not row.needs_speaker for row in newest_versions(session)):
            warnings.append("Some texts are not approved: safer ones are sent in their place.")
        if not organisation.hours.week:
            warnings.append(
                'No opening hours are set. Set them with: social-bot settings set hours "ma-pe 9-15"'
            )
        if organisation.value("privacy_link", organisation.languages[0]) is None:
            warnings.append(
                "No privacy notice is set. Set it with: social-bot settings set privacy_link ADDRESS"
            )
        if sum(row.holds(Role.APPROVER) for row in operators.everyone(session)) < 2:
            warnings.append(
                "Fewer than two approvers exist. Add one with: social-bot operator add NAME --role approver"
            )
        for name, value in (
            ("SOCIAL_BOT_APP_SECRET", bot.settings.app_secret),
            ("SOCIAL_BOT_VERIFY_TOKEN", bot.settings.verify_token),
            ("SOCIAL_BOT_SECRET_KEYS", bot.settings.secret_keys),
        ):
            if not value:
                warnings.append(f"{name} is not set: serve will refuse to start with a live page.")
    return warnings


@page.command("list", epilog="Example: social-bot page list --json")
def page_list(*, as_json: AsJson = False) -> None:
    """List the pages and whether each may be written to."""
    from social_bot.organisation import pages

    with opened() as bot, bot.database.read() as session:
        records = [
            {
                "id": row.id,
                "name": row.name,
                "live": row.is_live,
                "has_token": row.token_sealed is not None,
                "may_write": row.may_write(bot.now()),
                "paused_until": row.paused_until,
                "disconnected": row.is_disconnected,
                "reason": row.pause_reason,
            }
            for row in pages.everyone(session)
        ]
    show(
        records,
        as_json=as_json,
        lines=table(records, ("id", "name", "live", "may_write", "paused_until", "reason")),
    )


@page.command("check", epilog="Example: social-bot page check 100200300 --json")
def page_check(page_id: str, *, as_json: AsJson = False) -> None:
    """Ask Facebook about the page's token, permissions and subscription; exit code 1 when something is wrong."""
    from social_bot.organisation import pages

    with opened() as bot:
        with bot.database.read() as session:
            access = pages.access(pages.get(session, page_id), bot.database.cipher)
        try:
            report = bot.channel.check(access)
        except PlatformError as error:
            record: dict[str, object] = {"id": page_id, "ok": False, "problem": str(error)}
        else:
            is_ok = report.is_valid and not report.missing_permissions and not report.missing_subscriptions
            record = {
                "id": page_id,
                "ok": is_ok,
                "token_valid": report.is_valid,
                "expires_at": report.expires_at,
                "missing_permissions": list(report.missing_permissions),
                "missing_subscriptions": list(report.missing_subscriptions),
                "api_version": report.api_version,
                "problem": report.problem,
            }
    show(record, as_json=as_json, lines=[f"{key}: {value}" for key, value in record.items()])
    if not record["ok"]:
        raise typer.Exit(1)


@page.command("subscribe", epilog="Example: social-bot page subscribe 100200300")
def page_subscribe(page_id: str) -> None:
    """Ask Facebook to send the page's messages and comments to this program."""
    from social_bot.organisation import pages

    with opened() as bot:
        with bot.database.read() as session:
            access = pages.access(pages.get(session, page_id), bot.database.cipher)
        bot.channel.subscribe(access)
    print("Facebook sends the page's messages and comments here from now on.")


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
