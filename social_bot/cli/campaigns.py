"""campaign."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from social_bot.cli.output import AsJson, opened, show
from social_bot.cli.planning import PageId, post_record, warnings_of
from social_bot.errors import InvalidCampaign, InvalidInput, NotFound

if TYPE_CHECKING:
    from sqlmodel import Session

    from social_bot.bootstrap import Bot
    from social_bot.planning.campaigns import PlannedPost
    from social_bot.planning.checks import Finding

campaign = typer.Typer(help="Ready-made campaigns and your own.", no_args_is_help=True)

By = Annotated[str, typer.Option("--by", help="An operator with the role writer.")]
Start = Annotated[str, typer.Option("--start", help="The first day, 2026-12-01 or 1.12.2026.")]
Values = Annotated[
    list[str] | None,
    typer.Option("--set", help="key=value for a field of the campaign; key.sv=value for one language."),
]


def add_to(app: typer.Typer) -> None:
    app.add_typer(campaign, name="campaign")


@campaign.command("check", epilog="Example: social-bot campaign check campaigns/*.yaml")
def campaign_check(paths: list[Path], *, as_json: AsJson = False) -> None:
    """Check campaign files; every problem is told with its file, line and key."""
    from social_bot.planning.campaigns import read_campaign

    records, lines = [], []
    for path in paths:
        try:
            found = read_campaign(_campaign_path(path))
        except InvalidCampaign as error:
            problems = [
                {"file": part.file, "line": part.line, "key": part.key, "problem": part.sentence}
                for part in error.problems
            ]
            records.append({"file": str(path), "ok": False, "problems": problems})
            lines += [str(part) for part in error.problems]
        else:
            records.append({"file": str(path), "ok": True, "problems": []})
            lines.append(f"{path}: in order, {len(found.posts)} kinds of post.")
    show(records, as_json=as_json, lines=lines)
    if not all(record["ok"] for record in records):
        raise typer.Exit(1)


@campaign.command("list", epilog="Example: social-bot campaign list")
def campaign_list(*, as_json: AsJson = False) -> None:
    """List the ready-made campaigns that come with the program."""
    from social_bot import assets
    from social_bot.planning.campaigns import read_campaign

    found = [read_campaign(path) for path in sorted(assets.folder("campaigns").glob("*.yaml"))]
    records = [{"slug": each.slug, "title": each.title, "languages": list(each.languages)} for each in found]
    lines = [f"{each.slug}: {each.title['fi']}" for each in found]
    show(records, as_json=as_json, lines=lines)


@campaign.command(
    "plan",
    epilog="Example: social-bot campaign plan campaigns/mall_visit.yaml --page 100200300 --start 2026-12-01",
)
def campaign_plan(
    path: Path, *, page: PageId, start: Start, values: Values = None, as_json: AsJson = False
) -> None:
    """Show what would be posted and when. Nothing is written."""
    from social_bot.organisation import pages
    from social_bot.planning.calendar import parse_day
    from social_bot.planning.campaigns import read_campaign
    from social_bot.planning.starting import make_plan

    with opened() as bot, bot.database.read() as session:
        pages.get(session, page)
        found = read_campaign(_campaign_path(path))
        plan = make_plan(
            found, bot.organisation(session), start=parse_day(start), values=_values(values), now=bot.now()
        )
        record = {
            "campaign": found.slug,
            "page": page,
            "posts": [
                {
                    "key": part.key,
                    "kind": part.kind,
                    "at": part.publish_at,
                    "local": part.local,
                    "texts": dict(part.texts),
                    "link": part.link,
                    "pictures": [
                        {"file": picture.path.name, "alt": dict(picture.alt)} for picture in part.pictures
                    ],
                    "lateness_minutes": int(part.lateness.total_seconds() // 60),
                    "is_past": part.publish_at + part.lateness < bot.now(),
                    "warnings": warnings_of(_planned_findings(bot, session, part, page)),
                }
                for part in plan.posts
            ],
            "goals": [
                {"metric": part.metric.value, "target": part.target, "by": part.by} for part in plan.goals
            ],
        }
    lines = [
        f"{part.local:%Y-%m-%d %H:%M}  {part.key}  {next(iter(part.texts.values())).splitlines()[0]}"
        for part in plan.posts
    ]
    show(record, as_json=as_json, lines=lines)


@campaign.command(
    "start",
    epilog='Example: social-bot campaign start campaigns/meet_the_team.yaml --page 100200300 --start 2026-12-01 --author "Kirjoittaja 1" --approver "Hyväksyjä"',
)
def campaign_start(
    path: Path,
    *,
    page: PageId,
    start: Start,
    values: Values = None,
    author: Annotated[str, typer.Option(help="An operator with the role writer.")],
    approver: Annotated[str | None, typer.Option(help="Somebody else, with the role approver.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a campaign's posts and goals, all or none."""
    from social_bot.planning.calendar import parse_day
    from social_bot.planning.campaigns import read_campaign
    from social_bot.planning.starting import start_campaign

    with opened() as bot:
        found = read_campaign(_campaign_path(path))
        with bot.database.write() as session:
            started = start_campaign(
                session,
                found,
                bot.organisation(session),
                page_id=page,
                start=parse_day(start),
                values=_values(values),
                author=author,
                approver=approver,
                media=bot.media,
                now=bot.now(),
            )
            record = {
                "campaign": found.slug,
                "id": started.campaign.id,
                "posts": [post_record(row) for row in started.posts],
                "skipped": [part.key for part in started.skipped],
            }
    lines = [f"Started {found.slug} with {len(started.posts)} posts."]
    lines += [f"Left out, its time has passed: {key}" for key in record["skipped"]]  # type: ignore[union-attr]
    show(record, as_json=as_json, lines=lines)


@campaign.command(
    "pause", epilog='Example: social-bot campaign pause 3 --by "Kirjoittaja 1" --reason "Aika muuttuu"'
)
def campaign_pause(
    campaign_id: int,
    *,
    by: By,
    reason: Annotated[str, typer.Option(help="Why; others read it on the campaign's page.")],
    as_json: AsJson = False,
) -> None:
    """Put the campaign's scheduled posts on hold."""
    from social_bot.planning.campaign_deeds import pause_campaign

    with opened() as bot, bot.database.write() as session:
        held = pause_campaign(session, campaign_id, reason=reason, by=by, now=bot.now())
        records = [post_record(row) for row in held]
    show(
        {"campaign": campaign_id, "state": "paused", "posts": records},
        as_json=as_json,
        lines=[f"Campaign {campaign_id} is paused, {len(records)} posts are on hold."],
    )


@campaign.command("resume", epilog='Example: social-bot campaign resume 3 --by "Kirjoittaja 1"')
def campaign_resume(campaign_id: int, *, by: By, as_json: AsJson = False) -> None:
    """Let a paused campaign go on; posts whose time has passed are missed, and a person decides."""
    from social_bot.planning.campaign_deeds import resume_campaign

    with opened() as bot, bot.database.write() as session:
        returned = resume_campaign(session, campaign_id, by=by, now=bot.now())
        records = [post_record(each.post) for each in returned]
    lines = [f"Campaign {campaign_id} goes on."]
    lines += [f"Post {each['id']} is {each['state']}, {each['local']}." for each in records]
    show({"campaign": campaign_id, "state": "running", "posts": records}, as_json=as_json, lines=lines)


@campaign.command("end", epilog='Example: social-bot campaign end 3 --by "Kirjoittaja 1"')
def campaign_end(campaign_id: int, *, by: By, as_json: AsJson = False) -> None:
    """End a campaign: posts that have not gone out are cancelled."""
    from social_bot.planning.campaign_deeds import end_campaign

    with opened() as bot, bot.database.write() as session:
        cancelled = end_campaign(session, campaign_id, by=by, now=bot.now())
        records = [post_record(row) for row in cancelled]
    show(
        {"campaign": campaign_id, "state": "ended", "posts": records},
        as_json=as_json,
        lines=[f"Campaign {campaign_id} has ended, {len(records)} posts are cancelled."],
    )


@campaign.command(
    "copy", epilog='Example: social-bot campaign copy 3 --by "Kirjoittaja 1" --set checked_on=1.12.2027'
)
def campaign_copy(
    campaign_id: int,
    *,
    by: By,
    start: Annotated[
        str | None, typer.Option("--start", help="The first day; by default the same weekday a year later.")
    ] = None,
    values: Values = None,
    check: Annotated[bool, typer.Option("--check", help="Show the plan and write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start a campaign once more with the same answers, its days moved by 52 weeks."""
    from social_bot.planning.calendar import parse_day
    from social_bot.planning.campaign_answers import move_answers
    from social_bot.planning.campaign_deeds import start_of_copy
    from social_bot.planning.campaign_export import campaign_of
    from social_bot.planning.campaign_shelf import is_ready_made
    from social_bot.planning.starting import make_plan, start_campaign
    from social_bot.planning.store import get_campaign

    with opened() as bot, bot.database.write() as session:
        row, organisation = get_campaign(session, campaign_id), bot.organisation(session)
        first = parse_day(start) if start else start_of_copy(row, today=organisation.today(bot.now()))
        answers = {**move_answers(row.values, by=first - row.starts_on), **_values(values)}
        found = campaign_of(row, is_own=not is_ready_made(bot.campaigns, row.slug))
        given = {name: value for name, value in answers.items() if value}
        plan = make_plan(found, organisation, start=first, values=given, now=bot.now())
        record: dict[str, object] = {"campaign": row.slug, "start": first, "planned": len(plan.posts)}
        if not check:
            started = start_campaign(
                session,
                found,
                organisation,
                page_id=row.page_id,
                start=first,
                values=given,
                author=by,
                approver=None,
                media=bot.media,
                now=bot.now(),
            )
            record |= {"id": started.campaign.id, "posts": [post_record(each) for each in started.posts]}
    lines = [f"{part.local:%Y-%m-%d %H:%M}  {part.key}" for part in plan.posts]
    lines.append(
        "Nothing was written." if check else f"Started campaign {record['id']}; its posts wait for approval."
    )
    show(record, as_json=as_json, lines=lines)


@campaign.command("export", epilog="Example: social-bot campaign export 3 --output ilta.yaml")
def campaign_export(
    campaign_id: int,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", help="A new file; by default it is printed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a started campaign as a file, its answers as defaults."""
    from social_bot.planning.campaign_export import export_campaign
    from social_bot.planning.campaign_shelf import is_ready_made
    from social_bot.planning.store import get_campaign

    with opened() as bot, bot.database.read() as session:
        row = get_campaign(session, campaign_id)
        text = export_campaign(row, is_own=not is_ready_made(bot.campaigns, row.slug))
    if output is not None:
        if output.exists():
            raise InvalidInput('The file "{path}" is there already. Give another name.', path=output)
        output.write_text(text, encoding="utf-8")
    written = None if output is None else str(output)
    show(
        {"campaign": campaign_id, "file": written, "yaml": text},
        as_json=as_json,
        lines=[f"Written to {output}."] if output else text.splitlines(),
    )


def _planned_findings(bot: "Bot", session: "Session", part: "PlannedPost", page: str) -> Sequence["Finding"]:
    """Of the texts alone: the pictures of a campaign are not in the media folder before it starts."""
    from social_bot.planning.posts import PostContent

    content = PostContent(
        page_id=page, kind=part.kind, texts=part.texts, publish_at=part.publish_at, link=part.link
    )
    return bot.checker.check(session, content, now=bot.now()).findings


def _values(pairs: list[str] | None) -> Mapping[str, str]:
    values = {}
    for pair in pairs or ():
        key, sign, value = pair.partition("=")
        if not sign or not key.strip():
            raise InvalidInput('--set reads key=value; "{pair}" does not.', pair=pair)
        values[key.strip()] = value
    return values


def _campaign_path(path: Path) -> Path:
    """The file, or the ready-made campaign of that name."""
    from social_bot import assets

    if path.is_file():
        return path
    shipped = assets.folder("campaigns") / f"{path.stem}.yaml"
    if shipped.is_file():
        return shipped
    raise NotFound(
        'There is no campaign file "{path}". See the ready-made ones with: social-bot campaign list',
        path=path,
    )
