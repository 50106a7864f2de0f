"""What it costs to understand a message and decide its answer, one core: ``make bench``.

Times are this machine's; the ratios are taken in one run and travel better.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from social_bot.answering.evaluation import read_crisis, read_topics, understand
from social_bot.answering.language import load_detector
from social_bot.answering.recognition import load_models
from social_bot.assets import folder

SETS = Path(__file__).parents[1] / "answering"
ROUNDS = 5


def spent(act: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """Seconds of this process's processor time for each text, the best of ``ROUNDS``."""
    best = [float("inf")] * len(texts)
    for _ in range(ROUNDS):
        for number, text in enumerate(texts):
            started = time.process_time()
            act(text)
            best[number] = min(best[number], time.process_time() - started)
    return best


def started_in(*command: str) -> float:
    """Seconds from start to end of a command, the best of ``ROUNDS``."""
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        found.append(time.perf_counter() - begun)
    return min(found)


def main() -> None:
    texts = [row.text for row in read_topics(SETS / "topics_set.tsv")]
    texts += [row.text for row in read_crisis(SETS / "crisis_set.tsv")]
    with tempfile.TemporaryDirectory() as cache:
        begun = time.perf_counter()
        load_models(folder("templates"), cache=Path(cache))
        training = time.perf_counter() - begun
        begun = time.perf_counter()
        models = load_models(folder("templates"), cache=Path(cache))
        loading = time.perf_counter() - begun
    detector = load_detector()

    whole = sorted(spent(lambda text: understand(text, models), texts))
    alone = statistics.median(spent(detector.rank, texts))
    median = statistics.median(whole)
    bare, help_page = started_in("-c", "pass"), started_in("-m", "social_bot", "--help")
    memory, training_memory = (
        resource.getrusage(whose).ru_maxrss / 1024
        for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )

    print(f"a decision over {len(texts)} messages: median {median * 1e3:.2f} ms", end=", ")
    print(f"99th percentile {whole[int(len(whole) * 0.99)] * 1e3:.2f} ms, longest {whole[-1] * 1e3:.1f} ms")
    print(f"  = {median / alone:.1f} times what the language detector alone takes")
    print(f"models: trained in {training:.1f} s, loaded from the cache in {loading:.2f} s")
    print(f"memory at its peak: {memory:.0f} MB, the process that trained {training_memory:.0f} MB")
    print(f"social-bot --help: {help_page:.2f} s = {help_page / bare:.0f} times an empty Python")


if __name__ == "__main__":
    main()
