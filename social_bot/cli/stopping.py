"""stop."""

from typing import TYPE_CHECKING, Annotated

import typer

from social_bot.cli.output import AsJson, opened, show, table
from social_bot.errors import InvalidInput, NotAllowed

if TYPE_CHECKING:
    from social_bot.organisation.stop import StopRow

stop = typer.Typer(
    help="The emergency stop: hold scheduled posts, and on demand automatic answers, until they are released.",
    invoke_without_command=True,
    epilog='Example: social-bot stop --by "Kirjoittaja 1" --reason "Väärä numero" --answers',
)

By = Annotated[str, typer.Option("--by", help="Who does it, an operator.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(stop, name="stop")


@stop.callback()
def press(
    context: typer.Context,
    *,
    by: Annotated[str | None, typer.Option("--by", help="Who stops, an operator.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why; everybody who works here reads it.")] = None,
    page: Annotated[str | None, typer.Option("--page", help="Only this page.")] = None,
    answers: Annotated[
        bool, typer.Option("--answers", help="Automatic answers as well; texts of danger always go.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Stop now, for every process at once. Crisis texts and alerts go on."""
    from social_bot.planning.holds import press_stop

    if context.invoked_subcommand is not None:
        return
    if by is None or reason is None:
        raise InvalidInput("Say who stops and why: --by NAME --reason TEXT")
    with opened() as bot, bot.database.write() as session:
        row, held = press_stop(
            session, page_id=page, holds_answers=answers, reason=reason, by=by, now=bot.now()
        )
        record = {**_record(row), "held": [post.id for post in held]}
    show(record, as_json=as_json, lines=[f"Stopped ({row.id}). {len(held)} posts are on hold."])


@stop.command("release", epilog='Example: social-bot stop release --by "Hyväksyjä"')
def release(
    stop_id: Annotated[int | None, typer.Argument(help="By default the only one that stands.")] = None,
    *,
    by: By,
    as_json: AsJson = False,
) -> None:
    """Release a stop; posts in time are scheduled again, of the others a person decides."""
    from social_bot.organisation.stop import standing
    from social_bot.planning.holds import release_stop

    with opened() as bot, bot.database.write() as session:
        found = [row.id or 0 for row in standing(session)]
        if stop_id is None and len(found) != 1:
            raise NotAllowed("Say which: {found}.", found=", ".join(map(str, found)) or "nothing is stopped")
        chosen = found[0] if stop_id is None else stop_id
        returned = release_stop(session, chosen, by=by, now=bot.now())
        posts = [{"id": each.post.id, "state": each.state.value} for each in returned]
    lines = [f"Released ({chosen})."]
    lines += [f"Post {post['id']} is {post['state']}." for post in posts]
    show({"id": chosen, "posts": posts}, as_json=as_json, lines=lines)


@stop.command("status", epilog="Example: social-bot stop status --json")
def status(*, as_json: AsJson = False) -> None:
    """What is stopped now."""
    from social_bot.organisation.stop import standing
    from social_bot.planning.posts import PostState
    from social_bot.planning.store import list_posts

    with opened() as bot, bot.database.read() as session:
        records = [_record(row) for row in standing(session)]
        held = len(list_posts(session, states=[PostState.HELD]))
    lines = (
        table(records, ("id", "page", "answers", "by", "at", "reason"))
        if records
        else ["Nothing is stopped."]
    )
    show({"stops": records, "held": held}, as_json=as_json, lines=lines)


def _record(row: "StopRow") -> dict[str, object]:
    return {
        "id": row.id,
        "page": row.page_id or "all",
        "answers": row.holds_answers,
        "by": row.pressed_by,
        "at": row.pressed_at,
        "reason": row.reason,
    }
