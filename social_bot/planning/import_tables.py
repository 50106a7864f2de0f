"""A table as spreadsheets write it: its letters, its separator, and the columns that its header names."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from social_bot.errors import InvalidInput
from social_bot.organisation.languages import LANGUAGES
from social_bot.planning.post_kinds import PostKind

COLUMNS_LIMIT = 40
_SEPARATORS = ";,\t"
SHOWN = 80

_NAMES: Mapping[str, tuple[str, ...]] = {
    "time": ("time", "aika", "tid"),
    **{f"text.{language}": (f"text {language}", f"teksti {language}") for language in LANGUAGES},
    "kind": ("kind", "laji", "slag"),
    "link": ("link", "linkki", "länk"),
    "picture": ("picture", "kuva", "bild"),
    **{
        f"alt.{language}": (f"alt {language}", f"kuvan kuvaus {language}", f"bildtext {language}")
        for language in LANGUAGES
    },
    "lateness": ("lateness", "myöhässä enintään min", "försenas högst min"),
}
COLUMNS: Mapping[str, str] = {_name: column for column, names in _NAMES.items() for _name in names}
"""Column by the name that a header may give it; ``text`` alone is the organisation's first language."""

_FIRST_TEXT = ("text", "teksti")


@dataclass(frozen=True, kw_only=True)
class CellProblem:
    """``row`` counts the rows of the sheet from 1, the header's; ``column`` is the header's own name of it."""

    row: int
    column: str
    cell: str
    problem: InvalidInput


def template_of(languages: Sequence[str]) -> str:
    """A sheet to fill in, with one row as an example; semicolons, as Finnish spreadsheets expect."""
    example = {
        "fi": "Olemme auki huomenna klo 9–15.",
        "sv": "Vi har öppet i morgon kl. 9–15.",
        "en": "We are open tomorrow 9–15.",
    }
    header = ["aika", *(f"teksti {language}" for language in languages), "laji", "linkki", "kuva"]
    header += [f"alt {language}" for language in languages]
    row = ["1.12.2030 9.00", *(example[language] for language in languages), PostKind.OPEN_NOW.value]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows((header, [*row, *[""] * (len(header) - len(row))]))
    return text.getvalue()


def decode(content: bytes) -> tuple[str, str]:
    """The text and its encoding; what is no UTF-8 is taken for Windows-1252, as older spreadsheets write."""
    is_utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    names = ["utf-16"] if is_utf_16 else ["utf-8-sig", "cp1252"]
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, name.removesuffix("-sig")
    raise InvalidInput("The file is no text. Save the table as CSV and try again.")


def find_separator(text: str) -> str:
    """Of the three that spreadsheets write, the one with which most of the header is known."""

    def known(separator: str) -> int:
        line = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
        return sum(_is_known(cell) for cell in line)

    try:
        return max(_SEPARATORS, key=known)
    except csv.Error:
        return _SEPARATORS[0]


def _is_known(cell: str) -> bool:
    name = _plain(cell)
    return name in COLUMNS or name in _FIRST_TEXT


def _plain(cell: str) -> str:
    return " ".join(re.split(r"[\s_.]+", cell.strip().casefold()))


def find_columns(header: Sequence[str], languages: Sequence[str]) -> tuple[dict[str, int], list[CellProblem]]:
    """Where each column is, and what is wrong with the header."""
    columns: dict[str, int] = {}
    problems = []

    def refuse(name: str, problem: InvalidInput) -> None:
        problems.append(CellProblem(row=1, column=name[:SHOWN], cell=name[:SHOWN], problem=problem))

    for place, cell in enumerate(header[:COLUMNS_LIMIT]):
        name = _plain(cell)
        if not name:
            continue
        column = f"text.{languages[0]}" if name in _FIRST_TEXT else COLUMNS.get(name)
        if column is None:
            refuse(
                cell,
                InvalidInput(
                    "This column is not known. Known: {known}.", known=", ".join(_offered(languages))
                ),
            )
        elif column in columns:
            refuse(cell, InvalidInput("This column is here twice. Keep one."))
        else:
            columns[column] = place
    needed = {"time": "aika", **{f"text.{language}": f"teksti {language}" for language in languages}}
    for column, name in needed.items():
        if column not in columns:
            refuse(name, InvalidInput("This column is missing. Add it to the header."))
    return columns, problems


def _offered(languages: Sequence[str]) -> Iterator[str]:
    """The Finnish name of each column that this organisation may use."""
    for column, names in _NAMES.items():
        language = column.partition(".")[2]
        if not language or language in languages:
            yield names[min(1, len(names) - 1)]
