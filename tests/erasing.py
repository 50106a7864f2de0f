"""Erasing what is over its time, in tests: all of it, or one kind."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from social_bot.answering.sweeps import SWEEPS
from social_bot.bootstrap import Bot
from social_bot.organisation.retention import Kept
from social_bot.organisation.sweeping import erase_some
from social_bot.tracking import purging


def purge(bot: Bot, now: datetime, *, batch: int = 500) -> Mapping[Kept, int]:
    """A night's run; only what it erased."""
    done = purging.purge(
        bot.database,
        gather=bot.organisation,
        media=bot.media,
        clock=lambda: now,
        register=bot.register,
        batch=batch,
    )
    return {kept: count for kept, count in done.items() if count}


def sweep(bot: Bot, session: Session, kept: Kept, *, now: datetime) -> int:
    (chosen,) = [each for each in SWEEPS if each.kept is kept]
    return erase_some(session, chosen, bot.organisation(session), now=now)
