"""The ``fields`` parameter: ``id,comments.summary(true).limit(0){message,from}`` read and applied.

https://developers.facebook.com/docs/graph-api/guides/field-expansion
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from social_bot.practice.refusals import Refusal, bad_parameter

_TOKEN = re.compile(r"\s*(?:(?P<name>[A-Za-z0-9_]+)|(?P<mark>[.,{}()])|(?P<end>$))")


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
    if reader.mark() != "":
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
    """A recursive descent over the expression; ``_at`` is how far it has come."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def mark(self) -> str:
        """The next mark without taking it; empty at the end or before a name."""
        found = _TOKEN.match(self._text, self._at)
        return (found["mark"] or "") if found else "?"

    def refusal(self) -> Refusal:
        return Refusal(f"Syntax error at character {self._at}: {self._text[:200]}", code=2500)

    def fields(self) -> tuple[Field, ...]:
        fields = [self._field()]
        while self.mark() == ",":
            self._take(",")
            fields.append(self._field())
        return tuple(fields)

    def _field(self) -> Field:
        name = self._name()
        modifiers: dict[str, str] = {}
        while self.mark() == ".":
            self._take(".")
            modifier = self._name()
            self._take("(")
            end = self._text.find(")", self._at)
            if end < 0:
                raise self.refusal()
            modifiers[modifier] = self._text[self._at : end]
            self._at = end
            self._take(")")
        inner: tuple[Field, ...] = ()
        if self.mark() == "{":
            self._take("{")
            inner = self.fields()
            self._take("}")
        return Field(name=name, modifiers=modifiers, inner=inner)

    def _name(self) -> str:
        found = _TOKEN.match(self._text, self._at)
        if not found or not found["name"]:
            raise self.refusal()
        self._at = found.end()
        return found["name"]

    def _take(self, mark: str) -> None:
        if self.mark() != mark:
            raise self.refusal()
        found = _TOKEN.match(self._text, self._at)
        self._at = found.end() if found else self._at
