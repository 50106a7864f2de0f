"""Imported once, by the process from which others are forked: they begin with all that it has read and compiled."""

import gc
import json
import logging
import os
from datetime import datetime
from pathlib import Path
from random import Random
from types import SimpleNamespace

from social_bot.answering.intake import store_deliveries
from tests.conftest import NOW, PAGE
from tests.faults.ours import Home, Work
from tests.faults.town import furnish, schedule_posts

_SAID = {
    "sender": {"id": "7000000009"},
    "recipient": {"id": PAGE},
    "timestamp": int(NOW.timestamp() * 1000),
    "message": {"mid": "m_nursery", "text": "Mistä saan velkaneuvontaa?"},
}


def _go_through() -> None:
    """The program once from end to end; the page does not answer, which it takes."""
    logging.getLogger("social_bot").setLevel(logging.CRITICAL)
    home = Home(
        folder=Path(os.environ["FAULTS_NURSERY"]),
        cache=Path(os.environ["SOCIAL_BOT_CACHE_DIR"]),
        database_url=os.environ["FAULTS_NURSERY_DATABASE"],
        graph_url=os.environ["FAULTS_NURSERY_GRAPH"],
        stopped=SimpleNamespace(value=0),
    )
    bot = home.bot(_at_nine)
    furnish(bot)
    schedule_posts(bot, Random(0))
    store_deliveries(
        bot.database,
        [json.dumps({"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": [_SAID]}]}).encode()],
        now=NOW,
    )
    work = Work(bot, Random(0))
    work.round()
    work.close()
    gc.collect()
    gc.freeze()  # what is shared with the children stays where it is


def _at_nine() -> datetime:
    return NOW


_go_through()
