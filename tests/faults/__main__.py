# ruff: noqa: T201  (a command prints)
"""``python -m tests.faults``: play the campaign, or one world again. See docs/faults.md."""

import argparse
import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from social_bot import __version__
from tests.faults.campaign import NAMES, ROOT, Tally, play_all, play_part, run
from tests.faults.ground import grounded
from tests.faults.plans import Kind, plan_of

_MARK = "## The last record"


def main() -> int:
    arguments = _arguments()
    cache = Path(os.environ.get("SOCIAL_BOT_CACHE_DIR") or ROOT / ".demo" / "cache").resolve()
    if arguments.part:
        play_part(cache)
        return 0
    if arguments.seed is not None:
        return _play_again(arguments.seed, arguments.database, cache)
    seeds = range(arguments.first, arguments.first + arguments.count)
    tally = run(seeds, cache, processes=arguments.processes, tell=lambda done, _: _tell(done, len(seeds)))
    print()
    report = _report(tally, seeds)
    print(report)
    for failure in tally.failures:
        print(failure)
    if arguments.record:
        _write(arguments.record, report)
    return 1 if tally.failures else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="The fault campaign.")
    parser.add_argument("--count", type=int, default=150, help="how many worlds")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="play this one again")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="with --seed: on this database")
    parser.add_argument("--processes", type=int, default=(os.cpu_count() or 1) + 1, help="worlds at once")
    parser.add_argument("--record", type=Path, help="keep the figures in this document")
    parser.add_argument("--part", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _play_again(seed: int, database: str | None, cache: Path) -> int:
    has_postgresql = bool(os.environ.get("TEST_POSTGRES_URL")) and database != "sqlite"
    plan = plan_of(seed, has_postgresql=has_postgresql)
    if database and plan.database != database:
        print(f"This seed was on {database}: set TEST_POSTGRES_URL.", file=sys.stderr)
        return 2
    with grounded(cache) as ground:
        (line,) = play_all([plan], ground)
    points = f" at {', '.join(plan.points)}" if plan.points else ""
    print(f"Seed {seed}: {plan.kind.value}{points} on {plan.database}, came {line.met} times.")
    for why in line.why or ["Every promise held."]:
        print(f"    {why}")
    return 1 if line.why else 0


def _tell(done: int, of: int) -> None:
    if sys.stdout.isatty():
        full = 40 * done // of
        print(f"\r[{'#' * full}{'.' * (40 - full)}] {done} of {of}", end="", flush=True)
    elif done % 100 == 0 or done == of:
        print(f"{done} of {of}", flush=True)


def _report(tally: Tally, seeds: Sequence[int]) -> str:
    databases = ", ".join(f"{count} on {name}" for name, count in sorted(tally.databases.items()))
    begun = (
        f"{datetime.now(UTC):%Y-%m-%d}, version {__version__} ({_commit()}), Python {platform.python_version()}, "
        f"{os.cpu_count()} cores: seeds {seeds[0]} to {seeds[-1]}, {databases}, "
        f"in {tally.seconds / 60:.1f} minutes."
    )
    lines = [
        begun,
        "",
        "| fault | worlds | times that it came |",
        "|---|---:|---:|",
        *(f"| {kind.value} | {tally.worlds[kind.value]} | {tally.met[kind.value]} |" for kind in Kind),
        "",
        "| promise broken | times |",
        "|---|---:|",
        *(f"| {name.replace('_', ' ')} | {tally.broken[name]} |" for name in NAMES),
        "",
        f"{len(tally.reached)} fault points were passed {sum(tally.reached.values())} times in the worlds' own process.",
    ]
    return "\n".join(lines)


def _commit() -> str:
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "no commit"


def _write(path: Path, report: str) -> None:
    """In place of the record before it."""
    text = path.read_text(encoding="utf-8")
    kept = re.split(rf"^{_MARK}$", text, maxsplit=1, flags=re.MULTILINE)[0]
    path.write_text(f"{kept.rstrip()}\n\n{_MARK}\n\n{report}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
