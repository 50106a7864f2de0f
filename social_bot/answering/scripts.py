"""The mystery client's scripts: what a resident writes, and what must and must not come back."""

from collections.abc import Mapping, Sequence
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from social_bot.answering.outcomes import Lane
from social_bot.answering.topics import Topic
from social_bot.errors import InvalidInput
from social_bot.organisation.alerts import AlertKind

NO_ALERT = "none"


def _listed(value: object) -> object:
    """One value may stand alone where several may stand."""
    return value if isinstance(value, list) else [value]


def _clock(value: object) -> object:
    return time.fromisoformat(value) if isinstance(value, str) else value


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expect(_Part):
    """What the answer must be like; where several values stand in a list, one of them must fit.

    ``topic``: the topic's text, or a choice that holds it. ``contains`` must all be there, of
    ``contains_not`` nothing; both without regard to capitals. ``offers_callback``: by a button or a link.
    ``waits``: a person must look at the thread.
    """

    lane: Annotated[tuple[Lane, ...], BeforeValidator(_listed)] | None = None
    topic: Annotated[tuple[Topic, ...], BeforeValidator(_listed)] | None = None
    text: Annotated[tuple[str, ...], BeforeValidator(_listed)] | None = None
    language: Annotated[tuple[str, ...], BeforeValidator(_listed)] | None = None
    contains: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    contains_not: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    alert: AlertKind | Literal["none"] | None = None
    offers_callback: bool | None = None
    waits: bool | None = None
    silence: bool = False

    @model_validator(mode="after")
    def _speaks_or_is_silent(self) -> Self:
        about_text = (self.lane, self.topic, self.text, self.language, self.offers_callback)
        if self.silence and (self.contains or any(each is not None for each in about_text)):
            raise ValueError("silence has no lane, topic, text, language, content or button")
        return self


class Sticker(_Part):
    sticker: Literal[True]


class Button(_Part):
    button: str


class Turn(_Part):
    """``resident``: words, or ``{sticker: true}``, or ``{button: PAYLOAD}``."""

    resident: str | Sticker | Button
    expect: Expect = Field(default_factory=Expect)
    line: int = 0


class Script(_Part):
    """``at`` is the time of day of a working day; ``language`` is the resident's."""

    title: str
    source: str
    language: str
    at: Annotated[time, BeforeValidator(_clock)] = time(10)
    turns: tuple[Turn, ...]
    file: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.turns:
            raise ValueError("a conversation needs at least one turn")
        return self


def read_scripts(paths: Sequence[Path]) -> Sequence[Script]:
    """Every script, or ``InvalidInput`` with all that is wrong in all of them: file, line and key."""
    scripts: list[Script] = []
    problems: list[str] = []
    for path in paths:
        try:
            scripts.append(_read(path))
        except InvalidInput as error:
            problems.append(str(error))
    if problems:
        raise InvalidInput("{problems}", problems="\n".join(problems))
    return scripts


def _read(path: Path) -> Script:
    try:
        document = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("{file}: the script cannot be read: {reason}.", file=path, reason=error) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidInput("{file}:{line}: {problem}", file=path, line=line, problem=error.problem) from error
    try:
        script = Script.model_validate(document)
    except ValidationError as error:
        lines = {_told(path, document, each["loc"], each["msg"]): None for each in error.errors()}
        raise InvalidInput("{problems}", problems="\n".join(lines)) from error
    turns = [
        turn.model_copy(update={"line": _line(document, ("turns", number))})
        for number, turn in enumerate(script.turns)
    ]
    return script.model_copy(update={"file": str(path), "turns": tuple(turns)})


def _told(path: Path, document: object, where: tuple[int | str, ...], problem: str) -> str:
    """``where`` may name the kinds that were tried besides; only what stands in the file is told."""
    known: list[int | str] = []
    node = document
    for key in where:
        if isinstance(node, Mapping) and (key in node or problem == "Field required"):
            known.append(key)
            node = node.get(key)
        elif isinstance(node, list) and isinstance(key, int) and key < len(node):
            known.append(key)
            node = node[key]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in known) or "the whole file"
    return f"{path}:{_line(document, tuple(known))}: {key}: {problem}."


def _line(document: object, where: Sequence[int | str]) -> int:
    """The line, from 1, of the last part of ``where`` that stands in the file."""
    line, node = 0, document
    for key in where:
        position = getattr(node, "lc", None)
        if isinstance(node, Mapping) and key in node and position is not None:
            line = position.key(key)[0]
        elif isinstance(node, list) and position is not None:
            line = position.item(key)[0]
        else:
            break
        node = node[key]  # type: ignore[index]
    return line + 1
