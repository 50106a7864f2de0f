"""visit, partner: outreach, and whom it is done with."""

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from social_bot.cli.output import AsJson, opened, show, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from social_bot.tracking.outreach_store import VisitRow

visit = typer.Typer(help="Outreach visits: counts of people, never people.", no_args_is_help=True)
partner = typer.Typer(help="Partner organisations, never private people.", no_args_is_help=True)

By = Annotated[str, typer.Option(help="The operator who does this.")]
Checked = Annotated[
    bool, typer.Option("--checked", help="You have looked: nobody can be known from what is written.")
]
_VISIT_COLUMNS = ("id", "day", "place", "channel", "hours", "workers", "contacts", "declined", "trial", "by")


def add_to(app: typer.Typer) -> None:
    app.add_typer(visit, name="visit")
    app.add_typer(partner, name="partner")


@visit.command(
    "add",
    epilog="Example: social-bot visit add --place Library --channel library --day 2026-11-25 --hours 2 "
    "--workers 2 --contacts 5 --by NAME --json",
)
def visit_add(
    *,
    place: Annotated[str, typer.Option(help="Where it was.")],
    day: Annotated[str, typer.Option(help="2026-11-25 or 25.11.2026.")],
    hours: Annotated[str, typer.Option(help="How long it took: 2 or 1,5.")],
    workers: Annotated[int, typer.Option(help="How many workers were there.")],
    contacts: Annotated[int, typer.Option(help="How many people were talked with.")],
    by: By,
    channel: Annotated[
        str,
        typer.Option(
            help="mall, library, parish, kela, page …; else the trial's, or that of the place's last visit."
        ),
    ] = "",
    trial_id: Annotated[int | None, typer.Option("--trial", help="The trial that it belongs to.")] = None,
    declined: Annotated[int | None, typer.Option(help="Asked, and did not want to talk.")] = None,
    led_to_clienthood: Annotated[int | None, typer.Option(help="How many became clients.")] = None,
    guided_on: Annotated[int | None, typer.Option(help="How many managed with advice alone.")] = None,
    out_of_area: Annotated[int | None, typer.Option(help="How many live elsewhere.")] = None,
    with_partner: Annotated[
        list[int] | None, typer.Option("--partner", help="A partner organisation's id.")
    ] = None,
    note: Annotated[str, typer.Option(help="Short, and not about people.")] = "",
    key: Annotated[
        str | None, typer.Option(help="A UUID of your own: the same visit sent twice is kept once.")
    ] = None,
    checked: Checked = False,
    as_json: AsJson = False,
) -> None:
    """Record a visit. A count that is left out was not counted, which is not zero."""
    from social_bot.tracking import outreach_store as store
    from social_bot.tracking import visits
    from social_bot.tracking.outreach import Channel
    from social_bot.tracking.outreach_input import parse_visit
    from social_bot.tracking.recognisable import read_first_names

    counts = {
        "contacts": contacts,
        "declined": declined,
        "led_to_clienthood": led_to_clienthood,
        "guided_on": guided_on,
        "out_of_area": out_of_area,
    }
    fields = {
        **{name: "" if count is None else str(count) for name, count in counts.items()},
        "place": place,
        "day": day,
        "hours": hours,
        "workers": str(workers),
        "channel": channel,
        "belongs": "" if trial_id is None else f"trial:{trial_id}",
        "note": note,
    }
    with opened() as bot, bot.database.write() as session:
        if not channel and trial_id is None:
            fields["channel"] = store.last_channel_at(session, place) or Channel.OTHER.value
        recorded = visits.record(
            session,
            parse_visit(
                fields,
                partner_ids=[str(each) for each in with_partner or ()],
                known=visits.what_is_known(session),
                today=bot.now().astimezone(bot.settings.zone).date(),
            ),
            key=key or str(uuid.uuid4()),
            names=read_first_names(bot.templates),
            is_checked=checked,
            by=by,
            now=bot.now(),
        )
        record = {**_visit_record(recorded.row), "is_new": recorded.is_new}
    told = "recorded" if recorded.is_new else "received before, and counted once"
    show(record, as_json=as_json, lines=[f"Visit {record['id']} at {place}: {told}."])


@visit.command("list", epilog="Example: social-bot visit list --trial 3 --json")
def visit_list(
    *,
    trial_id: Annotated[int | None, typer.Option("--trial", help="Of one trial.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the visits, the newest first."""
    from social_bot.tracking import outreach_store as store

    with opened() as bot, bot.database.read() as session:
        rows = store.list_visits(session, trial_ids=None if trial_id is None else [trial_id])
        records = _visit_records(rows)
    show(records, as_json=as_json, lines=table(records, _VISIT_COLUMNS))


@visit.command("import", epilog="Example: social-bot visit import visits.csv --by NAME")
def visit_import(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    *,
    by: By,
    checked: Checked = False,
    as_json: AsJson = False,
) -> None:
    """Take visits in from a CSV file: every row is checked first, then all are kept or none."""
    from social_bot.tracking import visit_names, visits
    from social_bot.tracking.recognisable import read_first_names
    from social_bot.tracking.visit_files import read_visits

    with opened() as bot:
        today = bot.now().astimezone(bot.settings.zone).date()
        with bot.database.read() as session:
            found = read_visits(
                file.read_bytes(),
                names=visit_names.names_in_files(session),
                known=visits.what_is_known(session),
                today=today,
            )
        problems = [
            {"row": each.number, "column": each.column, "problem": str(each.error)} for each in found.problems
        ]
        if problems:
            columns = ("row", "column", "problem")
            show(problems, as_json=as_json, lines=[*table(problems, columns), "Nothing has been taken in."])
            raise typer.Exit(1)
        with bot.database.write() as session:
            rows = visits.take_in(
                session,
                found,
                names=read_first_names(bot.templates),
                is_checked=checked,
                by=by,
                now=bot.now(),
            )
            records = _visit_records(rows)
    show(records, as_json=as_json, lines=[f"Visits taken in: {len(records)}."])


@partner.command("add", epilog="Example: social-bot partner add Kela --kind kela --name-sv FPA --by NAME")
def partner_add(
    name: str,
    *,
    kind: Annotated[
        str, typer.Option(help="kela, parish, health, library, municipality, association or other.")
    ],
    by: By,
    name_sv: Annotated[str, typer.Option(help="Its name in Swedish.")] = "",
    phone: Annotated[str, typer.Option(help="A number that anybody may call.")] = "",
    link: Annotated[str, typer.Option(help="Its web address.")] = "",
    checked: Checked = False,
    as_json: AsJson = False,
) -> None:
    """Add an organisation to the register. Never a private person."""
    from social_bot.tracking import partners
    from social_bot.tracking.recognisable import read_first_names

    with opened() as bot, bot.database.write() as session:
        row = partners.add(
            session,
            partners.parse_partner(name=name, kind=kind, name_sv=name_sv, phone=phone, link=link),
            names=read_first_names(bot.templates),
            is_checked=checked,
            by=by,
            now=bot.now(),
        )
        record = {"id": row.id, "name": row.name}
    show(record, as_json=as_json, lines=[f"Partner organisation {record['id']}: {name}."])


@partner.command("list", epilog="Example: social-bot partner list --json")
def partner_list(*, as_json: AsJson = False) -> None:
    """List the partner organisations."""
    from social_bot.tracking import outreach_store as store

    columns = ("id", "name", "name_sv", "kind", "phone", "link")
    with opened() as bot, bot.database.read() as session:
        records = [{name: getattr(row, name) for name in columns} for row in store.list_partners(session)]
    show(records, as_json=as_json, lines=table(records, columns))


def _visit_records(rows: "Sequence[VisitRow]") -> list[dict[str, object]]:
    return [_visit_record(row) for row in rows]


def _visit_record(row: "VisitRow") -> dict[str, object]:
    counts = ("workers", "contacts", "declined", "led_to_clienthood", "guided_on", "out_of_area")
    return {
        "id": row.id,
        "key": row.key,
        "day": row.held_on,
        "place": row.place,
        "channel": row.channel,
        "hours": round(row.minutes / 60, 2),
        **{name: getattr(row, name) for name in counts},
        "trial": row.trial_id,
        "campaign": row.campaign_id,
        "by": row.recorded_by,
    }
