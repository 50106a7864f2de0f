"""A month's visits by channel, as they may leave the unit: each figure for all channels, or for none.

A channel's count is hidden by more than its own size: other channels, trials and campaigns overlap with it, and
their reports give bounds. So a figure is divided only in a month in which every channel's count may be told as it
is, and elsewhere nothing is told of how the whole is divided. A sum over months is of the months that are told.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from social_bot.tracking.figures import DEFINITIONS, Figure
from social_bot.tracking.outreach import Channel
from social_bot.tracking.suppression import Cell, Mark, protect, protect_part_of

CHANNEL = "channel"
"""The kind of part."""

COUNTED: Mapping[Figure, str] = {
    Figure.VISIT_CONTACTS: "contacts",
    Figure.VISIT_DECLINED: "declined",
    Figure.VISIT_CLIENTHOOD: "led_to_clienthood",
    Figure.VISIT_GUIDED_ON: "guided_on",
    Figure.VISIT_OUT_OF_AREA: "out_of_area",
}
"""The figures that count people, and what a visit calls them."""

_WITHHELD = Cell(value=None, mark=Mark.WITHHELD)


class Noted(Protocol):
    """A visit, or its row."""

    @property
    def channel(self) -> Channel: ...
    @property
    def minutes(self) -> int: ...
    @property
    def workers(self) -> int: ...


def divide(
    visits: Iterable[Noted], whole: Mapping[Figure, int | None]
) -> Mapping[Channel, Mapping[Figure, Cell]]:
    """By channel and figure. ``whole`` is what has been counted of the month.

    A figure of which the visits add up to something else has been changed since: it is withheld until the month
    is counted again.
    """
    by_channel: dict[Channel, list[Noted]] = {}
    for visit in visits:
        by_channel.setdefault(visit.channel, []).append(visit)
    sums = {
        figure: {channel: _sum(name, noted) for channel, noted in by_channel.items()}
        for figure, name in COUNTED.items()
    }
    people = {figure: _all_or_none(figure, sums, whole) for figure in COUNTED}
    return {
        channel: {
            Figure.VISITS_HELD: Cell(value=len(noted)),
            Figure.VISIT_MINUTES: Cell(value=sum(each.minutes * each.workers for each in noted)),
            **{figure: people[figure][channel] for figure in COUNTED},
        }
        for channel, noted in by_channel.items()
    }


def _all_or_none(
    figure: Figure, sums: Mapping[Figure, Mapping[Channel, int | None]], whole: Mapping[Figure, int | None]
) -> Mapping[Channel, Cell]:
    of = DEFINITIONS[figure].part_of
    cells = {
        channel: protect(value) if of is None else protect_part_of(sums[of][channel], value)
        for channel, value in sums[figure].items()
    }
    is_told = _adds_up(figure, sums, whole) and all(cell.mark is None for cell in cells.values())
    if of is not None:
        met = _all_or_none(of, sums, whole).values()
        is_told = (
            is_told
            and all(cell.is_exact for cell in met)
            and protect_part_of(whole.get(of), whole.get(figure)).mark is None
        )
    return {
        channel: cell if is_told or sums[figure][channel] is None else _WITHHELD
        for channel, cell in cells.items()
    }


def _adds_up(
    figure: Figure, sums: Mapping[Figure, Mapping[Channel, int | None]], whole: Mapping[Figure, int | None]
) -> bool:
    return sum(value or 0 for value in sums[figure].values()) == (whole.get(figure) or 0)


def _sum(name: str, noted: Iterable[Noted]) -> int | None:
    """None where nobody counted it."""
    known = [value for value in (getattr(each, name) for each in noted) if value is not None]
    return sum(known) if known else None
