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
SHORT_WORDS = 2  # so few words never turn a conversation to another language
SURE_AT = 0.80
FOREIGN_LETTERS = 12  # shorter texts are never taken for a language that we do not serve
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
    if previous in SERVED and len(words) <= SHORT_WORDS:
        return Language(code=previous, is_sure=True)
    return _latin(text[:2_000], letters=len(letters), previous=previous, models=models)


def _latin(text: str, *, letters: int, previous: str | None, models: "ModelSet") -> Language:
    (own, chance), *_ = models.classifiers["language"].ranked(models.bag(text))
    foreign = _identifier().classify(text)[0]
    if foreign not in SERVED and letters >= FOREIGN_LETTERS and chance < 0.97:
        return Language(code=foreign if foreign in GREETED else OTHER, is_sure=True)
    if foreign == own or chance >= SURE_AT:
        return Language(code=own, is_sure=True)
    if previous in SERVED:
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
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  (half a second to load)

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([code for code in _CANDIDATES if code in identifier.labels])
    return identifier
