"""token: with which the organisation's own programs read figures."""

from typing import Annotated

import typer

from social_bot.cli.output import AsJson, by_command_line, opened, show, table

token = typer.Typer(
    help="Tokens with which other programs read figures, and nothing else.", no_args_is_help=True
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(token, name="token")


@token.command("add", epilog='Example: social-bot token add "Power BI" --days 365')
def token_add(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    *,
    page: Annotated[
        list[str] | None, typer.Option("--page", help="Reads only this page; may be given several times.")
    ] = None,
    days: Annotated[int, typer.Option(help="How long it holds, a year at most.")] = 365,
    as_json: AsJson = False,
) -> None:
    """Make a token and print it, this once; only its hash is kept."""
    from social_bot.organisation import api_tokens

    with opened() as bot, bot.database.write() as session:
        row, secret = api_tokens.add(
            session, name, page_ids=page or (), days=days, now=bot.now(), by=by_command_line()
        )
        until = row.expires_at.astimezone(bot.settings.zone)
        record = {"id": row.id, "name": row.name, "token": secret, "pages": row.page_ids, "until": until}
    show(
        record,
        as_json=as_json,
        lines=[f"Token {record['id']}, shown this once; it holds until {until:%d.%m.%Y}:", secret],
    )


@token.command("list", epilog="Example: social-bot token list --json")
def token_list(*, as_json: AsJson = False) -> None:
    """List the tokens, never their secrets."""
    from social_bot.organisation import api_tokens

    with opened() as bot, bot.database.read() as session:
        records = [
            {
                "id": row.id,
                "name": row.name,
                "pages": row.page_ids or ["all"],
                "holds": row.is_open(bot.now()),
                "until": row.expires_at,
                "last_used_on": row.last_used_on,
                "made_by": row.created_by,
                "revoked_by": row.revoked_by,
            }
            for row in api_tokens.everyone(session)
        ]
    show(
        records,
        as_json=as_json,
        lines=table(records, ("id", "name", "pages", "holds", "until", "last_used_on")),
    )


@token.command("revoke", epilog="Example: social-bot token revoke 3")
def token_revoke(
    token_id: Annotated[int, typer.Argument(help="Its number, as token list shows it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """End a token at once."""
    from social_bot.organisation import api_tokens

    with opened() as bot, bot.database.write() as session:
        row = api_tokens.withdraw(session, token_id, now=bot.now(), by=by_command_line())
        record = {"id": row.id, "name": row.name, "revoked_at": row.revoked_at}
    show(record, as_json=as_json, lines=[f"Token {token_id} reads nothing any more."])
