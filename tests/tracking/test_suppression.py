"""Small counts stay hidden from somebody who collects every report and subtracts them from each other."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_bot.tracking.suppression import (
    SMALLEST,
    Cell,
    Mark,
    protect,
    protect_part_of,
    protect_parts,
    together,
)

PARTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 14), min_size=1, max_size=6)


def attack(whole, cells, most=90):
    """Every value that each hidden part can have, by trying all of them against the sum."""
    wholes = _can_be(whole, most)
    choices = {name: _can_be(cell, most) for name, cell in cells.items()}
    found = {}
    for name in cells:
        others = {0}
        for other in cells:
            if other != name:
                others = {one + more for one in others for more in choices[other] if one + more <= most}
        found[name] = {value for value in choices[name] if any(value + rest in wholes for rest in others)}
    return found


def _can_be(cell, most):
    match cell.mark:
        case None:
            return {cell.value}
        case Mark.SMALL:
            return set(range(1, SMALLEST))
        case Mark.HIDDEN:
            return set(range(SMALLEST, most))
        case Mark.ROUNDED:
            return set(range(cell.value, cell.value + SMALLEST))
        case _:
            return set(range(most))


@settings(max_examples=400, deadline=None)
@given(parts=PARTS, is_off_grid=st.booleans())
def test_no_part_under_five_is_told_by_the_whole_and_the_other_parts(parts, is_off_grid):
    whole = sum(parts.values())

    shown = protect(whole, is_off_grid=is_off_grid)
    cells = protect_parts(whole, parts, is_off_grid=is_off_grid)
    possible = attack(shown, cells)

    for name, count in parts.items():
        if name not in cells:
            assert not cells  # all are withheld, or none
            continue
        assert count in possible[name]  # nothing false is shown
        if 0 < count < SMALLEST:
            assert cells[name].value is None
            assert len(possible[name]) > 1


@pytest.mark.parametrize(
    "parts",
    [
        {"a": 1, "b": 1, "c": 7},  # two small ones whose sum says one each
        {"a": 4, "b": 4, "c": 30},  # four each
        {"a": 1, "b": 5},  # the other is known to be five at least
        {"a": 3, "b": 20},
        {"a": 2, "b": 5, "c": 5, "d": 5},
        {"a": 4, "b": 4},
        {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1},
    ],
)
def test_parts_that_a_subtraction_would_tell_are_hidden(parts):
    possible = attack(protect(sum(parts.values())), protect_parts(sum(parts.values()), parts))

    assert all(len(possible.get(name, "ab")) > 1 for name, count in parts.items() if 0 < count < SMALLEST)


def test_what_needs_no_hiding_is_shown_and_zero_is_zero():
    cells = protect_parts(25, {"debt": 20, "food": 5, "other": 0})

    assert {name: cell.value for name, cell in cells.items()} == {"debt": 20, "food": 5, "other": 0}
    assert protect(0) == Cell(value=0)
    assert protect(4) == Cell(value=None, mark=Mark.SMALL)
    assert protect(5) == Cell(value=5)
    assert protect(None) == Cell(value=None)


def test_one_small_part_hides_the_smallest_other_and_leaves_the_rest():
    cells = protect_parts(40, {"debt": 20, "food": 9, "housing": 8, "children": 3})

    assert cells["children"].mark is Mark.SMALL
    assert cells["housing"].mark is Mark.HIDDEN
    assert (cells["debt"].value, cells["food"].value) == (20, 9)


def test_the_parts_of_a_whole_under_five_are_not_given_at_all_not_even_their_names():
    assert protect_parts(4, {"debt": 4, "food": 0}) == {}
    assert protect_parts(6, dict.fromkeys("abcdef", 1)) == {}


@given(whole=st.integers(0, 40), part=st.integers(0, 40))
def test_who_is_left_of_a_figure_is_not_told_by_its_part(whole, part):
    part = min(part, whole)

    shown, cell = protect(whole), protect_part_of(whole, part)

    if cell.value is not None and shown.value is not None:
        assert not 0 < shown.value - cell.value < SMALLEST


GRID = st.lists(PARTS, min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(months=GRID)
def test_no_sum_of_months_knows_more_than_the_months_that_are_shown(months):
    """Whoever has every report of every span of months subtracts each from each."""
    withheld = Cell(value=None, mark=Mark.WITHHELD)
    given_parts = [(parts, protect_parts(sum(parts.values()), parts)) for parts in months]
    cells = [
        given.get("a", withheld if parts and not given else Cell(value=0)) for parts, given in given_parts
    ]
    counts = [parts.get("a", 0) for parts in months]
    spans = list(combinations(range(len(months) + 1), 2))
    sums = {span: together(cells[span[0] : span[1]]) for span in spans}

    for (first, last), total in sums.items():
        inside = cells[first:last]
        if total.is_exact:
            assert all(cell.is_exact for cell in inside)
            assert total.value == sum(counts[first:last])
        elif total.mark is Mark.AT_LEAST:
            assert total.value == sum(cell.value or 0 for cell in inside) <= sum(counts[first:last])
    for longer, shorter in combinations(spans, 2):
        if longer[0] != shorter[0] or not (sums[longer].is_exact and sums[shorter].is_exact):
            continue
        between = cells[min(longer[1], shorter[1]) : max(longer[1], shorter[1])]
        assert all(cell.is_exact for cell in between)


@given(count=st.integers(5, 200))
def test_a_running_month_read_again_a_day_later_tells_no_single_person(count):
    before, after = (protect(number, is_off_grid=True).value or 0 for number in (count, count + 1))

    assert before % SMALLEST == 0
    assert after - before in (0, SMALLEST)
