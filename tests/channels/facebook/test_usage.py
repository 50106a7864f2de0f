import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.channels.facebook.usage import Gate, Lane, Usage, parse_usage, wait_until

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
PAGE = "301000001"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def business(*rows: dict[str, object], page_id: str = PAGE) -> dict[str, str]:
    return {"x-business-use-case-usage": json.dumps({page_id: list(rows)})}


def row(kind: str, percent: int, *, regain: int = 0) -> dict[str, object]:
    return {
        "type": kind,
        "call_count": percent,
        "total_cputime": 3,
        "total_time": 5,
        "estimated_time_to_regain_access": regain,
    }


def parse(headers: dict[str, str], *, lane: Lane = Lane.PAGES) -> Usage | None:
    return parse_usage(headers, page_id=PAGE, lane=lane, now=NOW)


@pytest.mark.parametrize(
    ("headers", "percent"),
    [
        ({"x-app-usage": '{"call_count":28,"total_time":25,"total_cputime":25}'}, 28),
        ({"x-app-usage": '{"call_count":68,"total_cputime":0,"total_time":208}'}, 208),
        ({"x-page-usage": '{"call_count":1,"total_time":2,"total_cputime":77}'}, 77),
        (business(row("pages", 97)), 97),
        (business(row("pages", 12), row("messenger", 99)), 12),
        (business(row("pages", 12), row("pages", 34)), 34),
        ({**business(row("pages", 12)), "x-app-usage": '{"call_count":40}'}, 40),
    ],
)
def test_the_fullest_counter_of_the_lane_counts(headers, percent):
    usage = parse(headers)

    assert usage
    assert usage.percent == percent
    assert usage.regain_at is None


def test_the_time_to_regain_access_is_in_minutes():
    usage = parse(business(row("messenger", 101, regain=9)), lane=Lane.MESSENGER)

    assert usage
    assert usage.regain_at == NOW + minutes(9)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-app-usage": ""},
        {"x-app-usage": "not json"},
        {"x-app-usage": "[1]"},
        {"x-app-usage": '{"call_count":"many"}'},
        {"x-business-use-case-usage": "{}"},
        {"x-business-use-case-usage": json.dumps({PAGE: {"call_count": 3}})},
        business(row("pages", 90), page_id="301000002"),
        business(row("ads_insights", 90)),
    ],
)
def test_headers_that_say_nothing_of_this_page_are_no_reading(headers):
    assert parse(headers) is None


numbers = st.none() | st.text() | st.floats() | st.integers()
rows = st.dictionaries(
    st.sampled_from(["type", "call_count", "total_time", "estimated_time_to_regain_access"]),
    numbers | st.just("pages"),
)


@given(st.dictionaries(st.just(PAGE), st.lists(rows | st.none()) | numbers) | numbers)
def test_no_header_makes_an_answer_unreadable(value):
    usage = parse({"x-business-use-case-usage": json.dumps(value), "x-app-usage": json.dumps(value)})

    assert usage is None or isinstance(usage.percent, int)


@pytest.mark.parametrize(
    ("percent", "is_urgent", "wait"),
    [
        (74, False, None),
        (75, False, 1),
        (75, True, None),
        (89, False, 1),
        (90, False, 15),
        (90, True, None),
        (99, True, None),
        (100, True, 5),
        (208, False, 5),
    ],
)
def test_calls_slow_down_wait_and_stop_as_usage_rises(percent, is_urgent, wait):
    usage = Usage(percent=percent, seen_at=NOW)

    until = wait_until(usage, is_urgent=is_urgent, now=NOW)

    assert until == (NOW + minutes(wait) if wait else None)


def test_the_platform_s_own_time_goes_before_ours():
    usage = Usage(percent=100, seen_at=NOW, regain_at=NOW + minutes(40))

    assert wait_until(usage, is_urgent=True, now=NOW + minutes(39)) == NOW + minutes(40)
    assert wait_until(usage, is_urgent=True, now=NOW + minutes(40)) is None


def test_a_reading_grows_old():
    usage = Usage(percent=95, seen_at=NOW)

    assert wait_until(usage, is_urgent=False, now=NOW + minutes(15)) is None


def test_a_throttled_lane_is_held_and_the_others_go_on():
    gate = Gate()

    gate.hold(PAGE, Lane.PAGES, until=NOW + minutes(4))

    assert gate.wait_until(PAGE, Lane.PAGES, is_urgent=True, now=NOW) == NOW + minutes(4)
    assert gate.wait_until(PAGE, Lane.PAGES, is_urgent=True, now=NOW + minutes(4)) is None
    assert gate.wait_until(PAGE, Lane.MESSENGER, is_urgent=True, now=NOW) is None
    assert gate.wait_until("301000002", Lane.PAGES, is_urgent=True, now=NOW) is None


def test_throttles_running_are_counted_until_a_call_goes_well():
    gate = Gate()

    gate.hold(PAGE, Lane.PAGES, until=NOW)
    gate.hold(PAGE, Lane.PAGES, until=NOW)
    assert gate.throttles(PAGE, Lane.PAGES) == 2

    gate.went_well(PAGE, Lane.PAGES)
    assert gate.throttles(PAGE, Lane.PAGES) == 0
