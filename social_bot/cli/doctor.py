"""doctor: what is wrong with this installation, and the command that mends it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from social_bot.cli.output import AsJson, opened, show
from social_bot.errors import NotReady

if TYPE_CHECKING:
    from social_bot.bootstrap import Bot

_LEAST_FREE = 512 * 1024 * 1024
_CLOCKS_APART = timedelta(seconds=5)
_OVERDUE = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """``is_grave``: something does not work; otherwise it works, and should be looked at."""

    about: str
    sentence: str
    is_grave: bool = True


def add_to(app: typer.Typer) -> None:
    app.command("doctor", epilog="Example: social-bot doctor --json")(doctor)


def doctor(*, as_json: AsJson = False) -> None:
    """Say what is wrong here and what mends it; exit code 1 when something does not work."""
    with opened(needs_schema=False) as bot:
        found = list(_examine(bot))
    show(
        {"ok": not any(trouble.is_grave for trouble in found), "troubles": [asdict(each) for each in found]},
        as_json=as_json,
        lines=[f"{'WRONG' if each.is_grave else 'look'}  {each.about}: {each.sentence}" for each in found]
        or ["Everything that can be seen from here is in order."],
    )
    if any(trouble.is_grave for trouble in found):
        raise typer.Exit(1)


def _examine(bot: "Bot") -> Iterator[Trouble]:
    """The machine first; what a broken database cannot tell is not asked."""
    from sqlalchemy.exc import SQLAlchemyError

    yield from _disk(bot)
    try:
        for examine in (_schema, _keys, _clock, _work, _chain, _stop, _pages):
            troubles = list(examine(bot))
            yield from troubles
            if examine is _schema and troubles:
                return
    except SQLAlchemyError as error:
        yield Trouble(
            about="database",
            sentence=f"It does not answer ({type(error).__name__}). Look at SOCIAL_BOT_DATABASE_URL and the server.",
        )


def _disk(bot: "Bot") -> Iterator[Trouble]:
    free = shutil.disk_usage(bot.settings.data_dir).free
    if free < _LEAST_FREE:
        yield Trouble(
            about="disk",
            sentence=f"Only {free // 1024**2} MB are free in {bot.settings.data_dir}. Make room there.",
        )


def _schema(bot: "Bot") -> Iterator[Trouble]:
    from social_bot.storage.migrate import require_current

    yield from _refused("database", lambda: require_current(bot.database))


def _keys(bot: "Bot") -> Iterator[Trouble]:
    yield from _refused("keys", lambda: bot.database.index("doctor"))
    yield from _refused("settings", bot.require_live_settings)


def _clock(bot: "Bot") -> Iterator[Trouble]:
    from sqlalchemy import text

    if not bot.database.is_postgresql:
        return
    with bot.database.read() as session:
        theirs = session.connection().scalar(text("SELECT clock_timestamp()"))
    if theirs is not None and abs(theirs - bot.now()) > _CLOCKS_APART:
        yield Trouble(
            about="clock",
            sentence="This machine's clock and the database server's are more than five seconds apart. "
            "Let both be set by NTP.",
        )


def _work(bot: "Bot") -> Iterator[Trouble]:
    from social_bot.organisation import heartbeats
    from social_bot.planning import store
    from social_bot.planning.posts import PostState
    from social_bot.vitals import read_vitals

    now = bot.now()
    with bot.database.read() as session:
        since = heartbeats.silent_since(session, now=now)
        late = store.list_posts(session, states=[PostState.SCHEDULED], until=now - _OVERDUE)
        unclear = store.list_posts(session, states=[PostState.UNCONFIRMED], until=now - _OVERDUE)
        vitals = read_vitals(session, now=now)
    if vitals.overdue is not None:
        yield Trouble(
            about="work",
            sentence=f"{vitals.overdue.count} of {vitals.overdue.name} are due, the first since "
            f"{vitals.overdue.oldest:%Y-%m-%d %H:%M} UTC. Look into the worker's log.",
        )
    if since is not None:
        yield Trouble(
            about="work",
            sentence=f"No worker has been heard of since {since:%Y-%m-%d %H:%M} UTC. "
            "Start one: social-bot serve, or social-bot work",
        )
    for post in late:
        yield Trouble(
            about=f"post {post.id}", sentence="It is due and has not gone out: social-bot post list"
        )
    for post in unclear:
        yield Trouble(
            about=f"post {post.id}",
            sentence="Nobody knows whether it is on the page. Look there, then: social-bot post resolve --help",
            is_grave=False,
        )


def _chain(bot: "Bot") -> Iterator[Trouble]:
    from social_bot.organisation import audit

    with bot.database.read() as session:
        broken = audit.first_broken(session)
    if broken is not None:
        yield Trouble(
            about="audit log", sentence=f"The entry {broken} was changed afterwards: social-bot audit verify"
        )


def _stop(bot: "Bot") -> Iterator[Trouble]:
    from social_bot.organisation import stop

    with bot.database.read() as session:
        standing = list(stop.standing(session))
    for row in standing:
        yield Trouble(
            about="emergency stop",
            sentence=f"In force since {row.pressed_at:%Y-%m-%d %H:%M} UTC: social-bot stop status",
            is_grave=False,
        )


def _pages(bot: "Bot") -> Iterator[Trouble]:
    """What ``page live`` would say of each page that is live already."""
    from social_bot.cli.pages import sentences_about
    from social_bot.organisation import pages

    with bot.database.read() as session:
        for page in pages.everyone(session):
            if not page.may_write(bot.now()):
                yield Trouble(
                    about=f"page {page.id}",
                    sentence=f"Nothing goes out on it. {page.pause_reason or ''} See: social-bot page check {page.id}",
                )
            if page.is_live:
                for finding in bot.judge_readiness(session, page):
                    for sentence in [] if finding.is_met else sentences_about([finding]):
                        yield Trouble(about=f"page {page.id}", sentence=sentence, is_grave=finding.blocks)


def _refused(about: str, do: Callable[[], object]) -> Iterator[Trouble]:
    try:
        do()
    except NotReady as error:
        yield Trouble(about=about, sentence=str(error))
