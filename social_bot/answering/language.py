"""Which language a message is written in, with memory of the conversation."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

    from social_bot.answering.model import ModelSet

SERVED = ("fi", "sv", "en")
GREETED = ("et", "ru", "uk", "ar", "so", "fa")  # answered by a short text of their own
OTHER = "other"
# Languages of Finland's residents that a detector may answer; the rest only take votes from these.
_CANDIDATES = (
    "fi", "sv", "en", "et", "so", "ru", "uk", "ar", "fa", "de", "fr", "es", "pl", "tr", "lv", "lt", "ro",
    "it", "vi", "ku", "sq", "hu", "pt", "nl",
)  # fmt: skip
SHORT_WORDS = 2  # so few words never turn a conversation to another language …
SHORT_LETTERS = 12  # … nor do so few letters ("det är bra")
SURE_AT = 0.8  # our own phrases speak clearly for one of the served languages
LIKELY_AT = 0.35  # … or less clearly, and the detector agrees
FEWEST_LETTERS = 3  # "ok" is no language
FOREIGN_LETTERS = 12  # shorter texts are never taken for a language that we do not serve
# How much likelier per letter (a difference of log probabilities) the detector must find a language that
# we do not serve; more where our own phrases are sure. Chosen on spoken Finnish, which it takes for Estonian.
FOREIGN_MARGIN = {"et": 0.35, "so": 0.5}
OTHER_MARGIN = 0.6
MARGIN_AGAINST_SURE = 0.9
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, kw_only=True)
class Language:
    """``is_sure`` False: answer in Finnish and Swedish, with a button to change."""

    code: str
    is_sure: bool


def detect_language(text: str, *, previous: str | None, models: "ModelSet") -> Language:
    letters = "".join(_LETTER.findall(text[:2_000]))
    if not letters:
        return Language(code=previous or "fi", is_sure=previous is not None)
    script = _script(letters)
    if script != "LATIN":
        return Language(code=_by_script(script, letters), is_sure=True)
    words = _WORD.findall(text[:2_000].casefold())
    if previous is not None and (len(words) <= SHORT_WORDS or len(letters) <= SHORT_LETTERS):
        return Language(code=previous, is_sure=True)
    return _latin(text[:2_000], letters=len(letters), previous=previous, models=models)


def _latin(text: str, *, letters: int, previous: str | None, models: "ModelSet") -> Language:
    (own, chance), *_ = models.classifiers["language"].ranked(models.bag(text))
    ranks = dict(load_detector().rank(text))
    detected = max(ranks, key=lambda code: ranks[code])
    nearest = max(SERVED, key=lambda code: ranks[code])
    margin = (ranks[detected] - ranks[nearest]) / letters
    needed = MARGIN_AGAINST_SURE if chance >= 0.95 else FOREIGN_MARGIN.get(detected, OTHER_MARGIN)
    if detected not in SERVED and letters >= FOREIGN_LETTERS and margin >= needed:
        return Language(code=detected if detected in GREETED else OTHER, is_sure=True)
    if letters >= FEWEST_LETTERS and (chance >= SURE_AT or (own == nearest and chance >= LIKELY_AT)):
        return Language(code=own, is_sure=True)
    if previous is not None:
        return Language(code=previous, is_sure=True)
    return Language(code=own, is_sure=False)


def _script(letters: str) -> str:
    """The first word of most letters' Unicode names: LATIN, CYRILLIC, ARABIC and others."""
    counted = Counter(unicodedata.name(letter, "UNKNOWN").split()[0] for letter in letters[:500])
    return counted.most_common(1)[0][0]


def _by_script(script: str, letters: str) -> str:
    if script == "CYRILLIC":
        return "uk" if any(letter in "іїєґІЇЄҐ" for letter in letters) else "ru"
    if script == "ARABIC":
        return "fa" if any(letter in "پچژگیک" for letter in letters) else "ar"
    return OTHER


@cache
def load_detector() -> "LanguageIdentifier":
    """The detector of many languages; half a second the first time."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([code for code in _CANDIDATES if code in identifier.labels])
    return identifier
