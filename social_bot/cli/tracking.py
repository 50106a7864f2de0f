"""stats."""

import typer

from social_bot.cli.output import AsJson, opened, show, table

stats = typer.Typer(help="Figures and goals.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(stats, name="stats")


@stats.command("goals", epilog="Example: social-bot stats goals --json")
def stats_goals(*, as_json: AsJson = False) -> None:
    """Show each goal of each campaign: target, value, pace; what is not available says since when."""
    from social_bot.tracking.goal_files import goal_record
    from social_bot.tracking.progress import goals_now

    with opened() as bot, bot.database.read() as session:
        records = [goal_record(goal) for goal in goals_now(session, now=bot.now(), zone=bot.settings.zone)]
    show(
        records,
        as_json=as_json,
        lines=table(records, ("campaign", "metric", "target", "value", "pace", "by")),
    )


@stats.command("collect", epilog="Example: social-bot stats collect")
def stats_collect(*, as_json: AsJson = False) -> None:
    """Read every counter of every page now, whatever the schedule."""
    from social_bot.tracking.collecting import collect

    with opened() as bot:
        kept = collect(bot.database, insights=bot.channel, clock=bot.now, everything=True)
    show({"readings": kept}, as_json=as_json, lines=[f"Readings kept: {kept}."])
