"""Charts as plain numbers for an SVG: columns over time and bars by name. Their tables stand beside them.

Nothing is told by colour: lengths and words say everything, and the running month has an outline of dashes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 420, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 4, 14, 40
_GAP = 0.28
_BAR_HEIGHT = 30
_NAME_WIDTH = 210
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, kw_only=True)
class Point:
    """``value`` None: not known. ``under`` stands below ``label`` (the year below the month)."""

    label: str
    value: int | None
    text: str
    under: str = ""
    is_running: bool = False


@dataclass(frozen=True, kw_only=True)
class Column:
    x: float
    y: float
    width: float
    height: float
    middle: float
    point: Point


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line across, and the number that it stands for."""

    y: float
    value: int


@dataclass(frozen=True, kw_only=True)
class ColumnChart:
    width: int
    height: int
    left: int
    base: float
    columns: Sequence[Column]
    lines: Sequence[Line]


@dataclass(frozen=True, kw_only=True)
class Bar:
    y: float
    width: float
    middle: float
    point: Point


@dataclass(frozen=True, kw_only=True)
class BarChart:
    width: int
    height: int
    left: int
    thick: float
    bars: Sequence[Bar]


def column_chart(points: Sequence[Point]) -> ColumnChart:
    """A column each, from zero up: a scale that begins elsewhere would show a difference that is none."""
    top = _round_top(max((point.value or 0 for point in points), default=0))
    base = HEIGHT - _BOTTOM
    room = base - _TOP
    each = (WIDTH - _LEFT - _RIGHT) / max(len(points), 1)
    columns = []
    for number, point in enumerate(points):
        height = room * (point.value or 0) / top
        columns.append(
            Column(
                x=round(_LEFT + each * (number + _GAP / 2), 1),
                y=round(base - height, 1),
                width=round(each * (1 - _GAP), 1),
                height=round(height, 1),
                middle=round(_LEFT + each * (number + 0.5), 1),
                point=point,
            )
        )
    return ColumnChart(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        base=base,
        columns=columns,
        lines=[
            Line(y=round(base - room * value / top, 1), value=value) for value in sorted({0, top // 2, top})
        ],
    )


def bar_chart(points: Sequence[Point]) -> BarChart:
    """A bar each, the name before it and the number after it."""
    top = max((point.value or 0 for point in points), default=0) or 1
    room = WIDTH - _NAME_WIDTH - 56
    return BarChart(
        width=WIDTH,
        height=_BAR_HEIGHT * len(points) + 4,
        left=_NAME_WIDTH,
        thick=_BAR_HEIGHT * (1 - _GAP),
        bars=[
            Bar(
                y=round(_BAR_HEIGHT * (number + _GAP / 2), 1),
                width=round(room * (point.value or 0) / top, 1),
                middle=round(_BAR_HEIGHT * (number + 0.5), 1),
                point=point,
            )
            for number, point in enumerate(points)
        ],
    )


def _round_top(most: int) -> int:
    """The next even number of the kind 2, 4, 10, 20, 40, 100."""
    if most <= 2:
        return 2
    size = 10 ** int(math.log10(most))
    top: int = next(step * size for step in _STEPS if step * size >= most)
    return top if top % 2 == 0 else top + 1 if top < 10 else top
