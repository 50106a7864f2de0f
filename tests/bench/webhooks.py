"""Webhook deliveries accepted per second, each committed before it is acknowledged: ``make bench``.

Beside it a bare route that verifies the signature and stores nothing, on the same server settings and under the
same load, in turns. ``--quick``: fewer deliveries; ``--connections``: as many wait at the same time. ``--beside``: the
port of another program, which takes the same deliveries at the same path (docs/performance.md says how).
"""

import argparse
import statistics
import subprocess
import time
from contextlib import AbstractContextManager

from sqlalchemy import text

from social_bot.answering import intake
from tests.bench.ground import (
    HOST,
    PORT,
    Installation,
    head,
    installation,
    kinds,
    line,
    running,
    sent_messages,
    serve,
)

GOALS = {"SQLite": 0.4, "PostgreSQL": 0.25}
OTHER = 2952  # a second: the fastest Messenger framework that was measured beside this one; it stores nothing
WARM_UP = 1500


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--beside", type=int)
    given = parser.parse_args()
    rounds, count = (3, 6_000) if given.quick else (5, 20_000)
    head("Webhook deliveries")
    for kind in kinds():
        with installation(kind) as place:
            report(
                place, kind, rounds=rounds, count=count, connections=given.connections, beside=given.beside
            )


def report(
    place: Installation, kind: str, *, rounds: int, count: int, connections: int, beside: int | None
) -> None:
    bare, ours, theirs = [], [], []
    for number in range(rounds):
        with bare_route(place):
            bare.append(load(place, count, connections)["rate"])
        if beside is not None:
            theirs.append(load(place, count, connections, port=beside)["rate"])
        with serve(place, "--public-only", "--no-work"):
            first = 1 + number * (count + WARM_UP)
            ours.append(load(place, count, connections, first=first)["rate"])
            if number == rounds - 1:
                half = statistics.median(ours) / 2
                steady = load(place, int(half * 5), connections, first=first + count + WARM_UP, rate=half)
    expected = rounds * (count + WARM_UP) + int(half * 5) + WARM_UP
    with place.bot.database.read() as session:
        kept = session.connection().execute(text("SELECT count(*) FROM delivery")).scalar_one()
    assert kept >= expected, (kept, expected)  # all that were acknowledged; a slow one is on disk as well
    ratio = statistics.median(mine / other for mine, other in zip(ours, bare, strict=True))
    accepted, line_of_bare = statistics.median(ours), statistics.median(bare)
    line(f"a route that only verifies, {connections} connections", f"{line_of_bare:,.0f}/s", "1")
    line(
        f"accepted and committed, {kind}",
        f"{accepted:,.0f}/s",
        f"{ratio:.2f} of the bare route",
        f"{GOALS[kind]}, {OTHER:,}/s",
    )
    if theirs:
        other = statistics.median(theirs)
        line("the program beside it", f"{other:,.0f}/s", f"ours {accepted / other:.2f} times that")
    line(
        f"the same at {half:,.0f}/s, half of that: p50, p99",
        f"{steady['p50'] * 1e3:.1f} ms, {steady['p99'] * 1e3:.1f} ms",
        "",
        "p99 50 ms",
    )
    read = taken_in(place)
    whole = 1 / (1 / accepted + 1 / read)
    line(
        "read by a worker: opened, parsed, sealed, stored once",
        f"{read:,.0f}/s",
        f"{read / accepted:.2f} of accepting",
    )
    line(
        "both, one after the other on one core",
        f"{whole:,.0f}/s",
        f"{whole / line_of_bare:.2f} of the bare route",
    )


def taken_in(place: Installation) -> float:
    """Events a second of processor and disk, no more than two seconds of it."""
    bot, done, begun = place.bot, 0, time.perf_counter()
    while time.perf_counter() < begun + 2:
        new = intake.take_in(bot.database, parse=bot.parse_delivery, now=bot.now())
        if not new:
            break
        done += new
    return done / (time.perf_counter() - begun)


def bare_route(place: Installation) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return running(
        *("-m", "tests.bench.bare"), environment=place.environment, url=f"http://{HOST}:{PORT}/healthz"
    )


def load(
    place: Installation,
    count: int,
    connections: int,
    *,
    first: int = 0,
    rate: float | None = None,
    port: int = PORT,
) -> dict[str, float]:
    """After a load that warms the server up."""
    shot(place, WARM_UP, connections, first=first + count, port=port)
    return shot(place, count, connections, first=first, rate=rate, port=port)


def shot(
    place: Installation, count: int, connections: int, *, first: int, rate: float | None = None, port: int
) -> dict[str, float]:
    options = ["--first", str(first), "--port", str(port), *(["--rate", str(rate)] if rate else [])]
    return sent_messages(place, *options, count=count, connections=connections)


if __name__ == "__main__":
    main()
