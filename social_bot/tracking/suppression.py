"""Hiding counts of people under five in whatever leaves the unit, also where a subtraction would tell them.

The rule, and why each part of it is enough:

* One to four is written "< 5". **Zero is written as zero**: it tells of nobody, and who did not write to us is
  everybody else. To hide it would hide that nothing happened, which is what a unit must be able to say.
* What leaves lies on *one fixed grid*: whole months that are over, page by page. A cell of the grid is decided
  by its own month and page alone, so it is the same in every report, and no two reports overlap.
* A sum over months or pages is the sum of what is *shown*; where something in it is hidden it says "at
  least". So no sum knows more than its parts, and subtracting one report from another gives back only cells
  that were shown.
* Within a cell the whole and its parts (topics, languages) hold each other: a hidden part is the whole less
  the others. So where a part is hidden, the smallest of the others is hidden with it, and more until
  somebody who subtracts has at least two possible values for each hidden part. Where that cannot be had, the
  parts are not given at all, not even their names. So it is with the parts of a whole under five.
* A figure that is a part of another one (of the people met at visits, who was guided on) is treated like the
  parts of it, with the rest as the other part that is never shown.

What lies on no grid, such as a month that is still running, the days of a campaign or the time of a goal,
overlaps with other reports and with itself read a day later. Its counts of people are rounded down to fives
(``is_off_grid``), so that a subtraction tells no less than five apart; and it is not in the export.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf

SMALLEST = 5
"""The smallest count of people that is shown."""


class Mark(StrEnum):
    """Why a cell is not shown as it is."""

    SMALL = "small"  # one to four
    HIDDEN = "hidden"  # five or more, which would tell a small one
    WITHHELD = "withheld"  # no part of the whole is given
    AT_LEAST = "at_least"  # the sum of what is shown
    ROUNDED = "rounded"  # down to fives


@dataclass(frozen=True, kw_only=True)
class Cell:
    """``value`` None without a mark: not known. ``SMALL``, ``HIDDEN`` and ``WITHHELD`` have no value."""

    value: int | None
    mark: Mark | None = None

    @property
    def is_exact(self) -> bool:
        return self.value is not None and self.mark is None


def protect(count: int | None, *, is_off_grid: bool = False) -> Cell:
    """A count of people that stands alone."""
    if count is None or count == 0:
        return Cell(value=count)
    if count < SMALLEST:
        return Cell(value=None, mark=Mark.SMALL)
    if is_off_grid:
        return Cell(value=count - count % SMALLEST, mark=Mark.ROUNDED)
    return Cell(value=count)


def protect_parts(
    whole: int | None, parts: Mapping[str, int], *, is_off_grid: bool = False
) -> dict[str, Cell]:
    """The parts of a count of people that add up to it, given that the whole is protected by itself.

    Empty where they are withheld: the name of a part alone would tell that somebody is in it.
    """
    if whole is None or 0 < whole < SMALLEST:
        return {}
    cells = {name: protect(count, is_off_grid=is_off_grid) for name, count in parts.items()}
    if not any(cell.mark is Mark.SMALL for cell in cells.values()):
        return cells
    shown = protect(whole, is_off_grid=is_off_grid)
    others = sorted((count, name) for name, count in parts.items() if count >= SMALLEST)
    for _, name in others:
        cells[name] = Cell(value=None, mark=Mark.HIDDEN)
        if _tells_nothing(shown, cells):
            return cells
    if others or not _tells_nothing(shown, cells):
        return {}
    return cells


def protect_part_of(whole: int | None, part: int | None, *, is_off_grid: bool = False) -> Cell:
    """A figure of which everybody is also in ``whole``: what is left of it must not be told either."""
    if part is None or whole is None or part > whole:  # noted by hand, so it may not fit
        return protect(part, is_off_grid=is_off_grid)
    cells = protect_parts(whole, {"part": part, "rest": whole - part}, is_off_grid=is_off_grid)
    return cells.get("part", Cell(value=None, mark=Mark.WITHHELD))


def together(cells: Iterable[Cell]) -> Cell:
    """A sum over months or pages: of what is shown, and ``AT_LEAST`` that where something is not."""
    all_cells = list(cells)
    shown = [cell.value for cell in all_cells if cell.value is not None]
    if all(cell.mark is None for cell in all_cells):
        return Cell(value=sum(shown) if shown else None)
    if len(all_cells) == 1:
        return all_cells[0]
    if any(shown):
        return Cell(value=sum(shown), mark=Mark.AT_LEAST)
    return Cell(value=None, mark=Mark.WITHHELD)


def possible(whole: Cell, cells: Mapping[str, Cell]) -> dict[str, tuple[float, float]]:
    """What somebody who subtracts can find out of each hidden part: the least and the most it can be."""
    bounds = {name: _bounds(cell) for name, cell in cells.items()}
    least, most = _bounds(whole)
    lows, highs = sum(low for low, _ in bounds.values()), sum(high for _, high in bounds.values())
    found = {}
    for name, (low, high) in bounds.items():
        if cells[name].is_exact:
            continue
        rest_low = lows - low
        rest_high = (
            sum(other for one, (_, other) in bounds.items() if one != name) if highs == inf else highs - high
        )
        found[name] = max(low, least - rest_high), min(high, most - rest_low)
    return found


def _tells_nothing(whole: Cell, cells: Mapping[str, Cell]) -> bool:
    return all(
        low < high for name, (low, high) in possible(whole, cells).items() if cells[name].mark is Mark.SMALL
    )


def _bounds(cell: Cell) -> tuple[float, float]:
    match cell.mark:
        case Mark.SMALL:
            return 1, SMALLEST - 1
        case Mark.HIDDEN:
            return SMALLEST, inf
        case Mark.ROUNDED if cell.value is not None:
            return cell.value, cell.value + SMALLEST - 1
        case None if cell.value is not None:
            return cell.value, cell.value
        case _:
            return 0, inf
