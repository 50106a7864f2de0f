"""Commands: read arguments, call one function, print."""

import sys

from social_bot.cli.app import app
from social_bot.errors import SocialBotError


def main() -> None:
    """Run a command; an error of ours is one sentence on stderr and exit code 1."""
    try:
        app()
    except SocialBotError as error:
        print(f"social-bot: {error}", file=sys.stderr)
        sys.exit(1)
