"""The figures of a month as they are shown, in the unit and outside."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_bot.tracking import figure_words as words
from social_bot.tracking.figures import DEFINITIONS, LATE, Counted, Counts, Figure
from social_bot.tracking.month_report import LAYOUT
from social_bot.tracking.month_values import month_values
from social_bot.tracking.suppression import SMALLEST, Cell, Mark


def page(**topics):
    return Counts(
        [
            Counted(figure=Figure.MESSAGES_RECEIVED, value=sum(topics.values())),
            *(
                Counted(figure=Figure.MESSAGES_RECEIVED, part=f"topic:{name}", value=count)
                for name, count in topics.items()
            ),
        ]
    )


def topics(*pages, hides=True):
    return month_values(pages, hides=hides).parts[Figure.MESSAGES_RECEIVED, "topic"]


def test_the_unit_itself_sees_every_count():
    assert topics(page(debt=3, food=20), hides=False) == {"food": Cell(value=20), "debt": Cell(value=3)}


def test_outside_a_small_topic_and_one_that_would_tell_it_are_hidden():
    shown = topics(page(debt=3, food=20, housing=9))

    assert shown["debt"].mark is Mark.SMALL
    assert shown["housing"].mark is Mark.HIDDEN
    assert shown["food"] == Cell(value=20)


def test_a_page_under_five_gives_neither_counts_nor_names_and_the_sum_says_at_least():
    values = month_values([page(food=20), page(food=1, debt=2)], hides=True)

    assert values.cell(Figure.MESSAGES_RECEIVED) == Cell(value=20, mark=Mark.AT_LEAST)
    assert dict(values.parts[Figure.MESSAGES_RECEIVED, "topic"]) == {
        "food": Cell(value=20, mark=Mark.AT_LEAST)
    }


@settings(max_examples=200, deadline=None)
@given(
    small=st.dictionaries(st.sampled_from(["debt", "food"]), st.integers(1, 2), min_size=1),
    big=st.integers(5, 40),
)
def test_which_topics_a_small_page_has_cannot_be_seen_beside_another_page(small, big):
    others = page(food=big, debt=big, housing=big)

    assert topics(others, page(**small)) == topics(others, page(housing=sum(small.values())))


def callbacks(total, done, late):
    return Counts(
        [
            Counted(figure=Figure.CALLBACKS, value=total),
            Counted(figure=Figure.CALLBACKS, part="state:done", value=done),
            Counted(figure=Figure.CALLBACKS, part="state:requested", value=total - done),
            Counted(figure=Figure.CALLBACKS, part=LATE, value=late),
            Counted(figure=Figure.CALLBACKS, part="promise:in_time", value=total - late),
        ]
    )


@pytest.mark.parametrize(("total", "done"), [(20, 17), (20, 16), (12, 8), (30, 28)])
def test_calls_made_do_not_tell_how_few_were_not(total, done):
    values = month_values([callbacks(total, done, 0)], hides=True)

    assert values.cell(Figure.CALLBACKS).value == total
    assert values.cell(words.CALLBACKS_DONE).value is None


def test_calls_are_shown_where_nothing_is_small():
    values = month_values([callbacks(20, 12, 6)], hides=True)

    assert values.cell(words.CALLBACKS_DONE) == Cell(value=12)
    assert values.cell(words.CALLBACKS_LATE) == Cell(value=6)
    assert values.cell(words.CALLBACKS_UNREACHABLE) == Cell(value=0)


def waits(*minutes, within, later):
    return Counts(
        [
            Counted(figure=Figure.WAITS, value=within + later),
            Counted(figure=Figure.WAITS, part="answer:within_day", value=within),
            Counted(figure=Figure.WAITS, part="answer:later", value=later),
            Counted(figure=Figure.RESPONSE_MINUTES, value=len(minutes)),
            *(
                Counted(figure=Figure.RESPONSE_MINUTES, part=f"minutes:{number}", value=1)
                for number in minutes
            ),
        ]
    )


def test_waits_of_fewer_than_five_people_have_no_median_outside():
    counts = waits(1, 2, 3, 4, within=4, later=0)

    assert month_values([counts], hides=True).cell(words.RESPONSE_MEDIAN).mark is Mark.WITHHELD
    assert month_values([counts], hides=False).cell(words.RESPONSE_MEDIAN) == Cell(value=2)


def test_the_share_answered_in_time_is_told_where_neither_side_of_it_is_small():
    assert month_values([waits(within=15, later=5)], hides=True).cell(words.WITHIN_DAY_SHARE) == Cell(
        value=75
    )
    assert month_values([waits(within=18, later=2)], hides=True).cell(words.WITHIN_DAY_SHARE).value is None
    assert month_values([waits(within=18, later=0)], hides=True).cell(words.WITHIN_DAY_SHARE) == Cell(
        value=100
    )


def test_what_is_not_known_is_neither_zero_nor_hidden():
    values = month_values([Counts(())], hides=True)

    assert all(shown.cell == Cell(value=None) for shown in values.figures.values())


@given(counts=st.lists(st.integers(0, 60), min_size=2, max_size=4), off_grid=st.booleans())
def test_no_count_of_people_under_five_leaves_the_unit(counts, off_grid):
    pages = [
        Counts(
            Counted(figure=figure, value=count) for figure in DEFINITIONS if not DEFINITIONS[figure].is_spread
        )
        for count in counts
    ]

    values = month_values(pages, hides=True, is_off_grid=off_grid)

    for figure, definition in DEFINITIONS.items():
        value = None if definition.is_spread else values.cell(figure).value
        assert not definition.counts_people or value is None or value == 0 or value >= SMALLEST


def test_every_figure_of_a_report_has_a_name_and_a_definition():
    shown = {key for _, keys, _ in LAYOUT for key in keys}

    assert shown <= set(words.FIGURE_WORDS)
    assert {str(figure) for figure in DEFINITIONS if not DEFINITIONS[figure].is_spread} <= {
        str(key) for key in shown
    }
