"""A table of posts, read and checked cell by cell: everything that is wrong is told at once, with row and column."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from social_bot.errors import InvalidInput
from social_bot.planning.calendar import parse_local, to_utc
from social_bot.planning.import_tables import SHOWN, CellProblem, decode, find_columns, find_separator
from social_bot.planning.post_kinds import PostKind
from social_bot.planning.posts import LATENESS, PostContent, PostPicture

ROWS_LIMIT = 500
SIZE_LIMIT = 2 * 1024 * 1024
MOST_PROBLEMS = 200
"""A file that is wrong all over is told so by this many cells."""

OWN_KIND = "post"
DECORATIVE = frozenset({"-", "–"})
MOST_LATENESS = 7 * 24 * 60


@dataclass(frozen=True, kw_only=True)
class KnownPicture:
    """A picture of the library; ``alt`` is its last alternative text."""

    file: str
    media_type: str
    alt: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    row: int
    content: PostContent
    lateness: timedelta


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """``encoding`` and ``separator`` as they were found. Nothing may be saved while there are ``problems``."""

    rows: Sequence[SheetRow]
    problems: Sequence[CellProblem]
    encoding: str
    separator: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a sheet is checked against; ``kinds`` by any name in small letters, ``pictures`` by name and file."""

    page_id: str
    languages: Sequence[str]
    zone: ZoneInfo
    kinds: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, KnownPicture] = field(default_factory=dict)


def read_sheet(content: bytes, known: Known, *, now: datetime) -> Sheet:
    """Read and check a whole sheet. Raises ``InvalidInput`` for a file that is no table of posts at all."""
    if len(content) > SIZE_LIMIT:
        raise InvalidInput(
            "The file is larger than {most} MB. Split it into several.", most=SIZE_LIMIT // 1024**2
        )
    text, encoding = decode(content)
    separator = find_separator(text)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise InvalidInput(
            "The file is no table that can be read: a quotation mark may be missing. Save it as CSV once more."
        ) from error
    if not any(any(cell.strip() for cell in line) for line in lines):
        raise InvalidInput("The file is empty.")
    columns, problems = find_columns(lines[0], known.languages)
    filled = [
        (number, line) for number, line in enumerate(lines[1:], start=2) if any(cell.strip() for cell in line)
    ]
    if len(filled) > ROWS_LIMIT:
        raise InvalidInput(
            "The table has {count} rows, at most {most} may be brought at once.",
            count=len(filled),
            most=ROWS_LIMIT,
        )
    if not filled and not problems:
        raise InvalidInput("The table has a header and no rows. Write a post on each row.")
    rows: list[SheetRow] = []
    if not problems:
        for number, line in filled:
            reader = _Row(number, line, columns=columns, header=lines[0], known=known, now=now)
            row = reader.read()
            problems += reader.problems
            if row is not None:
                rows.append(row)
        problems += _doubles(rows, lines[0], columns)
    return Sheet(
        rows=rows,
        problems=sorted(problems, key=lambda problem: problem.row)[:MOST_PROBLEMS],
        encoding=encoding,
        separator=separator,
    )


class _Row:
    """One row of the sheet; what is wrong in it is noted, not raised."""

    def __init__(
        self,
        number: int,
        line: Sequence[str],
        *,
        columns: Mapping[str, int],
        header: Sequence[str],
        known: Known,
        now: datetime,
    ) -> None:
        self._number, self._line, self._columns, self._header = number, line, columns, header
        self._known, self._now = known, now
        self.problems: list[CellProblem] = []

    def read(self) -> SheetRow | None:
        if len(self._line) > len(self._header):
            self._refuse(
                "",
                InvalidInput(
                    "The row has more cells than the header. Put quotation marks around a text that holds the separator."
                ),
            )
            return None
        lateness = self._lateness()
        publish_at = self._time(lateness)
        texts = {language: self._text(language) for language in self._known.languages}
        kind, link, picture = self._kind(), self._link(), self._picture()
        if self.problems or publish_at is None:
            return None
        try:
            content = PostContent(
                page_id=self._known.page_id,
                kind=kind,
                texts=texts,
                publish_at=publish_at,
                link=link,
                pictures=[picture] if picture else [],
            )
        except InvalidInput as problem:
            self._refuse(f"text.{self._known.languages[0]}", problem)
            return None
        return SheetRow(row=self._number, content=content, lateness=lateness)

    def _cell(self, column: str) -> str:
        place = self._columns.get(column)
        return self._line[place].strip() if place is not None and place < len(self._line) else ""

    def _refuse(self, column: str, problem: InvalidInput) -> None:
        place = self._columns.get(column)
        name = self._header[place].strip() if place is not None else ""
        self.problems.append(
            CellProblem(row=self._number, column=name, cell=self._cell(column)[:SHOWN], problem=problem)
        )

    def _time(self, lateness: timedelta) -> datetime | None:
        text = self._cell("time")
        if not text:
            self._refuse("time", InvalidInput("The time is missing. Write for example 1.12.2026 9.00."))
            return None
        try:
            publish_at = to_utc(parse_local(text), self._known.zone)
        except InvalidInput as problem:
            self._refuse("time", problem)
            return None
        if self._now > publish_at + lateness:
            self._refuse("time", InvalidInput("This time has passed. Choose a time to come."))
        return publish_at

    def _text(self, language: str) -> str:
        text = self._cell(f"text.{language}").replace("\r\n", "\n")
        if not text:
            self._refuse(
                f"text.{language}",
                InvalidInput(
                    "The text is missing in a language of the organisation: {language}.", language=language
                ),
            )
        return text

    def _kind(self) -> str:
        text = self._cell("kind")
        kinds = {**{kind.value: kind.value for kind in PostKind}, OWN_KIND: OWN_KIND, **self._known.kinds}
        if text and text.casefold() not in kinds:
            self._refuse(
                "kind",
                InvalidInput(
                    '"{text}" is not known. Known: {known}.',
                    text=text[:SHOWN],
                    known=", ".join([*PostKind, OWN_KIND]),
                ),
            )
        return kinds.get(text.casefold(), OWN_KIND)

    def _link(self) -> str | None:
        text = self._cell("link")
        if not text:
            return None
        try:
            parts = urlsplit(text)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("https", "http") or not parts.hostname or re.search(r"\s", text):
            self._refuse(
                "link", InvalidInput("Write the whole address of the link, beginning with https://.")
            )
        return text

    def _picture(self) -> PostPicture | None:
        name = self._cell("picture")
        if not name:
            return None
        found = self._known.pictures.get(name.casefold())
        if found is None:
            self._refuse(
                "picture",
                InvalidInput(
                    'There is no picture "{name}" in the media library. Add it there first, then write its name here.',
                    name=name[:SHOWN],
                ),
            )
            return None
        given = {language: self._cell(f"alt.{language}") for language in self._known.languages}
        if any(text in DECORATIVE for text in given.values()):
            return PostPicture(file=found.file, media_type=found.media_type, alt={}, is_decorative=True)
        alt = {language: text or found.alt.get(language, "") for language, text in given.items()}
        for language, text in alt.items():
            if not text:
                column = f"alt.{language}" if f"alt.{language}" in self._columns else "picture"
                self._refuse(
                    column,
                    InvalidInput(
                        "The picture needs an alternative text in this language: {language}. Write - if it is decorative.",
                        language=language,
                    ),
                )
        return PostPicture(file=found.file, media_type=found.media_type, alt=alt)

    def _lateness(self) -> timedelta:
        text = self._cell("lateness")
        if not text:
            return LATENESS
        if not re.fullmatch(r"\d{1,5}", text) or not 1 <= int(text) <= MOST_LATENESS:
            self._refuse(
                "lateness",
                InvalidInput(
                    "Here belongs a whole number from {least} to {most}.", least=1, most=MOST_LATENESS
                ),
            )
            return LATENESS
        return timedelta(minutes=int(text))


def _doubles(
    rows: Sequence[SheetRow], header: Sequence[str], columns: Mapping[str, int]
) -> list[CellProblem]:
    """The same text at the same time twice in one sheet."""
    seen: dict[tuple[datetime, str], int] = {}
    problems = []
    for row in rows:
        key = (row.content.publish_at, row.content.text)
        if key in seen:
            problems.append(
                CellProblem(
                    row=row.row,
                    column=header[columns["time"]].strip(),
                    cell=row.content.text[:SHOWN],
                    problem=InvalidInput("Row {first} has the same text at the same time.", first=seen[key]),
                )
            )
        seen.setdefault(key, row.row)
    return problems
