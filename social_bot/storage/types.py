"""Column types: words of a closed list, and sealed (encrypted) bytes."""

from enum import StrEnum
from typing import Any, NewType

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator

Sealed = NewType("Sealed", bytes)
"""Encrypted bytes; only a ``Cipher`` makes or opens them."""


class Word(TypeDecorator[StrEnum]):
    """A member of a ``StrEnum``, stored as its value, so that a row reads well in any tool."""

    impl = String(40)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        del dialect
        return None if value is None else self.words(value)


def no_items() -> list[Any]:
    """The default of a list column. Not ``list`` itself, whose signature pydantic parses anew for each row (0.2 ms)."""
    return []
