"""page profile: what a person sees in Messenger before the first word."""

from typing import TYPE_CHECKING

import typer

from social_bot.cli.output import opened
from social_bot.cli.pages import page

if TYPE_CHECKING:
    from social_bot.bootstrap import Bot
    from social_bot.channels.ports import PageAccess


def add_to(app: typer.Typer) -> None:
    del app  # the group ``page`` is in it already
    page.command("profile", epilog="Example: social-bot page profile 100200300")(page_profile)


def page_profile(page_id: str) -> None:
    """Show the approved greeting, menu and first questions in the page's Messenger window."""
    from social_bot.organisation import pages

    with opened() as bot:
        with bot.database.read() as session:
            access = pages.access(pages.get(session, page_id), bot.database.cipher)
        set_profile(bot, access)
    print("Messenger shows the page's greeting, menu and first questions from now on.")


def set_profile(bot: "Bot", access: "PageAccess") -> None:
    """Raises ``NotReady`` where the texts may not be shown."""
    from social_bot.answering.outcomes import GET_STARTED_PAYLOAD
    from social_bot.answering.profile import make_profile
    from social_bot.answering.replies import load_library
    from social_bot.organisation import pages

    with bot.database.read() as session:
        approved_only = pages.get(session, access.page_id).is_live
        library = load_library(session, bot.models.topics, approved_only=approved_only)
        words = make_profile(library, bot.organisation(session), now=bot.now())
    bot.channel.set_profile(access, GET_STARTED_PAYLOAD, words)
