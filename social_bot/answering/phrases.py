"""Reading the phrases that recognition is trained from: content that a social worker can extend."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from social_bot.errors import InvalidInput

FOLDERS = ("topics", "lanes", "crisis")
LANGUAGES = ("fi", "sv", "en")


def fingerprint(templates: Path) -> str:
    """The same for the same files; any change of a phrase changes it."""
    digest = hashlib.sha256()
    for path in _files(templates):
        digest.update(path.relative_to(templates).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def read_phrases(templates: Path) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Every file's content by folder and name without ending. Raises ``InvalidInput`` naming the file."""
    content: dict[str, dict[str, Mapping[str, Any]]] = {folder: {} for folder in FOLDERS}
    for path in _files(templates):
        try:
            read = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        except (YAMLError, UnicodeDecodeError) as error:
            raise InvalidInput(
                "{file} cannot be read: {problem}", file=path.name, problem=str(error)
            ) from error
        if not isinstance(read, dict):
            raise InvalidInput("{file} is empty: write its keys and phrases.", file=path.name)
        content[path.parent.name][path.stem] = read
    return content


def read_topic(templates: Path, topic: str) -> Mapping[str, Any]:
    """One topic's file; the name is a topic's, never a path."""
    content: Mapping[str, Any] = YAML(typ="safe").load(
        (templates / "topics" / f"{topic}.yaml").read_text(encoding="utf-8")
    )
    return content


def examples(entry: Mapping[str, Any], name: str = "examples") -> Iterator[tuple[str, str]]:
    """(language, phrase) pairs of a topic or a lane."""
    for language, lines in entry.get(name, {}).items():
        for line in lines:
            yield language, str(line)


def lines_of_danger(
    files: Mapping[str, Mapping[str, Any]],
) -> Iterator[tuple[str, str, str | None]]:
    """(language, line, kind) of what people in danger write; the kind is None where it only sounds like it."""
    for name, file in files.items():
        if name.startswith("lines."):
            language = name.removeprefix("lines.")
            for kind, lines in file["for"].items():
                yield from ((language, str(line), kind) for line in lines)
            yield from ((language, str(line), None) for line in file["against"])


def _files(templates: Path) -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (templates / folder).glob("*.yaml"))
