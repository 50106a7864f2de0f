"""Finding listed words in a text, and cutting a text into sentences."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from social_bot.planning.posts import PostContent

_SENTENCE_END = re.compile(r"(?<=[.!?…])[»\")]*\s+(?=[A-ZÅÄÖ\d\"»])|\n+")
_NO_END = re.compile(
    r"(?:\b(?:esim|mm|ym|jne|klo|kl|nro|puh|tel|n|ca|bl\.a|t\.ex|e\.g|i\.e|kts|ks|os|s|St|Mr|Ms)|\d)\.$"
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_WORD = re.compile(r"[^\W\d_](?:[\w'’:-]*[^\W_])?")
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A text of the post in one language: the post's own, or a picture's alternative text (from 1)."""

    language: str
    text: str
    picture: int | None = None


def passages(content: PostContent) -> Iterator[Passage]:
    for language, text in content.texts.items():
        yield Passage(language=language, text=text)
    for number, picture in enumerate(content.pictures, start=1):
        for language, text in picture.alt.items():
            if text and not picture.is_decorative:
                yield Passage(language=language, text=text, picture=number)


@lru_cache(maxsize=128)
def any_of(words: Sequence[str]) -> re.Pattern[str]:
    """One pattern for a list; a star at a word's end stands for any ending."""
    if not words:
        return _NEVER
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(_pattern(word) for word in longest_first)})(?!\w)", re.IGNORECASE
    )


def _pattern(word: str) -> str:
    stem = re.escape(word.removesuffix("*")).replace(r"\ ", r"\s+")
    return stem + (r"[\w-]*" if word.endswith("*") else "")


@dataclass(frozen=True, kw_only=True)
class Sentence:
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def words(self) -> Sequence[str]:
        """Without addresses, which nobody reads as words."""
        return _WORD.findall(_ADDRESS.sub(" ", self.text))


def sentences(text: str) -> list[Sentence]:
    """A line ends a sentence too: lists and headings carry no full stop."""
    found: list[Sentence] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if "\n" not in match.group() and _NO_END.search(text[start : match.start()]):
            continue
        _add(found, text[start : match.start()], start)
        start = match.end()
    _add(found, text[start:], start)
    return found


def _add(found: list[Sentence], piece: str, start: int) -> None:
    stripped = piece.strip()
    if stripped:
        found.append(Sentence(text=stripped, start=start + piece.index(stripped)))
