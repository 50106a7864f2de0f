"""The ``fields`` parameter: ``id,comments.summary(true).limit(0){message,from}`` read and applied.

https://developers.facebook.com/docs/graph-api/guides/field-expansion
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from social_bot.practice.refusals import Refusal, bad_parameter

_NAME = re.compile(r"\s*(\w+)", re.ASCII)
_VALUE = re.compile(r"\s*\(([^)]*)\)")
_DOT, _COMMA = re.compile(r"\s*(\.)"), re.compile(r"\s*(,)")
_OPENING, _CLOSING = re.compile(r"\s*(\{)"), re.compile(r"\s*(\})")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One asked field, its modifiers (``limit`` -> ``"0"``) and the fields asked of what it leads to."""

    name: str
    modifiers: Mapping[str, str] = field(default_factory=dict)
    inner: Sequence["Field"] = ()


def parse_fields(text: str | None) -> tuple[Field, ...]:
    """Raises a ``Refusal`` (2500) for an expression that cannot be read, as Graph does."""
    if not text or not text.strip():
        return ()
    reader = _Reader(text)
    fields = reader.fields()
    if not reader.is_at_end():
        raise reader.refusal()
    return fields


def select(
    node_type: str,
    asked: Sequence[Field],
    readers: Mapping[str, Callable[[Field], object]],
    *,
    usual: str,
    known: frozenset[str] = frozenset(),
) -> dict[str, object]:
    """The asked fields of a node, ``usual`` ones when none were asked; ``id`` always comes.

    An empty field is left out, as Graph does. ``known`` names exist at Meta but are never filled here;
    any other name is refused.
    """
    wanted = list(asked) or [Field(name=name) for name in usual.split()]
    answer: dict[str, object] = {}
    for one in wanted:
        if one.name in readers:
            value = readers[one.name](one)
            if value is not None:
                answer[one.name] = value
        elif one.name not in known:
            raise bad_parameter(f"Tried accessing nonexisting field ({one.name}) on node type ({node_type})")
    if "id" in readers:
        answer["id"] = readers["id"](Field(name="id"))
    return answer


class _Reader:
    """Goes down through the expression, brace by brace; ``_at`` is how far it has come."""

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._at = 0

    def is_at_end(self) -> bool:
        return self._at == len(self._text)

    def refusal(self) -> Refusal:
        return Refusal(f"Syntax error at character {self._at}: {self._text[:200]}", code=2500)

    def fields(self) -> tuple[Field, ...]:
        fields = [self._field()]
        while self._take(_COMMA):
            fields.append(self._field())
        return tuple(fields)

    def _field(self) -> Field:
        name = self._need(_NAME)
        modifiers: dict[str, str] = {}
        while self._take(_DOT):
            modifier = self._need(_NAME)
            modifiers[modifier] = self._need(_VALUE)
        inner: tuple[Field, ...] = ()
        if self._take(_OPENING):
            inner = self.fields()
            self._need(_CLOSING)
        return Field(name=name, modifiers=modifiers, inner=inner)

    def _need(self, token: re.Pattern[str]) -> str:
        found = self._take(token)
        if found is None:
            raise self.refusal()
        return found[1]

    def _take(self, token: re.Pattern[str]) -> re.Match[str] | None:
        found = token.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found
