"""post."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from social_bot.cli.output import AsJson, opened, show, table
from social_bot.errors import InvalidInput
from social_bot.organisation.roles import COMMAND_LINE

if TYPE_CHECKING:
    from social_bot.planning.checks import Finding
    from social_bot.planning.store import PostRow

post = typer.Typer(help="Posts: write, approve, cancel, decide about unclear ones.", no_args_is_help=True)

PageId = Annotated[str, typer.Option("--page", help="The page's id, see: social-bot page list")]


class Fold(StrEnum):
    FIRST = "first"
    SECOND = "second"


def add_to(app: typer.Typer) -> None:
    app.add_typer(post, name="post")


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
        warnings = warnings_of(bot.checker.check_row(session, row, now=bot.now()).findings)
        record = {**post_record(row), "warnings": warnings}
    show(
        record,
        as_json=as_json,
        lines=[
            f"Post {record['id']} is {record['state']}, to go out {record['local']}.",
            *(f"{each['severity']}: {each['sentence']} {each['next_step']}" for each in warnings),
        ],
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
        records = [post_record(row) for row in store.list_posts(session, page_id=page)]
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
        record = post_record(approve_post(session, post_id, content_hash=as_it_is, by=by, now=bot.now()))
    show(record, as_json=as_json, lines=[f"Post {post_id} is {record['state']}."])


ByWriter = Annotated[
    str, typer.Option("--by", help="An operator with the role writer.", show_default="the command line")
]


@post.command("cancel", epilog='Example: social-bot post cancel 12 --by "Kirjoittaja 1"')
def post_cancel(
    post_id: int,
    *,
    by: ByWriter = COMMAND_LINE,
    as_json: AsJson = False,
) -> None:
    """Cancel a post that has not been sent."""
    from social_bot.planning.composing import cancel_post

    with opened() as bot, bot.database.write() as session:
        record = post_record(cancel_post(session, post_id, by=by, now=bot.now()))
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
    by: ByWriter = COMMAND_LINE,
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
        record = post_record(row)
    show(record, as_json=as_json, lines=[f"Post {post_id} is {record['state']}."])


def warnings_of(findings: Sequence["Finding"]) -> list[dict[str, object]]:
    """From the command line nothing is refused by a check; what the pages would stop says so."""
    return [
        {
            "check": each.check.value,
            "severity": each.severity.value,
            "language": each.language,
            "picture": each.picture,
            "quote": each.quote,
            "sentence": each.in_words(str),
            "next_step": each.step_in_words(str),
        }
        for each in findings
    ]


def post_record(row: "PostRow") -> dict[str, object]:
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
