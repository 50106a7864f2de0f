"""operator: who works here, with which roles, and their way in."""

from typing import TYPE_CHECKING, Annotated

import typer

from social_bot.cli.output import AsJson, by_command_line, opened, show, table
from social_bot.organisation.roles import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from social_bot.bootstrap import Bot

operator = typer.Typer(help="Who works here.", no_args_is_help=True)

Roles = Annotated[list[Role], typer.Option("--role", help="May be given several times.")]
OnPages = Annotated[
    list[str] | None, typer.Option("--page", help="Only on this page; may be given several times.")
]


def add_to(app: typer.Typer) -> None:
    app.add_typer(operator, name="operator")


@operator.command(
    "add", epilog='Example: social-bot operator add "Kirjoittaja 1" --role writer --page 100200300'
)
def operator_add(name: str, *, role: Roles, page: OnPages = None, as_json: AsJson = False) -> None:
    """Add an operator, or give an existing one further roles: on all pages, or on those named."""
    with opened() as bot:
        record = _add(bot, name, role, page or ())
    show(record, as_json=as_json, lines=[f"{name} holds: {record['holds']}."])


@operator.command("list", epilog="Example: social-bot operator list --json")
def operator_list(*, as_json: AsJson = False) -> None:
    """List the operators with their roles, also those who have left."""
    from social_bot.organisation import operators

    with opened() as bot, bot.database.read() as session:
        records = [
            {
                "name": row.name,
                "roles": row.roles,
                "page_roles": row.page_roles,
                "holds": operators.describe(row.rights),
                "signed_in_at": row.signed_in_at,
                "deactivated_at": row.deactivated_at,
            }
            for row in operators.everyone(session, with_former=True)
        ]
    show(records, as_json=as_json, lines=table(records, ("name", "holds", "signed_in_at", "deactivated_at")))


@operator.command("invite", epilog='Example: social-bot operator invite "Ylläpitäjä" --role administrator')
def operator_invite(
    name: str,
    *,
    role: Annotated[
        list[Role] | None, typer.Option(help="For somebody new; may be given several times.")
    ] = None,
    page: OnPages = None,
    as_json: AsJson = False,
) -> None:
    """Print a link with which this person sets up their sign-in: it works once, within a day."""
    from social_bot.organisation import invitations

    with opened() as bot:
        if role:
            _add(bot, name, role, page or ())
        with bot.database.write() as session:
            token = invitations.invite(session, name, now=bot.now(), by=by_command_line())
        _show_link(bot, name, token, as_json=as_json)


@operator.command("reset", epilog='Example: social-bot operator reset "Ylläpitäjä"')
def operator_reset(name: str, *, as_json: AsJson = False) -> None:
    """Take password and second step away, end all sessions, and print a link for a new start."""
    from social_bot.organisation import people

    with opened() as bot:
        with bot.database.write() as session:
            token = people.start_over(session, name, now=bot.now(), by=by_command_line())
        _show_link(bot, name, token, as_json=as_json)


@operator.command("deactivate", epilog='Example: social-bot operator deactivate "Kirjoittaja 2"')
def operator_deactivate(name: str) -> None:
    """End somebody's access at once; the name stays in the audit log."""
    from social_bot.organisation import people

    with opened() as bot, bot.database.write() as session:
        people.close(session, name, now=bot.now(), by=by_command_line())
    print(f"{name} cannot sign in any more.")


@operator.command("activate", epilog='Example: social-bot operator activate "Kirjoittaja 2"')
def operator_activate(name: str) -> None:
    """Open somebody's access again, with the roles of before."""
    from social_bot.organisation import operators

    with opened() as bot, bot.database.write() as session:
        operators.activate(session, name, now=bot.now(), by=by_command_line())
    print(f"{name} may sign in again.")


def _add(bot: "Bot", name: str, roles: "Sequence[Role]", page_ids: "Sequence[str]") -> dict[str, object]:
    from social_bot.organisation import operators, pages

    with bot.database.write() as session:
        for page_id in page_ids:
            pages.get(session, page_id)
        row = operators.add(session, name, roles, now=bot.now(), by=by_command_line(), page_ids=page_ids)
        return {
            "name": row.name,
            "roles": row.roles,
            "page_roles": row.page_roles,
            "holds": operators.describe(row.rights),
        }


def _show_link(bot: "Bot", name: str, token: str, *, as_json: bool) -> None:
    from social_bot.organisation import invitations

    link, until = f"{bot.settings.url_for_staff}/invitation/{token}", bot.now() + invitations.LASTS
    show(
        {"name": name, "link": link, "until": until},
        as_json=as_json,
        lines=[
            f"Pass this link on to {name}, and to nobody else. It works once, until",
            f"{until.astimezone(bot.settings.zone):%d.%m.%Y %H:%M}:",
            link,
        ],
    )
