"""Signs that somebody is in danger: reviewed written signs, and a trained model beside them.

Either is enough. Recall comes before precision: a sign clears nothing else, negation clears no sign, and a
false alarm costs a worker a minute. A miss is never a silence, for every general reply carries the
emergency numbers.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from social_bot.answering.signs import Signs

if TYPE_CHECKING:
    from social_bot.answering.model import ModelSet

HARMLESS = "harmless"  # the label of lines that sound like danger, or like an own case, and are neither
# The summed chance of all kinds at which there is an alarm. Chosen on tests/answering/crisis_set.tsv;
# docs/answering.md tells what it gives on lines never looked at before.
ALARM_AT = 0.32
SENTENCE_ALARM_AT = 0.85  # of a sentence alone, which shows less of what is meant
FEWEST_LETTERS = 5  # fewer tell the model nothing
PART_WORDS = 40  # a longer text is judged in stretches as well, so that one sentence is not drowned
PARTS = 24  # judged from each end of a very long text; the written signs see all of it


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


KINDS = frozenset(kind.value for kind in CrisisKind)


def find_crisis(text: str, *, signs: Signs, models: "ModelSet") -> CrisisKind | None:
    """The most urgent kind of danger that shows in the text, or None."""
    written = signs.find(text)
    for kind in CrisisKind:
        if kind in written:
            return kind
    for part, alarm_at in _parts(text):
        kind, chance = _likeliest(part, models)
        if chance >= alarm_at:
            return kind
    return None


def _likeliest(part: str, models: "ModelSet") -> tuple[CrisisKind, float]:
    """The likeliest kind of danger, and the summed chance of all kinds."""
    ranked = models.classifiers["meaning"].ranked(models.bag(part))
    kinds = [pair for pair in ranked if pair[0] in KINDS]
    return CrisisKind(kinds[0][0]), sum(chance for _, chance in kinds)


def _parts(text: str) -> list[tuple[str, float]]:
    """What the model judges, each with the chance that is an alarm: the text, its stretches, its sentences."""
    words = text.split()
    starts = range(0, len(words) - PART_WORDS // 2, PART_WORDS // 2) if len(words) > PART_WORDS else ()
    stretches = [" ".join(words[start : start + PART_WORDS]) for start in starts]
    sentences = [sentence.strip() for sentence in re.split(r"[.!?\n]+", text)]
    parts = [(text, ALARM_AT)]
    parts += [(stretch, ALARM_AT) for stretch in _nearest_ends(stretches)]
    parts += [(sentence, SENTENCE_ALARM_AT) for sentence in _nearest_ends(sentences) if sentence != text]
    return [(part, alarm_at) for part, alarm_at in parts if sum(map(str.isalpha, part)) >= FEWEST_LETTERS]


def _nearest_ends(parts: Sequence[str]) -> Sequence[str]:
    return parts if len(parts) <= 2 * PARTS else [*parts[:PARTS], *parts[-PARTS:]]
