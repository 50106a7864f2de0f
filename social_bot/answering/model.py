"""Classifiers of short messages, trained from the phrases in seconds and kept in a cache file.

A message is a bag of hashed pieces of words and of words; a classifier is one matrix over them. It is
small enough to train wherever the program runs, so no trained file is ever shipped or trusted.
"""

import json
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

# The blocks are small: BLAS threads would only wait for each other, six times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from social_bot.answering.signs import fold

MODEL_VERSION = "4"  # part of the cache's key: a change of this file's numbers retrains
BUCKETS = 1 << 16
PIECES = (2, 3, 4)  # letters in a piece of a word, its edges marked by spaces
STEMS = (5, 6, 7)  # a word's beginning carries its meaning, Finnish endings do not
EPOCHS = 4
BATCH = 64
STEP = 0.5
DECAY = 2e-3
SELDOM = 0.05  # how much less often a seldom label is met than its share of the phrases tells
LONGEST = 1_000  # letters of a text that are looked at, half from its beginning, half from its end

WORDS_REMEMBERED = 20_000  # words whose pieces need not be cut again

_WORD = re.compile(r"[^\W\d_]+|\d+")

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Bag:
    """Buckets that a text fills, each once, and their weights (length 1)."""

    buckets: Ints
    weights: Floats


@dataclass(frozen=True, kw_only=True)
class Classifier:
    labels: tuple[str, ...]
    matrix: Floats  # BUCKETS x labels
    bias: Floats

    def probabilities(self, bag: Bag) -> Floats:
        scores = bag.weights @ self.matrix[bag.buckets] + self.bias
        raised: Floats = np.exp(scores - scores.max())
        shares: Floats = raised / raised.sum()
        return shares

    def ranked(self, bag: Bag) -> list[tuple[str, float]]:
        """Labels with their probabilities, likeliest first."""
        chances = self.probabilities(bag)
        return [(self.labels[i], float(chances[i])) for i in np.argsort(-chances, kind="stable")]

    def of(self, bag: Bag, label: str) -> float:
        return float(self.probabilities(bag)[self.labels.index(label)])


@dataclass(frozen=True, kw_only=True)
class ModelSet:
    """Classifiers that weigh buckets alike (``rarity``), by name."""

    rarity: Floats
    classifiers: Mapping[str, Classifier]

    def bag(self, text: str) -> Bag:
        return _weighed(_buckets(text), self.rarity)


def train(
    tasks: Mapping[str, Sequence[tuple[str, str]]], *, seldom: Collection[str] = frozenset()
) -> ModelSet:
    """Train one classifier a task from (text, label) pairs. The same pairs give the same numbers.

    Labels that are ``seldom`` in life, however many phrases there are, need more evidence.
    """
    texts = {text for pairs in tasks.values() for text, _ in pairs}
    buckets = {copy: _buckets(copy) for text in texts for copy in (text, misspelt(text))}
    rarity = _rarity([buckets[text] for text in texts])
    bags = {text: _weighed(found, rarity) for text, found in buckets.items()}
    return ModelSet(
        rarity=rarity,
        classifiers={name: _train_one(pairs, bags, seldom) for name, pairs in tasks.items()},
    )


def save(path: Path, models: ModelSet, content: Mapping[str, Any]) -> None:
    """Write models and their ``content`` (JSON) so that a reader sees the whole file or none."""
    arrays: dict[str, NDArray[Any]] = {"rarity": models.rarity}
    for name, classifier in models.classifiers.items():
        arrays[f"matrix.{name}"] = classifier.matrix
        arrays[f"bias.{name}"] = classifier.bias
    labels = {name: classifier.labels for name, classifier in models.classifiers.items()}
    arrays["text"] = np.frombuffer(json.dumps({"labels": labels, "content": content}).encode(), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy types a flag beside the arrays
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def load(path: Path) -> tuple[ModelSet, dict[str, Any]] | None:
    """Models and content as saved, or None where there is no whole file."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            text = json.loads(arrays["text"].tobytes())
            classifiers = {
                name: Classifier(
                    labels=tuple(labels), matrix=arrays[f"matrix.{name}"], bias=arrays[f"bias.{name}"]
                )
                for name, labels in text["labels"].items()
            }
            return ModelSet(rarity=arrays["rarity"], classifiers=classifiers), text["content"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def misspelt(text: str) -> str:
    """The text with one letter of a longer word dropped, doubled or swapped: the same one each time."""
    words = list(re.finditer(r"[^\W\d_]{5,}", text))
    if not words:
        return text
    number = zlib.crc32(text.encode())
    word = words[number % len(words)]
    at = word.start() + 1 + (number >> 8) % (len(word.group()) - 2)
    match number % 3:
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at] + text[at:]
        case _:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _buckets(text: str) -> Ints:
    half = LONGEST // 2
    short = text if len(text) <= LONGEST else f"{text[:half]} {text[-half:]}"
    words = ["0" if word.isdigit() else word for word in _WORD.findall(fold(short))]
    pairs = {_bucket(f"{first} {second}") for first, second in pairwise(words)}
    return np.array(sorted(pairs.union(*map(_buckets_of_word, words))), dtype=np.int64)


@lru_cache(maxsize=WORDS_REMEMBERED)
def _buckets_of_word(word: str) -> frozenset[int]:
    edged = f" {word} "
    pieces = [f"w{word}", *(f"s{word[:length]}" for length in STEMS if len(word) >= length)]
    pieces += [edged[at : at + size] for size in PIECES for at in range(len(edged) - size + 1)]
    return frozenset(map(_bucket, pieces))


def _bucket(piece: str) -> int:
    return zlib.crc32(piece.encode()) % BUCKETS


def _weighed(buckets: Ints, rarity: Floats) -> Bag:
    weights = rarity[buckets]
    length = float(np.sqrt(weights @ weights)) or 1.0
    return Bag(buckets=buckets, weights=weights / np.float32(length))


def _rarity(texts: Sequence[Ints]) -> Floats:
    """How telling a bucket is: the rarer, the more (inverse document frequency)."""
    counts = np.bincount(np.concatenate(texts), minlength=BUCKETS)
    rarity: Floats = np.log((1 + len(texts)) / (1 + counts)).astype(np.float32) + 1
    return rarity


@dataclass(frozen=True, kw_only=True)
class _Batch:
    """Texts whose buckets are renumbered among those that the batch uses."""

    used: Ints
    rows: Ints
    columns: Ints
    weights: Floats
    truth: Floats

    def block(self) -> Floats:
        block = np.zeros((len(self.truth), len(self.used)), dtype=np.float32)
        block[self.rows, self.columns] = self.weights
        return block


def _batches(
    pairs: Sequence[tuple[str, str]], labels: Sequence[str], bags: Mapping[str, Bag]
) -> list[_Batch]:
    """The pairs in a fixed random order, every other time around misspelt."""
    number_of = {label: number for number, label in enumerate(labels)}
    order = np.random.default_rng(1).permutation(len(pairs))
    batches = []
    for start in range(0, len(pairs), BATCH):
        chosen = [pairs[i] for i in order[start : start + BATCH]]
        own = [bags[text] for text, _ in chosen]
        used, columns = np.unique(np.concatenate([bag.buckets for bag in own]), return_inverse=True)
        truth = np.zeros((len(chosen), len(labels)), dtype=np.float32)
        truth[np.arange(len(chosen)), [number_of[label] for _, label in chosen]] = 1
        batches.append(
            _Batch(
                used=used,
                rows=np.repeat(np.arange(len(own)), [len(bag.buckets) for bag in own]),
                columns=columns,
                weights=np.concatenate([bag.weights for bag in own]),
                truth=truth,
            )
        )
    return batches


def _train_one(
    pairs: Sequence[tuple[str, str]], bags: Mapping[str, Bag], seldom: Collection[str]
) -> Classifier:
    """Softmax regression, AdaGrad over fixed batches, each batch as a small dense block."""
    labels = tuple(sorted({label for _, label in pairs}))
    written = _batches(pairs, labels, bags)
    mistyped = _batches([(misspelt(text), label) for text, label in pairs], labels, bags)
    matrix = np.zeros((BUCKETS, len(labels)), dtype=np.float32)
    seen = np.full(matrix.shape, 1e-6, dtype=np.float32)
    share = sum(batch.truth.sum(axis=0) for batch in written) / len(pairs)
    share[[label in seldom for label in labels]] *= SELDOM
    bias: Floats = np.log(share)  # an unknown word says nothing, so what is usual holds
    for epoch in range(EPOCHS):
        for batch in (written, mistyped)[epoch % 2]:
            block, weights = batch.block(), matrix[batch.used]
            scores = block @ weights + bias
            raised = np.exp(scores - scores.max(axis=1, keepdims=True))
            error = (raised / raised.sum(axis=1, keepdims=True) - batch.truth) / len(block)
            gradient = block.T @ error + DECAY / len(written) * weights
            history = seen[batch.used] + gradient**2
            seen[batch.used] = history
            matrix[batch.used] = weights - STEP * gradient / np.sqrt(history)
    return Classifier(labels=labels, matrix=matrix, bias=bias)
