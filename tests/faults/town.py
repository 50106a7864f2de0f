"""The organisation of a world: who works there, its page, and posts for the next minutes."""

from datetime import datetime, timedelta
from random import Random

from pydantic import SecretStr

from social_bot.bootstrap import Bot
from social_bot.organisation import directory, operators, pages
from social_bot.organisation.roles import Role
from social_bot.planning.composing import add_post, approve_post
from social_bot.planning.posts import PostContent
from tests.conftest import APPROVER, NOW, PAGE, WRITER

TOKEN = "page-token"
_VALUES = (
    ("name", "Mallilan aikuissosiaalityö"),
    ("languages", "fi,sv"),
    ("hours", "ma-pe 9-15"),
    ("phone_main", "0XX XXX XXXX"),
    ("social_emergency", "0XX XXX XXX1"),
)


def furnish(bot: Bot) -> None:
    with bot.database.write() as session:
        operators.add(session, WRITER, [Role.WRITER], now=NOW, by="test")
        operators.add(session, APPROVER, [Role.APPROVER, Role.WRITER], now=NOW, by="test")
        page = pages.add(
            session,
            PAGE,
            name="Neuvonta",
            token=SecretStr(TOKEN),
            is_live=False,
            cipher=bot.database.cipher,
            now=NOW,
            by="test",
        )
        page.answers_comments = True
        for key, value in _VALUES:
            directory.put(session, key, value, now=NOW, by="test", zone=bot.settings.zone)


def schedule_posts(bot: Bot, dice: Random) -> dict[int, str]:
    """Approved posts of the next two minutes, one of them at once; their texts by id."""
    return dict(_schedule(bot, number, dice) for number in range(dice.randint(2, 4)))


def _schedule(bot: Bot, number: int, dice: Random) -> tuple[int, str]:
    at: datetime = NOW + timedelta(seconds=dice.randint(1, 5 if number == 0 else 120))
    content = PostContent(
        page_id=PAGE,
        kind="post",
        texts={"fi": f"Viesti {number}", "sv": f"Inlägg {number}"},
        publish_at=at,
    )
    with bot.database.write() as session:
        post = add_post(session, content, zone=bot.settings.zone, author=WRITER, now=NOW)
        approve_post(session, post.id or 0, content_hash=content.content_hash, by=APPROVER, now=NOW)
        return post.id or 0, content.text
