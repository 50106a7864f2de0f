"""Reading a campaign file value by value: each knows its line, and what is wrong is noted, not raised.

The YAML is composed into nodes and never built into objects: every scalar stays as it was written (``9.00`` is
no number), and no tag of the file can make anything.
"""

import re
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from social_bot.errors import CampaignProblem, InvalidCampaign, InvalidInput

MOST_ALIASES = 50
MOST_DEPTH = 12

_Choice = TypeVar("_Choice", bound=StrEnum)


class Field:
    """One value with its place. A field that is missing reads as empty, for that has been noted already."""

    def __init__(self, node: Node | None, *, file: str, key: str, problems: list[CampaignProblem]) -> None:
        self._node = node
        self._file = file
        self.key = key
        self.problems = problems

    @property
    def name(self) -> str:
        return self.key.rpartition(".")[2]

    @property
    def is_plain(self) -> bool:
        return isinstance(self._node, ScalarNode)

    def refuse(self, problem: InvalidInput, *, under: str = "") -> None:
        line = self._node.start_mark.line + 1 if self._node is not None else 1
        key = ".".join(part for part in (self.key, under) if part)
        self.problems.append(CampaignProblem(file=self._file, line=line, key=key, problem=problem))

    def mapping(
        self, *, required: Collection[str] = (), optional: Collection[str] = ()
    ) -> dict[str, "Field"]:
        """The known keys; every required one is there, if need be as a missing field."""
        found = self.entries()
        known = [*required, *optional]
        for name in [name for name in found if name not in known]:
            found.pop(name).refuse(
                InvalidInput("This key is not known. Known here: {known}.", known=_listed(known))
            )
        for name in required:
            if name not in found:
                if self._node is not None:
                    self.refuse(InvalidInput("This key is missing."), under=name)
                found[name] = self._child(None, name)
        return found

    def entries(self) -> dict[str, "Field"]:
        """A mapping with keys of the author's own."""
        if self._node is None:
            return {}
        if not isinstance(self._node, MappingNode):
            self.refuse(InvalidInput("Here belongs a mapping, with lines like `name: value`."))
            return {}
        found: dict[str, Field] = {}
        for name_node, node in self._node.value:
            name = str(name_node.value)
            field = self._child(node, name)
            if name in found:
                field.refuse(InvalidInput("This key is here twice. Keep one."))
            found[name] = field
        return found

    def items(self) -> list["Field"]:
        if self._node is None:
            return []
        if not isinstance(self._node, SequenceNode):
            self.refuse(InvalidInput("Here belongs a list, with lines like `- value`."))
            return []
        return [self._child(node, str(number)) for number, node in enumerate(self._node.value, start=1)]

    def text(self) -> str:
        if self._node is None:
            return ""
        if not isinstance(self._node, ScalarNode):
            self.refuse(InvalidInput("Here belongs a text. Put quotes around one that begins with a brace."))
            return ""
        if not self._node.value.strip():
            self.refuse(InvalidInput("This text is empty."))
        return str(self._node.value).strip()

    def number(self, *, least: int, most: int) -> int:
        text = self.text()
        if re.fullmatch(r"-?\d{1,9}", text) and least <= int(text) <= most:
            return int(text)
        if text:
            self.refuse(
                InvalidInput("Here belongs a whole number from {least} to {most}.", least=least, most=most)
            )
        return least

    def is_true(self) -> bool:
        text = self.text()
        if text not in {"true", "false", ""}:
            self.refuse(InvalidInput("Here belongs true or false."))
        return text == "true"

    def choice(self, kinds: type[_Choice]) -> _Choice:
        """One of the values; a wrong one is noted and reads as the first."""
        text = self.text()
        if text and text not in set(kinds):
            self.refuse(
                InvalidInput('"{text}" is not known. Known: {known}.', text=text, known=_listed(kinds))
            )
        return next((kind for kind in kinds if kind == text), next(iter(kinds)))

    def words(self, languages: Collection[str], *, or_plain: bool = False) -> dict[str, str]:
        """A text in each language; with ``or_plain`` one text may serve them all."""
        if or_plain and self.is_plain:
            return dict.fromkeys(languages, self.text())
        return {language: field.text() for language, field in self.mapping(required=languages).items()}

    def _child(self, node: Node | None, name: str) -> "Field":
        key = f"{self.key}.{name}" if self.key else name
        return Field(node, file=self._file, key=key, problems=self.problems)


def parse(text: str, file: str) -> Field:
    """The whole file as one field. Raises ``InvalidCampaign`` where it is no YAML, or a knot of aliases."""
    try:
        _refuse_knots(text, file)
        node = YAML().compose(text)
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        line = mark.line + 1 if mark else 1
        reason = getattr(error, "problem", None) or "a character is not allowed"
        raise _refusal(file, line, InvalidInput("This is no valid YAML: {reason}.", reason=reason)) from error
    if node is None:
        raise _refusal(file, 1, InvalidInput("The file is empty."))
    return Field(node, file=file, key="", problems=[])


def _refuse_knots(text: str, file: str) -> None:
    """A small file must not unfold into a large one: few aliases, and nothing nested deeper than any key."""
    depth = aliases = 0
    for event in YAML().parse(text):
        depth += isinstance(event, CollectionStartEvent)
        depth -= isinstance(event, CollectionEndEvent)
        aliases += isinstance(event, AliasEvent)
        line = event.start_mark.line + 1
        if depth > MOST_DEPTH:
            raise _refusal(file, line, InvalidInput("This is nested too deeply for a campaign."))
        if aliases > MOST_ALIASES:
            raise _refusal(
                file, line, InvalidInput("A campaign may use at most {most} aliases (*).", most=MOST_ALIASES)
            )


def _refusal(file: str, line: int, problem: InvalidInput) -> InvalidCampaign:
    return InvalidCampaign([CampaignProblem(file=file, line=line, key="", problem=problem)])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
