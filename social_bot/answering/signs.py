"""Finding written signs in a text: words in their many forms, in any order, split or misspelt.

A sign is a line that a professional can read and change::

    "[want] [die]"        both groups in this order, at most three other words between two of them
    "[die] + [tonight]"   in any order, within eight words
    "kuol* ennen"         a plain word stands for itself, ``*`` for any ending

Everything is compared in a folded form (lower case, ``ä`` as ``a``), so a sign need not list both.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from social_bot.errors import InvalidInput

SHORTEST_MISSPELT_STEM = 8  # a stem's ending is free already
LONGEST_MISSPELT = (
    60  # a longer run of letters or digits is no word: looking for misspellings costs its square
)
GAP = 4  # a sign's next word stands at most this many words on
SPAN = 8  # words of an any-order sign stand at most this far from its rarest word
PAUSE = 3  # the end of a sentence counts as this many words
SHORTEST_MISSPELT = 5  # a shorter word with one letter more or less is another word
LONGEST_SPELLED = 30  # letters written one by one that make a word
FORGIVING_WORDS = 1_000  # of a longer text the rest is compared as it is written
ANCHORS = 200  # places tried of a word that a text repeats endlessly

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff*_'’`´]")
_ACCENT = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670]")
_TOKEN = re.compile(r"[^\W_]+|[.!?;\n]+")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_DIGITS_AS_LETTERS = str.maketrans("01345$@", "oieassa")
_LETTERS_THAT_KEEP_NO_ACCENT = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "a", "ß": "s"})


def fold(text: str) -> str:
    """Lower case without accents, invisible characters or letters repeated for force."""
    spaced = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    bare = spaced if spaced.isascii() else _ACCENT.sub("", unicodedata.normalize("NFKD", spaced))
    return _REPEATED.sub(r"\1\1", bare.translate(_LETTERS_THAT_KEEP_NO_ACCENT))


@dataclass(frozen=True)
class _Sign:
    label: str
    elements: tuple[int, ...]
    in_order: bool


class Signs:
    """Signs of several labels, ready to be looked for; ``idioms`` are taken out of a text first."""

    def __init__(
        self,
        signs: Mapping[str, Iterable[str]],
        *,
        groups: Mapping[str, Iterable[str]],
        idioms: Iterable[str] = (),
        known_words: Iterable[str] = (),
    ) -> None:
        """``known_words`` are never taken for a misspelt other word."""
        self._known = frozenset(known_words)
        self._groups = groups
        self._elements: dict[str, int] = {}
        self._exact: dict[str, set[int]] = {}
        self._stems: dict[str, set[int]] = {}
        self._idioms = _by_anchor([self._parse("", line) for line in idioms])
        self._signs = _by_anchor(
            [self._parse(label, line) for label, lines in signs.items() for line in lines]
        )
        self._stem_lengths = sorted({len(stem) for stem in self._stems}) or [0]
        self._phrases: dict[str, set[int]] = {}  # the numbers of words in phrases by their first word
        self._misspelt: dict[str, set[str]] = {}
        self._misspelt_stems: dict[str, set[int]] = {}
        for word in self._exact:
            if " " in word:
                self._phrases.setdefault(word.split()[0], set()).add(word.count(" ") + 1)
            elif len(word) >= SHORTEST_MISSPELT:
                for shorter in _with_one_letter_less(word):
                    self._misspelt.setdefault(shorter, set()).add(word)
        for stem, elements in self._stems.items():
            if len(stem) >= SHORTEST_MISSPELT_STEM:
                for cut in (stem[:-1], *_with_one_letter_less(stem)):
                    self._misspelt_stems.setdefault(cut, set()).update(elements)

    def find(self, text: str) -> frozenset[str]:
        """The labels of which a sign stands in the text."""
        places = self._places(_tokens(text))
        taken = self._taken_by_idioms(places)
        for element in places if taken else ():
            places[element] = [place for place in places[element] if place not in taken]
        found: set[str] = set()
        for sign in _possible(self._signs, places):
            if sign.label not in found and next(_matches(sign, places), None):
                found.add(sign.label)
        return frozenset(found)

    def _taken_by_idioms(self, places: Mapping[int, Sequence[float]]) -> frozenset[float]:
        possible = _possible(self._idioms, places)
        return frozenset().union(*(match for idiom in possible for match in _matches(idiom, places)))

    def _places(self, tokens: Sequence[tuple[str, float]]) -> dict[int, list[float]]:
        """For each element the places at which it stands, in order."""
        places: dict[int, list[float]] = {}
        seen: dict[str, set[int]] = {}
        for number, (token, place) in enumerate(tokens):
            if token not in seen:
                seen[token] = self._elements_of(token)
            here = set(seen[token])
            for words in self._phrases.get(token, ()):
                stretch = tokens[number : number + words]
                if len(stretch) == words and stretch[-1][1] == place + words - 1:
                    here |= self._exact.get(" ".join(word for word, _ in stretch), set())
            second: set[int] = set()
            if not here and number < FORGIVING_WORDS:
                following = tokens[number + 1][0] if number + 1 < len(tokens) else ""
                here, second = self._forgiving(token, following)
            for element in here:
                places.setdefault(element, []).append(place)
            for element in second:
                places.setdefault(element, []).append(place + 0.5)
        return places

    def _elements_of(self, word: str) -> set[int]:
        found = set(self._exact.get(word, ()))
        for length in self._stem_lengths:
            if length > len(word):
                break
            found |= self._stems.get(word[:length], set())
        return found

    def _forgiving(self, word: str, following: str) -> tuple[set[int], set[int]]:
        """A word split in two, one letter wrong, or two words written as one (the second apart)."""
        if (
            following
            and len(word) + len(following) > SHORTEST_MISSPELT
            and (whole := self._elements_of(word + following))
        ):
            return whole, set()
        if len(word) < SHORTEST_MISSPELT or word in self._known:
            return set(), set()
        if len(word) > LONGEST_MISSPELT:
            return set(), set()
        shorter = _with_one_letter_less(word)
        meant = self._misspelt.get(word, set()).union(*(self._misspelt.get(one, ()) for one in shorter))
        if len(word) > SHORTEST_MISSPELT:
            meant |= self._exact.keys() & set(shorter)
        if meant:
            return set().union(*(self._exact[other] for other in meant)), set()
        for length in range(SHORTEST_MISSPELT_STEM - 1, min(len(word), self._stem_lengths[-1]) + 1):
            if begun := self._misspelt_stems.get(word[:length]):
                return begun, set()
        for cut in range(2, len(word) - 1):
            if word[:cut] in self._exact and word[cut:] in self._exact:
                return self._exact[word[:cut]], self._exact[word[cut:]]
        return set(), set()

    def _parse(self, label: str, line: str) -> _Sign:
        in_order = "+" not in line
        elements = tuple(self._element(word, line) for word in line.split() if word != "+")
        if not elements:
            raise InvalidInput("An empty sign stands under {label}: take it out.", label=label)
        return _Sign(label=label, elements=elements, in_order=in_order)

    def _element(self, word: str, line: str) -> int:
        if word not in self._elements:
            self._elements[word] = number = len(self._elements)
            if word.startswith("["):
                if word[1:-1] not in self._groups:
                    raise InvalidInput(
                        "The sign '{line}' names the group {word}: add it.", line=line, word=word
                    )
                forms = list(self._groups[word[1:-1]])
            else:
                forms = [word]
            for form in forms:
                folded = " ".join(token for token, _ in _tokens(form.removesuffix("*")))
                (self._stems if form.endswith("*") else self._exact).setdefault(folded, set()).add(number)
        return self._elements[word]


def _by_anchor(signs: Sequence[_Sign]) -> Mapping[int, Sequence[_Sign]]:
    """Signs by the one of their elements that stands in the fewest of them, so that few need to be tried."""
    shared = Counter(element for sign in signs for element in set(sign.elements))
    found: dict[int, list[_Sign]] = {}
    for sign in signs:
        found.setdefault(min(sign.elements, key=lambda element: shared[element]), []).append(sign)
    return found


def _possible(signs: Mapping[int, Sequence[_Sign]], places: Mapping[int, object]) -> Iterator[_Sign]:
    return (sign for element in places for sign in signs.get(element, ()))


def _tokens(text: str) -> list[tuple[str, float]]:
    """Folded words with their places; letters spelled one by one are joined again."""
    tokens: list[tuple[str, float]] = []
    place = 0
    spelled = ""
    for match in _TOKEN.finditer(fold(text)):
        token = match.group()
        if not token[0].isalnum():
            place += PAUSE if len(spelled) <= 1 else 0
            continue
        if len(token) == 1 and token.isalpha():
            spelled = (spelled + token)[:LONGEST_SPELLED]
        else:
            spelled = ""
            if not token.isalpha() and not token.isdigit():
                token = token.translate(_DIGITS_AS_LETTERS)
        if tokens and tokens[-1][0] == token and len(token) > 1:
            continue  # said twice is said once
        if len(spelled) > 2:
            del tokens[-(2 if len(spelled) == 3 else 1) :]
            token = spelled
        place += 1
        tokens.append((token, place))
    return tokens


def _matches(sign: _Sign, places: Mapping[int, Sequence[float]]) -> Iterator[frozenset[float]]:
    """The places that one occurrence of the sign takes, for each of its occurrences."""
    lists = [places.get(element, ()) for element in sign.elements]
    if not all(lists):
        return
    rarest = min(range(len(lists)), key=lambda number: len(lists[number]))
    anchors = lists[rarest]
    if len(anchors) > ANCHORS:
        anchors = [*anchors[: ANCHORS // 2], *anchors[-ANCHORS // 2 :]]
    for anchor in anchors:
        match = (_in_order if sign.in_order else _near)(lists, rarest, anchor)
        if match:
            yield match


def _in_order(lists: Sequence[Sequence[float]], start: int, anchor: float) -> frozenset[float] | None:
    taken = [anchor]
    at = anchor
    for later in lists[start + 1 :]:
        index = bisect_right(later, at)
        if index == len(later) or later[index] > at + GAP:
            return None
        at = later[index]
        taken.append(at)
    at = anchor
    for earlier in reversed(lists[:start]):
        index = bisect_left(earlier, at) - 1
        if index < 0 or earlier[index] < at - GAP:
            return None
        at = earlier[index]
        taken.append(at)
    return frozenset(taken)


def _near(lists: Sequence[Sequence[float]], start: int, anchor: float) -> frozenset[float] | None:
    taken = [anchor]
    for number, others in enumerate(lists):
        if number != start:
            index = bisect_left(others, anchor - SPAN)
            near = [p for p in others[index : bisect_right(others, anchor + SPAN)] if p not in taken]
            if not near:
                return None
            taken.append(min(near, key=lambda place: abs(place - anchor)))
    return frozenset(taken)


def _with_one_letter_less(word: str) -> list[str]:
    return [word[:cut] + word[cut + 1 :] for cut in range(len(word))]
