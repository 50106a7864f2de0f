"""comment list, act, automatic."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from social_bot.cli.output import AsJson, opened, show, table

if TYPE_CHECKING:
    from sqlmodel import Session

    from social_bot.answering.comment_store import CommentRow
    from social_bot.bootstrap import Bot

What = Literal["reply", "hide", "private", "leave", "withdraw"]
comment = typer.Typer(help="Comments under the pages' posts, and what is proposed.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(comment, name="comment")


@comment.command("list", epilog="Example: social-bot comment list --json")
def comment_list(
    *,
    settled: Annotated[bool, typer.Option("--settled", help="Those that were dealt with lately.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the comments that wait for a decision: danger first. Texts are shown masked."""
    from social_bot.answering import comment_store as store

    with opened() as bot, bot.database.read() as session:
        rows = store.list_settled(session, limit=200) if settled else store.list_waiting(session)
        records = [_record(session, row, bot) for row in rows]
    show(
        records,
        as_json=as_json,
        lines=table(records, ("id", "page", "matter", "crisis", "acts", "text_masked")),
    )


@comment.command("act", epilog='Example: social-bot comment act 7 --do private --by "Kirjoittaja 1"')
def comment_act(
    comment_id: int,
    *,
    do: Annotated[What, typer.Option("--do", help="What to do about the comment.")],
    by: Annotated[str, typer.Option(help="An operator with the role writer.")],
    as_json: AsJson = False,
) -> None:
    """Reply with the proposed text, hide, hide and write privately, leave, or withdraw our own reply."""
    from social_bot.answering.comment_acts import Act, act_on

    with opened() as bot:
        with bot.database.write() as session:
            row = act_on(
                session,
                comment_id,
                Act(do),
                by=by,
                now=bot.now(),
                organisation=bot.organisation(session),
                cipher=bot.database.cipher,
            )
        with bot.database.read() as session:
            record = _record(session, row, bot)
    show(record, as_json=as_json, lines=[f"Comment {comment_id}: {do} is written down."])


@comment.command("automatic", epilog='Example: social-bot comment automatic 100200300 --on --by "Hyväksyjä"')
def comment_automatic(
    page_id: str,
    *,
    on: Annotated[bool, typer.Option("--on/--off", help="Whether plain questions are answered.")],
    by: Annotated[str, typer.Option(help="An operator with the role approver.")],
) -> None:
    """Let a page answer plain general questions under its posts by itself, once in a thread; off at first."""
    from social_bot.organisation import pages

    with opened() as bot, bot.database.write() as session:
        pages.let_answer_comments(session, page_id, allowed=on, by=by, now=bot.now())
    print(f"Page {page_id} {'answers plain questions' if on else 'leaves every comment to people'}.")


def _record(session: "Session", row: "CommentRow", bot: "Bot") -> dict[str, object]:
    from social_bot.answering import comment_store as store
    from social_bot.answering.comment_acts import choices

    acts = choices(session, row, bot.organisation(session), now=bot.now()).acts
    return {
        "id": row.id,
        "page": row.page_id,
        "is_post": row.is_post,
        "matter": row.matter.value if row.matter else None,
        "crisis": row.crisis.value if row.crisis else None,
        "topic": row.topic,
        "personal_data": row.personal_data,
        "reason": row.reason,
        "is_hidden": row.is_hidden,
        "is_removed": row.is_removed,
        "written_at": row.written_at,
        "text_masked": bot.database.cipher.open(row.text_sealed) if row.text_sealed else None,
        "acts": {act.value: written.text if written else None for act, written in acts.items()},
        "outcome": row.outcome.value if row.outcome else None,
        "settled_by": row.settled_by,
        "settled_at": row.settled_at,
        "deeds": [
            {"kind": deed.kind.value, "state": deed.send_state.value, "by": deed.by}
            for deed in store.list_deeds(session, [row.id or 0])
        ],
    }
