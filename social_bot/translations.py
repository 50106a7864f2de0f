"""What people read, in their language: English sentences in the code, catalogues in ``locale/``.

The catalogues are read as they are written (``.po``); nothing has to be compiled.
"""

import io
from collections.abc import Callable
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_LOCALE = Path(__file__).parent / "locale"


def translate(language: str) -> Callable[[str], str]:
    """What turns an English sentence into ``language``; a sentence without a translation stays as it is."""
    return catalogue(language).gettext


@lru_cache(maxsize=8)
def catalogue(language: str) -> NullTranslations:
    """The catalogue of a language; English, and a language without one, needs none."""
    path = _LOCALE / language / "LC_MESSAGES" / "social_bot.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        messages = read_po(file, locale=language, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


def marked(sentence: str) -> str:
    """The sentence itself: the mark by which the catalogues find what is translated later."""
    return sentence
