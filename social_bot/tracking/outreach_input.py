"""Reading a visit as people write it: in a form, in a file, on the command line. All that is wrong at once."""

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, time
from typing import TypeVar

from social_bot.errors import InvalidInput
from social_bot.tracking.outreach import (
    LONGEST_MINUTES,
    LONGEST_NOTE,
    LONGEST_PLACE,
    MOST_PEOPLE,
    MOST_WORKERS,
    Channel,
    Visit,
)

Problems = Mapping[str, InvalidInput]
COUNTS = ("contacts", "declined", "led_to_clienthood", "guided_on", "out_of_area")
_CLOCK = re.compile(r"([01]?\d|2[0-3])(?:[.:]([0-5]\d))?")
_LENGTH = re.compile(r"(\d{1,3})(?:[.,](\d{1,2})|:([0-5]\d))?")
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_FIRST_DAY = date(2000, 1, 1)

T = TypeVar("T")


class InvalidFields(InvalidInput):
    """Fields of a form that cannot be used; ``problems`` names each field with its sentence."""

    def __init__(self, problems: Problems) -> None:
        super().__init__("{problems}", problems="\n".join(str(problem) for problem in problems.values()))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a visit may refer to: trials with their channels, campaigns, partner organisations, by their ids."""

    trials: Mapping[int, Channel] = field(default_factory=dict)
    campaigns: AbstractSet[int] = frozenset()
    partners: AbstractSet[int] = frozenset()


def parse_visit(
    fields: Mapping[str, str], *, partner_ids: Sequence[str] = (), known: Known, today: date
) -> Visit:
    """A visit out of texts. Raises ``InvalidFields`` with everything that is wrong.

    ``belongs`` is ``trial:3``, ``campaign:2`` or empty; without a ``channel`` it is the trial's. The length is
    ``hours``, or from ``begins`` to ``ends``, which win where they are given.
    """
    problems: dict[str, InvalidInput] = {}

    def read(name: str, parse: Callable[[], T]) -> T | None:
        try:
            return parse()
        except InvalidInput as error:
            problems[name] = error
            return None

    kind, number = read("belongs", lambda: _belongs(fields.get("belongs", ""), known)) or ("", None)
    trial_id = number if kind == "trial" else None
    channel = read("channel", lambda: _channel(fields.get("channel", ""), known.trials.get(trial_id or 0)))
    place = read("place", lambda: parse_text(fields.get("place", ""), most=LONGEST_PLACE))
    held_on = read("day", lambda: parse_past_day(fields.get("day", ""), today=today))
    starts_at = read("begins", lambda: _clock(fields["begins"])) if fields.get("begins") else None
    ends_at = read("ends", lambda: _clock(fields["ends"])) if fields.get("ends") else None
    minutes = None
    if not problems.keys() & {"begins", "ends"}:
        has_end = ends_at is not None
        minutes = read(
            "ends" if has_end else "hours", lambda: _minutes(fields.get("hours", ""), starts_at, ends_at)
        )
    workers = read("workers", lambda: _count(fields.get("workers", ""), least=1, most=MOST_WORKERS))
    counts = {name: read(name, lambda name=name: _people(name, fields.get(name, ""))) for name in COUNTS}  # type: ignore[misc]
    partners = read("partners", lambda: _partners(partner_ids, known))
    note = read("note", lambda: parse_text(fields.get("note", ""), most=LONGEST_NOTE, may_be_empty=True))
    if channel is not Channel.PAGE:  # the program counts the people of the page itself
        problems.update(_contradictions(counts, problems))
    if problems:
        raise InvalidFields(problems)
    return Visit(
        place=place or "",
        channel=channel or Channel.OTHER,
        held_on=held_on or today,
        minutes=minutes or 0,
        workers=workers or 0,
        contacts=counts["contacts"] or 0,
        declined=counts["declined"],
        led_to_clienthood=counts["led_to_clienthood"],
        guided_on=counts["guided_on"],
        out_of_area=counts["out_of_area"],
        starts_at=starts_at,
        trial_id=trial_id,
        campaign_id=number if kind == "campaign" else None,
        partner_ids=partners or (),
        note=note or "",
    )


def parse_day(text: str) -> date:
    """``2026-11-25`` or ``25.11.2026``. Raises ``InvalidInput``."""
    finnish = _DAY.fullmatch(text.strip())
    try:
        if finnish:
            return date(int(finnish[3]), int(finnish[2]), int(finnish[1]))
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidInput("Write the day, for example 25.11.2026.") from error


def parse_past_day(text: str, *, today: date) -> date:
    day = parse_day(text)
    if day > today:
        raise InvalidInput("This day has not come yet. Write a day that has been.")
    if day < _FIRST_DAY:
        raise InvalidInput("Write the day, for example 25.11.2026.")
    return day


def parse_text(text: str, *, most: int, may_be_empty: bool = False) -> str:
    text = text.strip()
    if not text and not may_be_empty:
        raise InvalidInput("Fill this in.")
    if len(text) > most:
        raise InvalidInput(
            "This is too long: {length} characters of {most}. Shorten it.", length=len(text), most=most
        )
    return text


def parse_channel(text: str) -> Channel:
    try:
        return Channel(text)
    except ValueError as error:
        raise InvalidInput("Choose where people were met.") from error


def _channel(text: str, of_trial: Channel | None) -> Channel:
    return of_trial if not text and of_trial is not None else parse_channel(text)


def _belongs(text: str, known: Known) -> tuple[str, int | None]:
    if not text:
        return "", None
    kind, _, number = text.partition(":")
    ids = {"trial": known.trials.keys(), "campaign": known.campaigns}.get(kind, frozenset())
    if not number.isdecimal() or int(number) not in ids:
        raise InvalidInput("This trial or campaign is not here any more. Choose another one.")
    return kind, int(number)


def _partners(texts: Sequence[str], known: Known) -> Sequence[int]:
    if not all(text.isdecimal() and int(text) in known.partners for text in texts):
        raise InvalidInput("This partner organisation is not here any more. Choose among the others.")
    return tuple(int(text) for text in texts)


def _clock(text: str) -> time:
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise InvalidInput("Write the time, for example 9.00.")
    return time(int(match[1]), int(match[2] or 0))


def _minutes(hours: str, starts_at: time | None, ends_at: time | None) -> int:
    """Between the times where both are known, else the hours as they were written."""
    if ends_at is not None and starts_at is None:
        raise InvalidInput("Write the time when it began as well.")
    if starts_at is not None and ends_at is not None:
        minutes = (ends_at.hour - starts_at.hour) * 60 + ends_at.minute - starts_at.minute
        if minutes <= 0:
            raise InvalidInput("The end must be later than the beginning.")
    else:
        minutes = _length(hours)
    if not 0 < minutes <= LONGEST_MINUTES:
        raise InvalidInput("Write how many hours it took, for example 2 or 1,5. The most is 12.")
    return minutes


def _length(text: str) -> int:
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        return 0
    whole = int(match[1]) * 60
    return whole + (int(match[3]) if match[3] else round(float(f"0.{match[2] or 0}") * 60))


def _people(name: str, text: str) -> int | None:
    """Contacts are always counted; another count may be left out."""
    if not text.strip() and name != "contacts":
        return None
    return _count(text, least=0, most=MOST_PEOPLE)


def _count(text: str, *, least: int, most: int) -> int:
    text = text.strip()
    if not text.isdecimal() or not least <= int(text[:9]) <= most:
        raise InvalidInput("Write a whole number from {least} to {most}.", least=least, most=most)
    return int(text)


def _contradictions(counts: Mapping[str, int | None], problems: Problems) -> Problems:
    contacts = counts["contacts"]
    if contacts is None or problems.keys() & set(COUNTS):
        return {}
    led, guided, outside = (counts[name] or 0 for name in ("led_to_clienthood", "guided_on", "out_of_area"))
    if led + guided > contacts:
        return {
            "guided_on": InvalidInput(
                "You talked with {contacts} people, but {sum} became clients or were guided on. Check the counts.",
                contacts=contacts,
                sum=led + guided,
            )
        }
    if outside > contacts:
        return {
            "out_of_area": InvalidInput(
                "You talked with {contacts} people, but {outside} came from elsewhere. Check the counts.",
                contacts=contacts,
                outside=outside,
            )
        }
    return {}
