"""Charts as numbers: from zero, in proportion, inside their frame."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.web.charts import HEIGHT, WIDTH, Point, bar_chart, column_chart

VALUES = st.lists(st.one_of(st.none(), st.integers(0, 10**7)), min_size=1, max_size=24)


def points(values):
    return [Point(label=str(number), value=value, text=str(value)) for number, value in enumerate(values)]


@given(values=VALUES)
def test_columns_stand_on_zero_in_proportion_and_inside_the_frame(values):
    chart = column_chart(points(values))

    top = max(line.value for line in chart.lines)
    for column, value in zip(chart.columns, values, strict=True):
        assert column.y + column.height == pytest.approx(chart.base, abs=0.2)
        assert column.x >= 0
        assert column.x + column.width <= WIDTH
        assert 0 <= column.y <= HEIGHT
        assert column.height == pytest.approx((chart.base - chart.lines[-1].y) * (value or 0) / top, abs=0.2)


@given(values=VALUES)
def test_the_lines_are_whole_numbers_from_zero_to_the_top(values):
    lines = [line.value for line in column_chart(points(values)).lines]

    assert lines == sorted(lines)
    assert lines[0] == 0
    assert lines[-1] >= max((value or 0) for value in values)


@given(values=VALUES)
def test_bars_are_as_long_as_their_share_of_the_longest(values):
    chart = bar_chart(points(values))

    longest = max(bar.width for bar in chart.bars)
    for bar, value in zip(chart.bars, values, strict=True):
        assert bar.width == pytest.approx(
            longest * (value or 0) / (max((v or 0) for v in values) or 1), abs=0.2
        )
        assert chart.left + bar.width <= WIDTH


def test_nothing_to_draw_is_an_empty_chart():
    assert column_chart([]).columns == []
    assert bar_chart([]).bars == []
