"""duty, alert: who is on duty, and whether they can be told."""

import sys
from typing import Annotated

import typer

from social_bot.cli.output import AsJson, by_command_line, opened, show, table, warn
from social_bot.errors import NotReady

duty = typer.Typer(help="Who is on duty, and where they are told of alerts.", no_args_is_help=True)
alert = typer.Typer(help="What staff are told.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(duty, name="duty")
    app.add_typer(alert, name="alert")


@duty.command(
    "add",
    epilog='Example: echo "$ADDRESS" | social-bot duty add "ma-pe 8-16" --person "Kirjoittaja 1" --addresses-stdin',
)
def duty_add(
    hours: Annotated[
        str, typer.Argument(help='Weekly, in the organisation\'s time: "ma-pe 8-16, la-su 0-24, pe 16-8".')
    ],
    *,
    person: Annotated[list[str], typer.Option(help="An operator; may be given several times.")],
    level: Annotated[int, typer.Option(help="1 is told first, the next one when nobody takes it.")] = 1,
    addresses_stdin: Annotated[
        bool, typer.Option("--addresses-stdin", help="Read their addresses from standard input, one a line.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add a duty period. Addresses are secrets, so they are never arguments; docs/alerts.md shows some."""
    from pydantic import SecretStr

    from social_bot.organisation import duty as periods

    lines = sys.stdin.read().splitlines() if addresses_stdin else []
    addresses = [SecretStr(line.strip()) for line in lines if line.strip()]
    with opened() as bot, bot.database.write() as session:
        row = periods.add(
            session,
            hours,
            level=level,
            people=person,
            addresses=addresses,
            accepts=bot.bell.alerts.accepts,
            cipher=bot.database.cipher,
            now=bot.now(),
            by=by_command_line(),
        )
        record = {"id": row.id, "level": level, "hours": hours, "people": person, "addresses": len(addresses)}
    if not addresses:
        warn("Without an address these people are told of nothing: they see alerts on the page Today.")
    show(
        record,
        as_json=as_json,
        lines=[f"Duty period {record['id']}: {hours}, level {level}, {len(addresses)} addresses."],
    )


@duty.command("list", epilog="Example: social-bot duty list --json")
def duty_list(*, as_json: AsJson = False) -> None:
    """List the duty periods and who is on duty now. Of addresses only their number is shown."""
    from social_bot.organisation import duty as periods

    with opened() as bot, bot.database.read() as session:
        local = bot.now().astimezone(bot.settings.zone)
        records = [
            {
                "id": row.id,
                "level": row.level,
                "hours": row.hours,
                "people": row.people,
                "addresses": len(periods.addresses_of(row, bot.database.cipher)),
                "on_duty_now": row.covers(local),
            }
            for row in periods.everything(session)
        ]
    columns = ("id", "level", "hours", "people", "addresses", "on_duty_now")
    show(records, as_json=as_json, lines=table(records, columns))


@duty.command("remove", epilog="Example: social-bot duty remove 2")
def duty_remove(duty_id: int) -> None:
    """Remove a duty period and its addresses."""
    from social_bot.organisation import duty as periods

    with opened() as bot, bot.database.write() as session:
        periods.remove(session, duty_id, by=by_command_line(), now=bot.now())
    print(f"Duty period {duty_id} is removed.")


@alert.command("test", epilog="Example: social-bot alert test")
def alert_test(*, as_json: AsJson = False) -> None:
    """Send a test to every address there is, on duty or not; exit code 1 when one cannot be reached."""
    from social_bot.organisation.notices import NoticeState

    with opened() as bot:
        records = [
            {"address": notice.source, "reached": notice.state is NoticeState.SENT}
            for notice in bot.bell.test()
        ]
    if not records:
        raise NotReady(
            "There is no address to tell. Give one in SOCIAL_BOT_ALERT_URLS, or with: social-bot duty add --help"
        )
    show(records, as_json=as_json, lines=table(records, ("address", "reached")))
    if not all(record["reached"] for record in records):
        raise typer.Exit(1)


@alert.command("list", epilog="Example: social-bot alert list --json")
def alert_list(
    *,
    every: Annotated[bool, typer.Option("--all", help="Also those that were taken or have settled.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the open alerts, the most urgent first, and how many people could be told."""
    from social_bot.organisation import alerts, notices
    from social_bot.organisation.notices import NoticeState

    with opened() as bot, bot.database.read() as session:
        rows = alerts.everything(session) if every else alerts.unacknowledged(session)
        sent = notices.of_alerts(session, [row.id or 0 for row in rows])
        records = [
            {
                "id": row.id,
                "kind": row.kind.value,
                "subject": row.subject,
                "raised_at": row.raised_at,
                "rounds": row.rounds,
                "told": sum(n.alert_id == row.id and n.state is NoticeState.SENT for n in sent),
                "not_reached": [
                    n.source for n in sent if n.alert_id == row.id and n.state is NoticeState.FAILED
                ],
                "next_notice_at": row.next_notice_at,
                "acknowledged_at": row.acknowledged_at,
                "acknowledged_by": row.acknowledged_by,
                "settled_at": row.settled_at,
            }
            for row in rows
        ]
    columns = ("id", "kind", "subject", "raised_at", "told", "not_reached", "acknowledged_by")
    show(records, as_json=as_json, lines=table(records, columns))
