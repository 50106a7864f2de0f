"""Signs that somebody is in danger: written signs first, a trained model as second opinion.

Recall comes before precision: a sign clears nothing else, negation clears no sign, and a false alarm costs
a worker a minute. A miss is never a silence, for every general reply carries the emergency numbers.
"""

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from social_bot.answering.signs import Signs

if TYPE_CHECKING:
    from social_bot.answering.model import ModelSet

NO_CRISIS = "none"
ALARM_AT = (
    0.35  # the model's summed chance of any kind: finds a third of unseen lines, alarms at 1 of 200 questions
)
PART_WORDS = 30  # a longer text is judged in parts of this many words, so that one sentence is not drowned
STEP_WORDS = 20
FEWEST_WORDS = 3  # fewer tell the model nothing
FEWEST_BESIDE_IDIOM = 6  # what is left of a sentence without its idiom is half a sentence
PARTS = 24  # judged by the model from each end of a long text; the written signs see all of it


class CrisisKind(StrEnum):
    """In the order of urgency where several are seen."""

    OVERDOSE_MEDICAL = "overdose_medical"
    VIOLENCE_NOW = "violence_now"
    SUICIDE = "suicide"
    CHILD_IN_DANGER = "child_in_danger"
    SELF_HARM = "self_harm"
    THREAT_TO_OTHERS = "threat_to_others"
    LIFE_WORRY_OTHER = "life_worry_other"
    HOMELESS_TONIGHT = "homeless_tonight"


def find_crisis(text: str, *, signs: Signs, models: "ModelSet") -> CrisisKind | None:
    """The most urgent kind of danger that shows in the text, or None."""
    written = signs.find(text)
    for kind in CrisisKind:
        if kind in written:
            return kind
    return _second_opinion(text, signs=signs, models=models)


def _second_opinion(text: str, *, signs: Signs, models: "ModelSet") -> CrisisKind | None:
    classifier = models.classifiers["crisis"]
    worst, kind = ALARM_AT, None
    for part in _parts(text):
        earnest = signs.without_idioms(part)
        if len(earnest.split()) < (FEWEST_WORDS if earnest == part else FEWEST_BESIDE_IDIOM):
            continue
        ranked = classifier.ranked(models.bag(earnest))
        danger = 1 - dict(ranked)[NO_CRISIS]
        if danger >= worst:
            worst = danger
            kind = next(CrisisKind(label) for label, _ in ranked if label != NO_CRISIS)
    return kind


def _parts(text: str) -> list[str]:
    """Sentences and, where they are long, overlapping stretches; at most ``PARTS`` from each end."""
    parts: list[str] = []
    for sentence in re.split(r"[.!?\n]+", text):
        words = sentence.split()
        parts += [
            " ".join(words[start : start + PART_WORDS])
            for start in range(0, max(1, len(words) - PART_WORDS + STEP_WORDS), STEP_WORDS)
            if words
        ]
    if len(parts) > 1 and len(text) < 400:
        parts.append(text)
    return parts if len(parts) <= 2 * PARTS else parts[:PARTS] + parts[-PARTS:]
