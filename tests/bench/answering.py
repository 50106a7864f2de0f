"""Messages decided a second, and the time from a delivery to the answer sent: ``make bench``.

Real processes: ``social-bot serve`` and a practice Page with 0 ms delay share the cores with the loader.
``--quick``: fewer messages.
"""

import argparse
import time
from datetime import datetime

from sqlalchemy import text

from social_bot.answering import intake
from tests.bench.ground import (
    Installation,
    head,
    installation,
    kinds,
    line,
    percentile,
    practice_page,
    sent_messages,
    serve,
    wait_until_answered,
)
from tests.bench.load import RESIDENTS, requests

RATE = 50  # messages a second


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    head("Answering")
    for kind in kinds():
        with installation(kind) as place:
            decided(place, kind, count=300 if given.quick else 1500)
        with installation(kind) as place:
            end_to_end(place, kind, seconds=10 if given.quick else 30)


def decided(place: Installation, kind: str, *, count: int) -> None:
    """One thread: a message is read, understood and decided, and its answer written, in a commit of its own."""
    bot = place.bot
    bodies = [each.split(b"\r\n\r\n", 1)[1] for each in requests(count)]
    intake.store_deliveries(bot.database, bodies, now=bot.now())
    while intake.take_in(bot.database, parse=bot.parse_delivery, now=bot.now()):
        pass
    assert bot.inbox.models
    begun, spent, done = time.perf_counter(), time.process_time(), 0
    while new := bot.inbox.answer_events(now=bot.now()):
        done += new
    seconds, spent = time.perf_counter() - begun, time.process_time() - spent
    assert done == count, (done, count)
    line(
        f"messages decided and their answers written, {kind}, one thread",
        f"{done / seconds:,.0f}/s",
        f"{done / spent:,.0f} a second of a core",
    )


def end_to_end(place: Installation, kind: str, *, seconds: int) -> None:
    count = RATE * seconds
    with practice_page(place, str(RESIDENTS)), serve(place):
        sent_messages(place, "--first", str(count), count=50)  # the models are loaded, the first rounds done
        wait_until_answered(place, 50, patience=120)
        sent_messages(place, "--rate", str(RATE), count=count)
        wait_until_answered(place, count + 50, patience=120)
    with place.bot.database.read() as session:
        rows = session.connection().execute(text(_WAITS)).all()[50:]
    waits = [(_moment(sent) - _moment(written)).total_seconds() for written, sent in rows]
    line(
        f"from the delivery to the answer sent, {RATE} messages a second, {kind}",
        f"p50 {percentile(waits, 0.5) * 1e3:.0f} ms, p99 {percentile(waits, 0.99) * 1e3:.0f} ms",
        f"{len(waits)} answers to {count} messages",
    )


def _moment(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


_WAITS = (
    "SELECT asked.at, answer.at FROM message answer JOIN message asked ON asked.id = answer.answers_id"
    " WHERE answer.send_state = 'sent' AND answer.not_before IS NULL ORDER BY answer.id"
)

if __name__ == "__main__":
    main()
