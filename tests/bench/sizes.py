"""Bytes on disk, indexes included, of an answered message, a post and a snapshot: ``make bench``.

``--quick``: fewer of each.
"""

import argparse
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import insert, text

from social_bot.answering import intake
from social_bot.bootstrap import Bot
from social_bot.tracking.store import SnapshotRow
from tests.bench.ground import PAGE, Installation, head, installation, kinds, line
from tests.bench.load import requests
from tests.bench.publishing import schedule

METRICS = ("post_views", "post_reach", "post_reactions", "post_comments", "post_shares", "post_clicks")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    share = 0.2 if parser.parse_args().quick else 1.0
    head("Bytes on disk")
    for kind in kinds():
        with installation(kind) as place:
            report(place, kind, share)


def report(place: Installation, kind: str, share: float) -> None:
    bot = place.bot
    kinds_of_row: dict[str, tuple[Callable[[int], None], int]] = {
        "a message with its answer, its delivery and its event": (lambda count: answer(bot, count), 500),
        "a scheduled post": (lambda count: schedule(place, first=1, count=count), 20_000),
        "a snapshot of one figure": (lambda count: snapshots(bot, count), 100_000),
    }
    for what, (add, full) in kinds_of_row.items():
        count, before = int(full * share), size(bot)
        add(count)
        line(f"{what}, {kind}", f"{(size(bot) - before) / count:,.0f} bytes")


def answer(bot: Bot, count: int) -> None:
    bodies = [each.split(b"\r\n\r\n", 1)[1] for each in requests(count)]
    intake.store_deliveries(bot.database, bodies, now=bot.now())
    while intake.take_in(bot.database, parse=bot.parse_delivery, now=bot.now()):
        pass
    while bot.inbox.answer_events(now=bot.now()):
        pass


def snapshots(bot: Bot, count: int) -> None:
    now = bot.now()
    rows = [
        {
            "page_id": PAGE,
            "subject": f"post:{number // 60}",
            "metric": METRICS[number % 6],
            "value": number % 900,
            "taken_at": now - timedelta(hours=number % 60 // 6),
        }
        for number in range(count)
    ]
    with bot.database.write() as session:
        session.connection().execute(insert(SnapshotRow), rows)


def size(bot: Bot) -> int:
    """Pages of the database in use: what has been erased is used again and does not count."""
    with bot.database.engine.connect() as connection:
        if bot.database.is_postgresql:
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        pages, free, each = (
            int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * each


if __name__ == "__main__":
    main()
