"""Whether somebody could be known from what workers write in forms and notes.

It asks to look again and promises no completeness: a writer who has looked saves the text as it is.
"""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML

from social_bot.errors import InvalidInput
from social_bot.organisation.personal_data import PersonalDataKind, find
from social_bot.translations import marked

Names = AbstractSet[str]
"""First names, lower case."""

_SENTENCE = marked(
    "Somebody may be known from this: {quotes}. Take it away, or say that you have checked it."
)
_WORD = re.compile(r"(?<![\w-])[A-ZÅÄÖÜŠŽ][a-zåäöéüšž]+(?:-[A-ZÅÄÖ][a-zåäö]+)?(?!\w)")
_PAIR = re.compile(
    r"(?<![\w-])[A-ZÅÄÖ][a-zåäöé]{2,}(?:-[A-ZÅÄÖ][a-zåäö]+)? "
    r"[A-ZÅÄÖ][a-zåäöé]*(?:nen|sen|senin|selle|sella|selta|lä|län|sson|ssonin|ström|strömin|qvist)(?!\w)"
)
_CASE_ENDING = re.compile(r"(?:n|in|a|ä|ta|tä|lle|lla|llä|lta|ltä|ssa|ssä|sta|stä|s|'s|’s|:n|:s)$")
_NAMELESS = re.compile(r"(?<=[a-zåäö,;] )[A-ZÅÄÖ][a-zåäö]{2,}")
_AGE = re.compile(
    r"(?<!\d)\d{1,3}[ -]?(?:vuotia\w*|v\.?(?!\w)|-?åri\w*|years? old|-?year-old)", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Trace:
    """``quote`` in the answer ``key`` may show who somebody is; ``kind`` None: a place, age or other name."""

    key: str
    quote: str
    kind: PersonalDataKind | None


class Recognisable(InvalidInput):
    """A text may show who somebody is: its writer looks, and says so or changes it."""

    def __init__(self, traces: Sequence[Trace]) -> None:
        super().__init__(
            _SENTENCE,
            quotes=", ".join(f'"{trace.quote}"' for trace in traces),
        )
        self.traces = traces


def refuse_traces(
    answers: Mapping[str, str],
    *,
    names: Names,
    is_checked: bool,
    anonymous: AbstractSet[str] = frozenset(),
) -> bool:
    """Raise ``Recognisable`` unless the writer has checked; whether there was anything to check."""
    traces = find_traces(answers, first_names=names, anonymous=anonymous)
    if traces and not is_checked:
        raise Recognisable(traces)
    return bool(traces)


def find_traces(
    answers: Mapping[str, str], *, first_names: Names, anonymous: AbstractSet[str] = frozenset()
) -> Sequence[Trace]:
    """In the order of the answers, each quote once; ``anonymous`` answers are read most strictly."""
    found: dict[tuple[str, str], Trace] = {}
    for key, text in answers.items():
        for kind, quote in _in_text(text, first_names):
            found.setdefault((key, quote), Trace(key=key, quote=quote, kind=kind))
        if key in anonymous:
            for pattern in (_NAMELESS, _AGE):
                for match in pattern.finditer(text):
                    if not any(match.group() in quote for each, quote in found if each == key):
                        found[key, match.group()] = Trace(key=key, quote=match.group(), kind=None)
    return tuple(found.values())


@lru_cache(maxsize=4)
def read_first_names(templates: Path) -> Names:
    """Lower case, from the list that the checks of posts use."""
    text = (templates / "checks" / "names.yaml").read_text(encoding="utf-8")
    lines = YAML(typ="safe").load(text)["first_names"]
    return frozenset(name.lower() for line in lines for name in line.split())


def _in_text(text: str, first_names: Names) -> Sequence[tuple[PersonalDataKind, str]]:
    found = [(each.kind, text[each.start : each.end]) for each in find(text)]
    pairs = [match.group() for match in _PAIR.finditer(text)]
    singles = [
        match.group()
        for match in _WORD.finditer(text)
        if _is_first_name(match.group(), first_names) and not any(match.group() in pair for pair in pairs)
    ]
    return [*found, *((PersonalDataKind.NAME, name) for name in [*pairs, *singles])]


def _is_first_name(word: str, first_names: Names) -> bool:
    lower = word.lower()
    return lower in first_names or _CASE_ENDING.sub("", lower) in first_names
