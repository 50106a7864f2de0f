"""Which days a series has, and what each of its posts says."""

from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.errors import InvalidInput
from social_bot.organisation.public_holidays import is_holiday
from social_bot.planning.series import (
    HolidayRule,
    Often,
    Plan,
    Rule,
    parse_rule,
    parse_skipped,
    plan_occurrences,
    write_texts,
)
from social_bot.planning.series_words import Arrangement, announcement, rule_in_words, when_in_words

HELSINKI = ZoneInfo("Europe/Helsinki")
WEDNESDAYS = Rule(often=Often.EVERY, weekday=2)


def plan(**changes) -> Plan:
    return Plan(
        **{
            "rule": WEDNESDAYS,
            "local_time": time(9),
            "zone": HELSINKI,
            "starts_on": date(2026, 12, 1),
            "ends_on": date(2027, 1, 31),
            **changes,
        }
    )


def days(of: Plan) -> list[date]:
    return [each.on for each in plan_occurrences(of)]


@pytest.mark.parametrize("often", list(Often))
@pytest.mark.parametrize("weekday", range(7))
def test_a_rule_is_read_as_it_was_written(often, weekday):
    rule = Rule(often=often, weekday=weekday)

    assert parse_rule(rule.text).text == rule.text


def test_a_text_that_is_no_rule_is_refused():
    with pytest.raises(InvalidInput, match="how often"):
        parse_rule("now and then")


def test_every_wednesday_leaves_out_epiphany_and_the_named_days():
    found = days(plan(skipped=frozenset({date(2026, 12, 23)})))

    assert date(2026, 12, 16) in found
    assert date(2026, 12, 23) not in found
    assert date(2027, 1, 6) not in found


@pytest.mark.parametrize(
    ("holidays", "on"),
    [
        (HolidayRule.BEFORE, date(2027, 1, 5)),
        (HolidayRule.AFTER, date(2027, 1, 7)),
        (HolidayRule.KEEP, date(2027, 1, 6)),
    ],
)
def test_a_public_holiday_moves_the_post_by_choice(holidays, on):
    occurrence = next(
        each for each in plan_occurrences(plan(holidays=holidays)) if each.day == date(2027, 1, 6)
    )

    assert occurrence.on == on
    assert occurrence.is_moved is (holidays is not HolidayRule.KEEP)


def test_a_holiday_at_christmas_moves_over_the_whole_of_it():
    found = plan_occurrences(
        plan(rule=Rule(often=Often.EVERY, weekday=3), holidays=HolidayRule.AFTER, ends_on=date(2026, 12, 30))
    )

    assert found[-1].day == date(2026, 12, 24)
    assert found[-1].on == date(2026, 12, 28)


def test_no_day_has_two_posts_though_holidays_move():
    found = days(plan(rule=Rule(often=Often.WEEKDAYS), holidays=HolidayRule.AFTER))

    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_on": date(2026, 11, 1)}, "before the first"),
        ({"ends_on": date(2028, 1, 1)}, "a year at most"),
        ({"starts_on": date(2027, 1, 6), "ends_on": date(2027, 1, 7)}, "all of them are skipped"),
        ({"ends_on": date(2026, 12, 1)}, "has no day between"),
    ],
)
def test_a_series_that_cannot_be_says_why(changes, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        plan_occurrences(plan(**changes))


@pytest.mark.parametrize("night", [date(2027, 3, 28), date(2026, 10, 25)])
def test_a_series_is_refused_whose_time_the_clock_skips_or_doubles(night):
    sundays = plan(
        rule=Rule(often=Often.EVERY, weekday=6),
        local_time=time(3, 30),
        holidays=HolidayRule.KEEP,  # one of these nights is that of Easter Sunday
        starts_on=night - timedelta(days=14),
        ends_on=night + timedelta(days=14),
    )

    with pytest.raises(InvalidInput, match=r"does not exist|comes twice"):
        plan_occurrences(sundays)


@given(
    starts_on=st.dates(min_value=date(2025, 1, 1), max_value=date(2034, 1, 1)),
    often=st.sampled_from(Often),
    weekday=st.integers(0, 6),
    minutes=st.integers(4 * 60, 24 * 60 - 1),
    holidays=st.sampled_from(HolidayRule),
)
def test_the_clock_on_the_wall_stays_through_every_change_of_it(starts_on, often, weekday, minutes, holidays):
    local = time(minutes // 60, minutes % 60)
    found = plan_occurrences(
        plan(
            rule=Rule(often=often, weekday=weekday),
            local_time=local,
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=365),
            holidays=holidays,
        )
    )

    assert {each.publish_at.astimezone(HELSINKI).time() for each in found} == {local}
    assert all(each.publish_at.tzinfo is UTC for each in found)
    assert [each.on for each in found] == sorted({each.on for each in found})
    if holidays is not HolidayRule.KEEP:
        assert not any(is_holiday(each.on) for each in found)


def test_days_to_skip_are_read_with_and_without_a_year():
    found = parse_skipped(
        "6.12., 24.12.2026; 2027-01-13", starts_on=date(2026, 12, 1), ends_on=date(2027, 12, 31)
    )

    assert found == {date(2026, 12, 6), date(2027, 12, 6), date(2026, 12, 24), date(2027, 1, 13)}


@pytest.mark.parametrize(("text", "sentence"), [("joulu", "is not clear"), ("31.2.", "No calendar has")])
def test_a_day_that_is_none_is_refused(text, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        parse_skipped(text, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31))


def test_the_texts_name_the_day_the_place_and_the_time():
    texts = write_texts(
        {"fi": "Tule {päivä} klo {aika}: {paikka}.", "sv": "Kom {dag} kl. {tid}: {plats}."},
        on=date(2026, 12, 2),
        place={"fi": "kirjasto", "sv": "biblioteket"},
        hours="9–11",
    )

    assert texts == {"fi": "Tule ke 2.12. klo 9–11: kirjasto.", "sv": "Kom ons 2.12 kl. 9–11: biblioteket."}


@pytest.mark.parametrize(("text", "sentence"), [("{nimi}", "does not know"), ("{paikka}", "Tell what it is")])
def test_a_name_without_a_value_is_refused(text, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        write_texts({"fi": text}, on=date(2026, 12, 2), place={}, hours="9")


@pytest.mark.parametrize(
    ("rule", "fi", "sv", "en"),
    [
        (WEDNESDAYS, "joka keskiviikko", "varje onsdag", "every Wednesday"),
        (
            Rule(often=Often.SECOND, weekday=0),
            "joka toinen maanantai",
            "varannan måndag",
            "every second Monday",
        ),
        (
            Rule(often=Often.FIRST_OF_MONTH, weekday=2),
            "kuukauden ensimmäinen keskiviikko",
            "första onsdagen i månaden",
            "the first Wednesday of the month",
        ),
    ],
)
def test_a_rule_is_told_in_three_languages(rule, fi, sv, en):
    assert [rule_in_words(rule, language) for language in ("fi", "sv", "en")] == [fi, sv, en]


def test_an_announcement_tells_the_old_and_the_new():
    before = Arrangement(rule=WEDNESDAYS, local_time=time(9), hours="10–12", place={"fi": "kirjasto"})
    after = Arrangement(rule=WEDNESDAYS, local_time=time(9), hours="12–14", place={"fi": "seurakuntatalo"})

    text = announcement(before, after, from_on=date(2026, 12, 9), languages=["fi"])["fi"]

    assert text == (
        "Muutos ke 9.12. alkaen.\n\n"
        "Ennen: joka keskiviikko klo 10–12, kirjasto\n"
        "Sen jälkeen: joka keskiviikko klo 12–14, seurakuntatalo"
    )
    assert before.differs(after)


def test_another_time_of_posting_needs_no_announcement_where_the_hours_are_told():
    before = Arrangement(rule=WEDNESDAYS, local_time=time(9), hours="10–12", place={})
    after = Arrangement(rule=WEDNESDAYS, local_time=time(8), hours="10–12", place={})

    assert not before.differs(after)
    assert when_in_words(after, "fi") == "joka keskiviikko klo 10–12"
