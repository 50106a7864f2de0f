"""How soon ``social-bot serve`` answers, what it holds in memory at rest and after many messages: ``make bench``.

100,000 messages take the best part of an hour, as each is answered; ``--quick``: 20,000; ``--messages``: so many.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.ground import (
    Installation,
    head,
    installation,
    line,
    practice_page,
    sent_messages,
    serve,
    wait_until_answered,
)
from tests.bench.load import RESIDENTS

STEPS = 5
ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--messages", type=int)
    given = parser.parse_args()
    count = given.messages or (20_000 if given.quick else 100_000)
    head("The process")
    with installation("SQLite") as place:
        assert place.bot.models  # trained, if they were not
        start(place)
        grow(place, count)


def start(place: Installation) -> None:
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        with serve(place):
            found.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    for _ in range(ROUNDS):
        subprocess.run([sys.executable, "-c", "pass"], check=True)
    empty = (time.perf_counter() - begun) / ROUNDS
    line(
        "from the start to the first answered request",
        f"{min(found):.2f} s",
        f"{min(found) / empty:.0f} times an empty Python",
    )


def grow(place: Installation, count: int) -> None:
    """Each message is taken in, decided and answered; the memory is read after each fifth of them."""
    each = count // STEPS
    with practice_page(place, str(RESIDENTS)), serve(place) as process:
        time.sleep(5)
        line("memory at rest", f"{memory(process.pid):.0f} MB")
        held = []
        begun = time.perf_counter()
        for step in range(STEPS):
            sent_messages(place, "--first", str(step * each), count=each)
            wait_until_answered(place, (step + 1) * each, patience=60 + each / 10)
            held.append(memory(process.pid))
        seconds = time.perf_counter() - begun
    told = ", ".join(f"{value:.0f}" for value in held)
    line(
        f"memory after each fifth of {each * STEPS:,} messages",
        f"{told} MB",
        f"last {held[-1] / held[1]:.2f} of the second",
        "no growth",
    )
    line(
        "all of them taken in, decided and answered, practice Page on the same cores",
        f"{each * STEPS / seconds:,.0f}/s",
    )


def memory(pid: int) -> float:
    """MB that the process holds."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (kept,) = (row.split()[1] for row in status.splitlines() if row.startswith("VmRSS"))
    return int(kept) / 1024


if __name__ == "__main__":
    main()
