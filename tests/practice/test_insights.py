"""Counters that follow from what is on the Page."""

import pytest

PAGE_ID = "100200300"
PSID = "7000000001"


@pytest.fixture
def post_id(graph):
    return graph.post(f"/{PAGE_ID}/feed", json={"message": "Avoimet ovet"}).json()["id"]


def values_of(answer):
    return {
        (row["name"], row["period"]): [value["value"] for value in row["values"]]
        for row in answer.json()["data"]
    }


def ask(graph, node, metric, **more):
    return graph.get(f"/{node}/insights", params={"metric": metric, **more})


def test_views_of_a_post_only_grow(graph, practice, clock, post_id):
    seen = []
    for number in range(6):
        clock.forward(hours=7)
        practice.react_as_resident(PAGE_ID, f"700000001{number}", post_id=post_id)
        seen += values_of(ask(graph, post_id, "post_media_view"))["post_media_view", "lifetime"]

    assert seen == sorted(seen)
    assert seen[0] > 0


def test_daily_views_of_the_page_add_up_to_those_of_its_post(graph, clock, post_id):
    clock.forward(days=5)
    since, until = int(clock().timestamp()) - 6 * 86400, int(clock().timestamp())

    days = ask(graph, PAGE_ID, "page_media_view", period="day", since=since, until=until)
    post = values_of(ask(graph, post_id, "post_media_view"))["post_media_view", "lifetime"][0]

    daily = values_of(days)["page_media_view", "day"]
    assert len(daily) == 6
    assert 0 < sum(daily) <= post
    assert days.json()["data"][0]["values"][-1]["end_time"] == "2026-11-28T08:00:00+0000"


def test_what_people_did_is_counted_as_it_was(graph, practice, clock, post_id):
    practice.react_as_resident(PAGE_ID, PSID, post_id=post_id, kind="SAD")
    practice.comment_as_resident(PAGE_ID, PSID, object_id=post_id, text="Kiitos")
    clock.forward(days=1, hours=2)

    post = values_of(
        ask(graph, post_id, "post_reactions_sorry_total,post_activity_by_action_type,post_clicks_by_type")
    )
    page = values_of(
        ask(graph, PAGE_ID, "page_post_engagements,page_actions_post_reactions_total", period="day")
    )

    assert post["post_reactions_sorry_total", "lifetime"] == [1]
    assert post["post_activity_by_action_type", "lifetime"] == [{"like": 1, "comment": 1, "share": 0}]
    assert sum(page["page_post_engagements", "day"]) == 2
    assert sum(day["sorry"] for day in page["page_actions_post_reactions_total", "day"]) == 1


def test_unique_views_come_with_an_empty_daily_row_beside_the_real_one(graph, clock, post_id):
    clock.forward(days=1)

    rows = values_of(ask(graph, post_id, "post_total_media_view_unique"))

    assert rows["post_total_media_view_unique", "day"] == [0]
    assert rows["post_total_media_view_unique", "lifetime"][0] > 0


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, (3001, 1504028)),
        ({"metric": "page_fans"}, (100, None)),
        ({"metric": "page_media_view,page_fans"}, (100, None)),
        ({"metric": "page_media_view", "period": "hour"}, (100, None)),
        ({"metric": "page_media_view", "since": "2026-01-01", "until": "2026-11-01"}, (100, None)),
        ({"metric": "page_media_view", "since": "yesterday"}, (100, None)),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_whole(graph, asked, code):
    error = graph.get(f"/{PAGE_ID}/insights", params=asked).json()["error"]

    assert (error["code"], error.get("error_subcode")) == code


def test_a_period_that_a_metric_does_not_have_gives_no_rows(graph):
    assert ask(graph, PAGE_ID, "page_media_view", period="lifetime").json() == {"data": []}
