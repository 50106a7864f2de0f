"""``python -m social_bot`` is the command ``social-bot``."""

from social_bot.cli import main

if __name__ == "__main__":
    main()
