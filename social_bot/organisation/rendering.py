"""The one renderer: what a preview shows is what is sent.

A text is a small Jinja2 template over the organisation's settings and a campaign's fields. A line that
begins with ``? `` is optional: it is left out when something it names is missing or unchecked. In any
other line a missing value is an error, so that nothing half-filled ever leaves.
"""

from collections.abc import Mapping
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from social_bot.errors import InvalidInput

OPTIONAL_MARK = "? "

_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False
)
_ENVIRONMENT.globals.clear()  # texts need no range(), lipsum() or namespaces


class MissingValue(InvalidInput):
    """A text names something that has no value; ``values["problem"]`` says what."""


def render(text: str, values: Mapping[str, str | None]) -> str:
    """Fill ``text``; values that are None count as missing.

    Raises ``MissingValue`` for a value that a required line names, ``InvalidInput`` for a text that is no
    valid template or tries what the sandbox forbids.
    """
    known = {name: value for name, value in values.items() if value is not None}
    lines = []
    for line in text.strip().splitlines():
        is_optional = line.startswith(OPTIONAL_MARK)
        try:
            lines.append(_render_line(line.removeprefix(OPTIONAL_MARK) if is_optional else line, known))
        except MissingValue:
            if not is_optional:
                raise
    return _without_gaps(lines)


def placeholders(text: str) -> frozenset[str]:
    """The names that a text refers to."""
    from jinja2 import meta  # noqa: PLC0415  (only checks need it)

    try:
        return frozenset(meta.find_undeclared_variables(_ENVIRONMENT.parse(text)))
    except TemplateSyntaxError as error:
        raise InvalidInput("The text is not a valid template: {problem}", problem=error.message) from error


def _render_line(line: str, values: Mapping[str, str]) -> str:
    if "{" not in line:
        return line.rstrip()
    try:
        return _compiled(line).render(values).rstrip()
    except UndefinedError as error:
        name = (error.message or "").removesuffix(" is undefined")
        raise MissingValue("A value is missing: {problem}", problem=name) from error
    except SecurityError as error:
        raise InvalidInput(
            "The text tries something that is not allowed: {problem}", problem=str(error)
        ) from error
    except TemplateSyntaxError as error:
        raise InvalidInput("The text is not a valid template: {problem}", problem=error.message) from error


@lru_cache(maxsize=4096)
def _compiled(line: str) -> Template:
    """Texts are few and sent often; compiling a line costs twenty times what filling it does."""
    return _ENVIRONMENT.from_string(line)


def _without_gaps(lines: list[str]) -> str:
    """Lines joined, never two empty lines after each other, none at the ends."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()
