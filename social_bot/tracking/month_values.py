"""The figures of one month as they are shown: for the unit's own use as they are, for outside without small counts.

Derived ones (median waits, shares, calls by state) are worked out here, so that a page, a document and an
export never compute the same thing twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from social_bot.tracking import figure_words as words
from social_bot.tracking.figures import (
    DEFINITIONS,
    LATE,
    LATER,
    NOT_ANSWERED,
    WITHIN_DAY,
    Counts,
    Figure,
    Unit,
    median,
    quantile,
)
from social_bot.tracking.suppression import (
    SMALLEST,
    Cell,
    Mark,
    protect,
    protect_part_of,
    protect_parts,
    together,
)

UNITS: Mapping[str, Unit] = {
    words.RESPONSE_MEDIAN: Unit.MINUTES,
    words.RESPONSE_NINETY: Unit.MINUTES,
    words.CRISIS_MEDIAN: Unit.MINUTES,
    words.CRISIS_NINETY: Unit.MINUTES,
    Figure.VISIT_MINUTES: Unit.MINUTES,
    words.WITHIN_DAY_SHARE: Unit.PERCENT,
}
"""Every other figure is a count."""

_PARTS_AS_FIGURES = {
    words.CALLBACKS_DONE: (Figure.CALLBACKS, "state", "done"),
    words.CALLBACKS_UNREACHABLE: (Figure.CALLBACKS, "state", "unreachable"),
    words.CALLBACKS_LATE: (Figure.CALLBACKS, "promise", LATE.partition(":")[2]),
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One figure. ``as_of``: when it was last read; ``known`` of ``of`` posts or days were known."""

    cell: Cell
    as_of: datetime | None = None
    not_available_since: date | None = None
    known: int | None = None
    of: int | None = None


@dataclass(frozen=True, kw_only=True)
class MonthValues:
    """``figures`` by their key; ``parts`` by figure and kind, each part by its name, the largest first."""

    figures: Mapping[str, Shown]
    parts: Mapping[tuple[Figure, str], Mapping[str, Cell]]

    def cell(self, key: str) -> Cell:
        return self.figures[key].cell if key in self.figures else Cell(value=None)


def month_values(of_pages: Sequence[Counts], *, hides: bool, is_off_grid: bool = False) -> MonthValues:
    """``of_pages``: the counts of each page and of the organisation, each of which is protected by itself."""
    whole = Counts(one for counts in of_pages for one in counts)
    figures: dict[str, Shown] = {}
    parts: dict[tuple[Figure, str], Mapping[str, Cell]] = {}
    for figure, definition in DEFINITIONS.items():
        if definition.is_spread:
            continue
        counted = whole.get(figure)
        cells = [_figure(figure, counts, hides=hides, is_off_grid=is_off_grid) for counts in of_pages]
        figures[figure] = Shown(
            cell=together(cell for cell in cells if cell.value is not None or cell.mark is not None),
            as_of=counted.as_of,
            not_available_since=counted.not_available_since,
            known=counted.known,
            of=counted.of,
        )
        for kind in definition.parts:
            of_each = [
                _parts(figure, kind, counts, hides=hides, is_off_grid=is_off_grid) for counts in of_pages
            ]
            given = {name for each in of_each if each is not None for name in each}
            names = [name for name in whole.parts(figure, kind) if name in given]
            parts[figure, kind] = {name: together(_of_each(of_each, name)) for name in names}
    for key, (figure, kind, name) in _PARTS_AS_FIGURES.items():
        of_each = [
            _parts(figure, kind, counts, hides=hides, is_off_grid=is_off_grid)
            for counts in of_pages
            if counts.value(figure) is not None
        ]
        found = list(_of_each(of_each, name)) or [Cell(value=0)]
        figures[key] = Shown(cell=together(found) if of_each else Cell(value=None))
    figures |= _waits(whole, parts[Figure.WAITS, "answer"], hides=hides)
    return MonthValues(figures=figures, parts=parts)


def _figure(figure: Figure, counts: Counts, *, hides: bool, is_off_grid: bool) -> Cell:
    value, definition = counts.value(figure), DEFINITIONS[figure]
    if not hides or not definition.counts_people:
        return Cell(value=value)
    if definition.part_of is not None:
        return protect_part_of(counts.value(definition.part_of), value, is_off_grid=is_off_grid)
    return protect(value, is_off_grid=is_off_grid)


def _parts(
    figure: Figure, kind: str, counts: Counts, *, hides: bool, is_off_grid: bool
) -> Mapping[str, Cell] | None:
    """None where they are withheld, whatever their names."""
    found = counts.parts(figure, kind)
    if not hides or not DEFINITIONS[figure].counts_people:
        return {name: Cell(value=count) for name, count in found.items()}
    return protect_parts(counts.value(figure), found, is_off_grid=is_off_grid) or (None if found else {})


def _of_each(of_each: Sequence[Mapping[str, Cell] | None], name: str) -> Iterable[Cell]:
    for each in of_each:
        if each is None:
            yield Cell(value=None, mark=Mark.WITHHELD)
        elif name in each:
            yield each[name]


def _waits(whole: Counts, answers: Mapping[str, Cell], *, hides: bool) -> Mapping[str, Shown]:
    found = {}
    for figure, middle, ninety in (
        (Figure.RESPONSE_MINUTES, words.RESPONSE_MEDIAN, words.RESPONSE_NINETY),
        (Figure.CRISIS_MINUTES, words.CRISIS_MEDIAN, words.CRISIS_NINETY),
    ):
        spread = whole.spread(figure)
        if hides and 0 < spread.total() < SMALLEST:
            found[middle] = found[ninety] = Shown(cell=Cell(value=None, mark=Mark.WITHHELD))
            continue
        half = median(spread)
        found[middle] = Shown(cell=Cell(value=None if half is None else round(half)))
        found[ninety] = Shown(cell=Cell(value=quantile(spread, 0.9)))
    found[words.WITHIN_DAY_SHARE] = Shown(cell=_share(whole, answers))
    return found


def _share(whole: Counts, answers: Mapping[str, Cell]) -> Cell:
    """Of the waits, in per cent, where each part of them is shown."""
    if not whole.value(Figure.WAITS):
        return Cell(value=None)
    none = Cell(value=0) if answers else Cell(value=None, mark=Mark.WITHHELD)
    cells = [answers.get(part.partition(":")[2], none) for part in (WITHIN_DAY, LATER, NOT_ANSWERED)]
    values: list[int] = [cell.value for cell in cells if cell.value is not None]
    if len(values) < len(cells) or any(cell.mark not in (None, Mark.ROUNDED) for cell in cells):
        return Cell(value=None, mark=Mark.WITHHELD)
    total = sum(values)
    return Cell(value=round(100 * values[0] / total)) if total else Cell(value=None)
