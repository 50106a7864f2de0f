"""Visits out of a spreadsheet's file: every row is checked before any is kept."""

import csv
import hashlib
import io
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from social_bot.errors import InvalidInput
from social_bot.tracking.outreach import Channel, Visit
from social_bot.tracking.outreach_input import InvalidFields, Known, parse_visit

LARGEST_FILE = 256 * 1024
MOST_ROWS = 2000
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "place": {"fi": "paikka", "sv": "plats", "en": "place"},
    "channel": {"fi": "kanava", "sv": "kanal", "en": "channel"},
    "trial": {"fi": "kokeilu", "sv": "försök", "en": "trial"},
    "day": {"fi": "päivä", "sv": "dag", "en": "day"},
    "hours": {"fi": "tunnit", "sv": "timmar", "en": "hours"},
    "workers": {"fi": "työntekijät", "sv": "anställda", "en": "workers"},
    "contacts": {"fi": "kohtaamiset", "sv": "möten", "en": "contacts"},
    "declined": {"fi": "kieltäytyneet", "sv": "avböjde", "en": "declined"},
    "led_to_clienthood": {"fi": "asiakkaiksi", "sv": "blev klienter", "en": "became clients"},
    "guided_on": {"fi": "ohjattu eteenpäin", "sv": "hänvisade vidare", "en": "guided on"},
    "out_of_area": {"fi": "muualta", "sv": "från annan ort", "en": "from elsewhere"},
    "partners": {"fi": "kumppanit", "sv": "partner", "en": "partners"},
    "note": {"fi": "huomio", "sv": "anteckning", "en": "note"},
}
"""The headings that are understood, by what they hold, in each language."""

NEEDED = ("place", "day", "hours", "workers", "contacts")
_BY_HEADING = {name.casefold(): key for key, names in COLUMNS.items() for name in (key, *names.values())}
_NAMESPACE = uuid.UUID("6f0d3b0e-54f0-4c3e-9f0a-0e6f5d4f7a11")
_FIELDS_OF_COLUMN = {"belongs": "trial", "begins": "hours", "ends": "hours"}


@dataclass(frozen=True, kw_only=True)
class Names:
    """What a file may call things by, lower case: trials and partners by name, channels by their words."""

    trials: Mapping[str, int]
    partners: Mapping[str, int]
    channels: Mapping[str, Channel]


@dataclass(frozen=True, kw_only=True)
class Line:
    """``number`` is the row of the spreadsheet, the headings being 1."""

    number: int
    visit: Visit


@dataclass(frozen=True, kw_only=True)
class RowProblem:
    """``column`` is the heading as the file has it; empty for the whole row."""

    number: int
    column: str
    error: InvalidInput


@dataclass(frozen=True, kw_only=True)
class VisitFile:
    digest: str
    lines: Sequence[Line]
    problems: Sequence[RowProblem]

    @property
    def notes(self) -> Mapping[str, str]:
        """By row number, those that say anything."""
        return {str(line.number): line.visit.note for line in self.lines if line.visit.note}


def read_visits(content: bytes, *, names: Names, known: Known, today: date) -> VisitFile:
    """Every row, or everything that is wrong with the file. Raises ``InvalidInput`` for what is no such file."""
    text = decode(content)
    rows = list(csv.reader(io.StringIO(text), delimiter=_delimiter(text)))
    digest = hashlib.sha256(
        "\n".join(";".join(cell.strip() for cell in row) for row in rows).encode()
    ).hexdigest()
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise InvalidInput("The file is empty. Its first row must hold the headings.")
    headings = rows[0]
    problems = list(_wrong_headings(headings))
    if problems:
        return VisitFile(digest=digest, lines=(), problems=problems)
    filled = [
        (number, row) for number, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)
    ]
    if len(filled) > MOST_ROWS:
        raise InvalidInput("The file holds more than {most} rows. Take it in by parts.", most=MOST_ROWS)
    columns = [_BY_HEADING.get(heading.strip().casefold(), "") for heading in headings]
    lines: list[Line] = []
    for number, row in filled:
        cells = {key: cell.strip() for key, cell in zip(columns, row, strict=False) if key}
        try:
            lines.append(Line(number=number, visit=_visit(cells, names=names, known=known, today=today)))
        except InvalidFields as error:
            problems += [
                RowProblem(number=number, column=_heading(headings, columns, name), error=each)
                for name, each in error.problems.items()
            ]
    return VisitFile(digest=digest, lines=lines, problems=problems)


def key_of_line(file: VisitFile, line: Line) -> str:
    """The same for the same row of the same file."""
    return str(uuid.uuid5(_NAMESPACE, f"{file.digest}:{line.number}"))


def template(language: str) -> str:
    """The headings and an example, as a Finnish spreadsheet opens them."""
    example = ("Kirjasto", "library", "", "25.11.2026", "2", "2", "5", "3", "1", "2", "0", "", "")
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";")
    writer.writerow([names[language] for names in COLUMNS.values()])
    writer.writerow(example)
    return out.getvalue()


def _visit(cells: Mapping[str, str], *, names: Names, known: Known, today: date) -> Visit:
    problems: dict[str, InvalidInput] = {}
    trial = cells.get("trial", "").casefold()
    trial_id = names.trials.get(trial) or (int(trial) if trial.isdecimal() else None)
    if trial and trial_id not in known.trials:
        problems["trial"] = InvalidInput('There is no trial called "{name}".', name=cells["trial"])
    channel = cells.get("channel", "").casefold()
    channel = names.channels.get(channel, channel)
    partner_ids = []
    for name in filter(None, (each.strip() for each in cells.get("partners", "").split(","))):
        found = names.partners.get(name.casefold())
        if found is None:
            problems["partners"] = InvalidInput(
                'There is no partner organisation called "{name}".', name=name
            )
        else:
            partner_ids.append(str(found))
    belongs = f"trial:{trial_id}" if trial and "trial" not in problems else ""
    fields = {**cells, "channel": channel, "belongs": belongs}
    try:
        visit = parse_visit(fields, partner_ids=partner_ids, known=known, today=today)
    except InvalidFields as error:
        raise InvalidFields({**error.problems, **problems}) from error
    if problems:
        raise InvalidFields(problems)
    return visit


def _wrong_headings(headings: Sequence[str]) -> Iterator[RowProblem]:
    found: list[str] = []
    for heading in headings:
        key = _BY_HEADING.get(heading.strip().casefold())
        if key is None and heading.strip():
            yield RowProblem(
                number=1,
                column=heading.strip(),
                error=InvalidInput("This heading is not known. Take the column away."),
            )
        elif key in found:
            yield RowProblem(
                number=1, column=heading.strip(), error=InvalidInput("This heading is there twice.")
            )
        found.append(key or "")
    for key in NEEDED:
        if key not in found:
            yield RowProblem(
                number=1,
                column=" / ".join(COLUMNS[key].values()),
                error=InvalidInput("This heading is missing. Add the column."),
            )
    if not {"channel", "trial"} & set(found):
        yield RowProblem(
            number=1,
            column=" / ".join(COLUMNS["channel"].values()),
            error=InvalidInput("This heading is missing. Add the column."),
        )


def _heading(headings: Sequence[str], columns: Sequence[str], name: str) -> str:
    name = _FIELDS_OF_COLUMN.get(name, name)
    return (
        headings[columns.index(name)].strip()
        if name in columns
        else COLUMNS[name]["fi"]
        if name in COLUMNS
        else ""
    )


def decode(content: bytes) -> str:
    """Raises ``InvalidInput`` for what is too large or no text."""
    if len(content) > LARGEST_FILE:
        raise InvalidInput("The file is too large: the most is {most} kilobytes.", most=LARGEST_FILE // 1024)
    if content.startswith(b"PK") or b"\0" in content:
        raise InvalidInput("This is no CSV file. Save the spreadsheet as CSV and choose that file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what older spreadsheets write


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(";,\t", key=first.count)
