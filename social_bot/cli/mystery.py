"""mystery-client: scripted conversations with the running content, and their score sheet."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from social_bot.cli.output import AsJson, opened, show

if TYPE_CHECKING:
    from social_bot.answering.mystery import Judged, Score


def add_to(app: typer.Typer) -> None:
    app.command("mystery-client", epilog="Example: social-bot mystery-client --json")(mystery_client)


def mystery_client(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Scripts to play; without any, those that ship.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Play scripted conversations against the running content; exit 1 where an answer is not as it should be.

    Nothing is stored and nothing is sent. What a script may hold is told in docs/mystery-client.md.
    """
    from social_bot.answering.mystery import copy_content, play
    from social_bot.answering.scripts import read_scripts
    from social_bot.organisation import pages
    from social_bot.storage.migrate import is_current

    with opened(needs_schema=False) as bot:
        scripts = read_scripts(files or sorted((bot.templates / "conversations").glob("*.yaml")))
        content, is_live = None, False
        if is_current(bot.database):
            with bot.database.read() as session:
                content, is_live = copy_content(session), pages.any_live(session)
        scores = play(
            scripts,
            bot.inbox,
            content=content,
            templates=bot.templates,
            zone=bot.settings.zone,
            is_live=is_live,
            now=bot.now(),
        )
    show(_document(scores), as_json=as_json, lines=_sheet(scores))
    if any(score.points < score.most for score in scores):
        raise typer.Exit(1)


def _document(scores: Sequence["Score"]) -> Mapping[str, object]:
    return {
        "points": sum(score.points for score in scores),
        "of": sum(score.most for score in scores),
        "passed": all(score.points == score.most for score in scores),
        "scripts": [
            {
                "file": score.script.file,
                "title": score.script.title,
                "points": score.points,
                "of": score.most,
                "turns": [_turn(turn) for turn in score.turns],
            }
            for score in scores
        ],
    }


def _turn(judged: "Judged") -> Mapping[str, object]:
    heard = judged.heard
    return {
        "line": judged.turn.line,
        "points": judged.points,
        "of": judged.most,
        "lane": heard.lane,
        "language": heard.language,
        "texts": list(heard.keys),
        "topics_offered": list(heard.topics_offered),
        "alerts": [kind.value for kind in heard.alerts],
        "said": list(heard.texts),
        "misses": list(judged.misses),
    }


def _sheet(scores: Sequence["Score"]) -> list[str]:
    lines = []
    for score in scores:
        mark = "right " if score.points == score.most else "MISSED"
        lines.append(
            f"{mark} {score.points:>3} of {score.most:>3}  {Path(score.script.file).name}: {score.script.title}"
        )
        lines += [f"       line {turn.turn.line}: {miss}" for turn in score.turns for miss in turn.misses]
    points, most = sum(score.points for score in scores), sum(score.most for score in scores)
    return [*lines, f"{points} of {most} points in {len(scores)} conversations."]
