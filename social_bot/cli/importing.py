"""post import."""

from pathlib import Path
from typing import Annotated

import typer

from social_bot.cli.output import AsJson, opened, show
from social_bot.cli.planning import PageId, post, post_record
from social_bot.errors import InvalidInput


def add_to(app: typer.Typer) -> None:
    """The command stands among those of posts."""
    del app


@post.command(
    "import",
    epilog='Example: social-bot post import julkaisut.csv --page 100200300 --author "Kirjoittaja 1" --check',
)
def post_import(
    path: Path,
    *,
    page: PageId,
    author: Annotated[str, typer.Option(help="An operator with the role writer.")],
    check: Annotated[bool, typer.Option("--check", help="Check only; nothing is written.")] = False,
    submit: Annotated[bool, typer.Option("--submit", help="Send the posts for approval at once.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the posts of a CSV table: all rows, or none when one cell is wrong."""
    from social_bot.planning.importing import check_sheet, import_posts
    from social_bot.web.importing import kinds_by_name

    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            'The file "{path}" cannot be read: {reason}.', path=path, reason=error.strerror
        ) from error
    with opened() as bot, bot.database.write() as session:
        organisation = bot.organisation(session)
        checked = check_sheet(
            session, content, organisation, page_id=page, kinds=kinds_by_name(), now=bot.now()
        )
        problems = [
            {"row": each.row, "column": each.column, "cell": each.cell, "problem": str(each.problem)}
            for each in checked.sheet.problems
        ]
        posts = (
            import_posts(
                session, checked, organisation, page_id=page, author=author, submits=submit, now=bot.now()
            )
            if not check and not problems and checked.new
            else ()
        )
        record = {
            "file": str(path),
            "ok": not problems,
            "encoding": checked.sheet.encoding,
            "problems": problems,
            "new": len(checked.new),
            "already_there": dict(checked.there),
            "posts": [post_record(row) for row in posts],
        }
    lines = [f"Row {each['row']}, {each['column']}: {each['cell']!r}: {each['problem']}" for each in problems]
    lines += [f"Row {row} is here already, as post {post_id}." for row, post_id in checked.there.items()]
    if problems:
        lines.append("Nothing was saved.")
    elif check:
        lines.append(f"In order: {len(checked.new)} posts would be written.")
    else:
        lines.append(f"{len(posts)} posts were written.")
    show(record, as_json=as_json, lines=lines)
    if problems:
        raise typer.Exit(1)
