"""campaign, post."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from social_bot.cli.output import AsJson, opened, show, table
from social_bot.errors import InvalidCampaign, InvalidInput, NotFound

if TYPE_CHECKING:
    from social_bot.planning.store import PostRow

campaign = typer.Typer(help="Ready-made campaigns and your own.", no_args_is_help=True)
post = typer.Typer(help="Posts: write, approve, cancel, decide about unclear ones.", no_args_is_help=True)

PageId = Annotated[str, typer.Option("--page", help="The page's id, see: social-bot page list")]
Start = Annotated[str, typer.Option("--start", help="The first day, 2026-12-01 or 1.12.2026.")]
Values = Annotated[
    list[str] | None,
    typer.Option("--set", help="key=value for a field of the campaign; key.sv=value for one language."),
]


class Fold(StrEnum):
    FIRST = "first"
    SECOND = "second"


def add_to(app: typer.Typer) -> None:
    app.add_typer(campaign, name="campaign")
    app.add_typer(post, name="post")


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
            }
            for part in plan.posts
        ],
        "goals": [{"metric": part.metric.value, "target": part.target, "by": part.by} for part in plan.goals],
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
                "posts": [_record(row) for row in started.posts],
                "skipped": [part.key for part in started.skipped],
            }
    lines = [f"Started {found.slug} with {len(started.posts)} posts."]
    lines += [f"Left out, its time has passed: {key}" for key in record["skipped"]]  # type: ignore[union-attr]
    show(record, as_json=as_json, lines=lines)


@post.command(
    "add",
    epilog='Example: social-bot post add --page 100200300 --at "2026-12-01 09:00" --text "Olemme auki." --author "Kirjoittaja 1"',
)
def post_add(
    *,
    page: PageId,
    at: Annotated[str, typer.Option(help='Local time, "2026-12-01 09:00" or "1.12.2026 9.00".')],
    text: Annotated[str, typer.Option(help="The text, in the organisation's first language.")],
    text_sv: Annotated[
        str | None, typer.Option("--text-sv", help="The Swedish text of a bilingual post.")
    ] = None,
    text_en: Annotated[str | None, typer.Option("--text-en", help="The English text.")] = None,
    link: Annotated[str | None, typer.Option(help="An address that the post shows.")] = None,
    image: Annotated[
        list[Path] | None, typer.Option(help="A JPEG or PNG file; may be given several times.")
    ] = None,
    alt: Annotated[
        list[str] | None, typer.Option(help="The alternative text of each image, in order.")
    ] = None,
    decorative: Annotated[
        bool, typer.Option("--decorative", help="The images tell nothing that the text does not.")
    ] = False,
    fold: Annotated[
        Fold | None, typer.Option(help="Which of the two, for a time in the doubled autumn hour.")
    ] = None,
    lateness: Annotated[
        int, typer.Option(help="Minutes after which the post is missed rather than late.")
    ] = 60,
    author: Annotated[str, typer.Option(help="An operator with the role writer.")],
    approver: Annotated[str | None, typer.Option(help="Somebody else, with the role approver.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a post. Without an approver it stays a draft."""
    from social_bot.planning.composing import add_post, approve_post
    from social_bot.planning.posts import PostContent

    with opened() as bot, bot.database.write() as session:
        languages = bot.organisation(session).languages
        given = {languages[0]: text, "sv": text_sv, "en": text_en}
        texts = {language: words for language, words in given.items() if words}
        content = PostContent(
            page_id=page,
            kind="post",
            texts=texts,
            publish_at=_instant(at, bot.settings.zone, fold),
            link=link,
            pictures=[
                bot.media.take_in(
                    path, alt=dict.fromkeys(texts, words), is_decorative=decorative and not words
                )
                for path, words in _described(image or [], alt or [], decorative=decorative)
            ],
        )
        row = add_post(
            session,
            content,
            zone=bot.settings.zone,
            author=author,
            now=bot.now(),
            lateness=timedelta(minutes=lateness),
        )
        if approver is not None:
            row = approve_post(
                session, row.id or 0, content_hash=content.content_hash, by=approver, now=bot.now()
            )
        record = _record(row)
    show(
        record,
        as_json=as_json,
        lines=[f"Post {record['id']} is {record['state']}, to go out {record['local']}."],
    )


def _instant(at: str, zone: ZoneInfo, fold: Fold | None) -> datetime:
    from social_bot.planning.calendar import DoubledTime, parse_local, to_utc

    try:
        return to_utc(parse_local(at), zone, fold=None if fold is None else int(fold is Fold.SECOND))
    except DoubledTime as error:
        raise InvalidInput("{problem} Give --fold first or --fold second.", problem=error) from error


def _described(images: list[Path], alts: list[str], *, decorative: bool) -> list[tuple[Path, str]]:
    if len(alts) > len(images) or (len(alts) < len(images) and not decorative):
        raise InvalidInput(
            "There are {images} images and {alts} alternative texts. Give --alt for each image in the order "
            "of the images, or --decorative when they tell nothing that the text does not.",
            images=len(images),
            alts=len(alts),
        )
    return list(zip(images, [*alts, *[""] * (len(images) - len(alts))], strict=True))


@post.command("list", epilog="Example: social-bot post list --page 100200300 --json")
def post_list(*, page: Annotated[str | None, typer.Option("--page")] = None, as_json: AsJson = False) -> None:
    """List posts by their time."""
    from social_bot.planning import store

    with opened() as bot, bot.database.read() as session:
        records = [_record(row) for row in store.list_posts(session, page_id=page)]
    show(records, as_json=as_json, lines=table(records, ("id", "page", "state", "local", "text", "reason")))


@post.command("approve", epilog='Example: social-bot post approve 12 --by "Hyväksyjä"')
def post_approve(
    post_id: int,
    *,
    by: Annotated[str, typer.Option(help="Somebody else than the author.")],
    as_json: AsJson = False,
) -> None:
    """Approve a post exactly as it is now."""
    from social_bot.planning import store
    from social_bot.planning.composing import approve_post

    with opened() as bot, bot.database.write() as session:
        as_it_is = store.get_post(session, post_id).content.content_hash
        record = _record(approve_post(session, post_id, content_hash=as_it_is, by=by, now=bot.now()))
    show(record, as_json=as_json, lines=[f"Post {post_id} is {record['state']}."])


@post.command("cancel", epilog='Example: social-bot post cancel 12 --by "Kirjoittaja 1"')
def post_cancel(
    post_id: int,
    *,
    by: Annotated[str, typer.Option(help="An operator with the role writer.")],
    as_json: AsJson = False,
) -> None:
    """Cancel a post that has not been sent."""
    from social_bot.planning.composing import cancel_post

    with opened() as bot, bot.database.write() as session:
        record = _record(cancel_post(session, post_id, by=by, now=bot.now()))
    show(record, as_json=as_json, lines=[f"Post {post_id} is {record['state']}."])


@post.command(
    "resolve",
    epilog='Example: social-bot post resolve 12 --there 100200300_400500600 --by "Kirjoittaja 1"',
)
def post_resolve(
    post_id: int,
    *,
    there: Annotated[str | None, typer.Option(help="It is on the page: its id there.")] = None,
    send_again: Annotated[
        bool, typer.Option("--send-again", help="It is not on the page: send it now.")
    ] = False,
    by: Annotated[str, typer.Option(help="Who has looked: an operator with the role writer.")],
    as_json: AsJson = False,
) -> None:
    """Decide about an unconfirmed post after looking at the page."""
    from social_bot.planning.composing import confirm_post, send_post_again

    if (there is None) == (not send_again):
        raise typer.BadParameter("Give --there EXTERNAL_ID or --send-again.")
    with opened() as bot, bot.database.write() as session:
        if there is not None:
            row = confirm_post(session, post_id, there, by=by, now=bot.now())
        else:
            row = send_post_again(session, post_id, by=by, now=bot.now())
        record = _record(row)
    show(record, as_json=as_json, lines=[f"Post {post_id} is {record['state']}."])


def _record(row: "PostRow") -> dict[str, object]:
    return {
        "id": row.id,
        "page": row.page_id,
        "campaign": row.campaign_id,
        "key": row.key,
        "kind": row.kind,
        "state": row.state.value,
        "at": row.publish_at,
        "local": row.local_time,
        "external_id": row.external_id,
        "text": row.content.text,
        "link": row.link,
        "attempts": row.attempts,
        "reason": row.reason,
        "author": row.author,
        "approved_by": row.approved_by,
    }


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
