"""Answers to a form's questions, out of a YAML or JSON file and of options: ``key=text``."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from social_bot.errors import InvalidInput

if TYPE_CHECKING:
    from social_bot.tracking.forms import Question


def read_answers(
    file: Path | None, pairs: Sequence[str], questions: "Sequence[Question]"
) -> Mapping[str, str]:
    """By the questions' keys; an option wins over the file. Raises ``InvalidInput`` naming file, line and key."""
    known = [question.key for question in questions]
    answers: dict[str, str] = {}
    if file is not None:
        content = _load(file)
        for key, value in content.items():
            place = f"{file}:{content.lc.key(key)[0] + 1}"
            _require_known(str(key), known, place)
            if isinstance(value, dict | list):
                raise InvalidInput("{place}: {key}: write the answer as one text.", place=place, key=key)
            answers[str(key)] = "" if value is None else str(value)
    for pair in pairs:
        key, sign, text = pair.partition("=")
        if not sign:
            raise InvalidInput('--answer reads key=text; "{pair}" does not.', pair=pair)
        _require_known(key.strip(), known, "--answer")
        answers[key.strip()] = text
    if not answers:
        raise InvalidInput(
            "There are no answers. Give a file with --answers, or --answer key=text; the keys are {keys}.",
            keys=", ".join(known),
        )
    return answers


def empty_form(questions: "Sequence[Question]", language: str) -> Iterator[str]:
    """The lines of a YAML file to fill in: each question over its key."""
    for question in questions:
        words = " ".join(filter(None, (question.group.get(language), question.words[language])))
        yield f"# {words}{' *' if question.required else ''}"
        yield f"{question.key}: |"
        yield "  "


@contextmanager
def naming_fields() -> Iterator[None]:
    """What is wrong with a form, said with the key of each field."""
    from social_bot.tracking.outreach_input import InvalidFields

    try:
        yield
    except InvalidFields as error:
        lines = [f"{key}: {problem}" for key, problem in error.problems.items()]
        raise InvalidInput("{problems}", problems="\n".join(lines)) from error


def _load(file: Path) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.error import YAMLError

    try:
        content = YAML(typ="rt").load(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidInput('The file "{file}" is not UTF-8. Save it as UTF-8.', file=file) from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InvalidInput(
            "{place}: this is no YAML or JSON: {problem}. Mend the line.",
            place=f"{file}:{mark.line + 1}" if mark else file,
            problem=getattr(error, "problem", None) or "it cannot be read",
        ) from error
    if not isinstance(content, CommentedMap):
        raise InvalidInput(
            'The file "{file}" must hold keys with answers, for example: target_group: Nuoret', file=file
        )
    return content


def _require_known(key: str, known: Sequence[str], place: str) -> None:
    if key not in known:
        raise InvalidInput(
            "{place}: the form has no question {key}. Its keys are {keys}.",
            place=place,
            key=key,
            keys=", ".join(known),
        )
