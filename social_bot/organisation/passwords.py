"""Passwords: what makes one too weak, and keeping and proving one without keeping it.

Length and a look at what is guessed first, as NIST SP 800-63B asks; no rules of composition, no expiry.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from social_bot.errors import InvalidInput

SHORTEST, LONGEST = 12, 200
_OWN_PART = 4
"""Characters that must be left when the words guessed first are taken away."""

_GUESSED_FIRST = (
    *(
        "password",
        "passwort",
        "salasana",
        "lösenord",
        "losenord",
        "qwertyuiop",
        "qwerty",
        "asdfghjkl",
        "asdf",
    ),
    *("zxcvbnm", "letmein", "welcome", "tervetuloa", "välkommen", "iloveyou", "dragon", "monkey", "football"),
    *(
        "jääkiekko",
        "jaakiekko",
        "sunshine",
        "princess",
        "superman",
        "batman",
        "pokemon",
        "minecraft",
        "secret",
    ),
    *("salainen", "hemligt", "admin", "administrator", "pääkäyttäjä", "facebook", "sosiaalityö", "sosiaali"),
    *(
        "kunta",
        "kaupunki",
        "hyvinvointialue",
        "suomi",
        "finland",
        "perkele",
        "vittu",
        "aurinko",
        "kesä",
        "kesa",
    ),
    *("talvi", "syksy", "kevät", "kevat", "sommar", "vinter", "abcdefgh", "abcd", "socialbot"),
)
_HASHER = PasswordHash((Argon2Hasher(),))


def check(password: str, *, own_words: Sequence[str]) -> None:
    """Raises ``InvalidInput`` with what is wrong. ``own_words``: names of the person and the organisation."""
    if len(password) < SHORTEST:
        raise InvalidInput(
            "The password is too short. Write at least {count} characters, for example four words.",
            count=SHORTEST,
        )
    if len(password) > LONGEST:
        raise InvalidInput("The password is too long. Write at most {count} characters.", count=LONGEST)
    if _is_guessed_first(_normal(password).casefold(), own_words):
        raise InvalidInput(
            "This password is among the first that are guessed. Leave out your own name, the"
            " organisation's name and common passwords; four words that do not belong together are good."
        )


def keep(password: str) -> str:
    """What is stored: an argon2id hash with its salt and cost."""
    return _HASHER.hash(_normal(password))


def proves(password: str, kept: str | None) -> bool:
    """Whether it is the password. Where none is kept the same work is done, and the answer is no."""
    is_right = _HASHER.verify(_normal(password)[:LONGEST], kept or _nobodys())
    return is_right and kept is not None


def _is_guessed_first(password: str, own_words: Sequence[str]) -> bool:
    own = [part for words in own_words for part in re.split(r"\W+", words.casefold()) if len(part) >= 3]
    rest = password
    for word in sorted({*_GUESSED_FIRST, *own}, key=len, reverse=True):
        rest = rest.replace(word, "")
    letters = re.sub(r"[\W\d_]", "", rest)
    return (len(letters) < _OWN_PART and rest != password) or len(set(password)) < 5 or password.isdecimal()


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _HASHER.hash("no password is this one")
