"""The ports, answered: what the rooms get for what Graph says."""

import json
import logging
import re
import threading
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from social_bot.channels.facebook import connection, metrics
from social_bot.channels.ports import (
    Commenter,
    Connection,
    Insights,
    Messenger,
    OutgoingMessage,
    OutgoingPost,
    Picture,
    Publisher,
    Reading,
    SeenPost,
    UrlButton,
)
from social_bot.errors import (
    ConnectionLost,
    ContentRefused,
    OutcomeUnknown,
    PageBlocked,
    PageUnavailable,
    RecipientUnreachable,
)
from tests.channels.facebook.recording import (
    ACCESS,
    APP,
    NOW,
    PAGE,
    PERSON,
    POST,
    TOKEN,
    RecordingGraph,
    answer,
    day,
    error,
    fields_of,
)

SINCE = NOW - timedelta(minutes=10)
TEXT = OutgoingPost(text="Neuvonta on auki")


@pytest.fixture
def graph():
    return RecordingGraph()


@pytest.fixture
def channel(graph):
    return graph.channel()


def picture(name: str, alt_text: str = "Talo") -> Picture:
    return Picture(file_name=name, media_type="image/png", content=name.encode(), alt_text=alt_text)


def test_the_channel_fits_every_port(channel):
    ports: tuple[Publisher, Messenger, Commenter, Insights, Connection] = (
        channel,
        channel,
        channel,
        channel,
        channel,
    )

    assert len(ports) == 5


# publishing


def test_a_link_is_published_with_its_text(graph, channel):
    external_id = channel.publish(ACCESS, OutgoingPost(text="Lue lisää", link="https://example.org/a"))

    assert external_id == POST
    assert graph.edges() == [f"POST {PAGE}/feed"]
    assert fields_of(graph.requests[0])["link"] == "https://example.org/a"


def test_pictures_are_uploaded_unseen_and_then_attached_in_their_order(graph, channel):
    graph.next += [answer({"id": "61"}), answer({"id": 62})]

    channel.publish(ACCESS, OutgoingPost(text="Kaksi", pictures=[picture("a.png"), picture("b.png", "")]))

    assert graph.edges() == [f"POST {PAGE}/photos", f"POST {PAGE}/photos", f"POST {PAGE}/feed"]
    first, second, post = map(fields_of, graph.requests)
    assert first["alt_text_custom"] == "Talo"
    assert "alt_text_custom" not in second
    assert {first["published"], second["published"]} == {"false"}
    assert json.loads(post["attached_media"]) == [{"media_fbid": "61"}, {"media_fbid": "62"}]


@pytest.mark.parametrize(
    "failed",
    [
        error(2, status=500),
        answer({}, status=503),
        answer({}),
        httpx.ReadTimeout("slow"),
        httpx.ReadError("reset"),
    ],
    ids=repr,
)
def test_a_lost_upload_is_no_riddle_for_nobody_has_seen_it(graph, channel, failed):
    graph.next += [answer({"id": "61"}), failed]

    with pytest.raises(PageUnavailable):
        channel.publish(ACCESS, OutgoingPost(text="Kaksi", pictures=[picture("a.png"), picture("b.png")]))

    assert graph.edges() == [f"POST {PAGE}/photos"] * 2


def test_a_refused_picture_stops_the_post(graph, channel):
    graph.next.append(error(1366046, error_user_msg="Kuva on liian suuri."))

    with pytest.raises(ContentRefused) as caught:
        channel.publish(ACCESS, OutgoingPost(text="Yksi", pictures=[picture("a.png")]))

    assert caught.value.details.user_message == "Kuva on liian suuri."
    assert len(graph.requests) == 1


def test_a_link_preview_and_pictures_are_refused_before_anything_is_sent(graph, channel):
    with pytest.raises(ContentRefused):
        channel.publish(
            ACCESS, OutgoingPost(text="Molemmat", link="https://example.org", pictures=[picture("a.png")])
        )

    assert not graph.requests


@pytest.mark.parametrize(
    ("failed", "expected"),
    [
        (error(190, 463, status=401), ConnectionLost),
        (error(200), ConnectionLost),
        (error(368), PageBlocked),
        (error(506), OutcomeUnknown),
        (error(100, 1609005), ContentRefused),
        (error(80001), PageUnavailable),
    ],
)
def test_a_refused_post_says_who_must_act(graph, channel, failed, expected):
    graph.next.append(failed)

    with pytest.raises(expected):
        channel.publish(ACCESS, TEXT)


def row(number: int, *, minutes: float, app: str | None = APP, text: str = "Hei") -> dict[str, object]:
    made = (NOW + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    fields: dict[str, object] = {"id": f"{PAGE}_{number}", "message": text, "created_time": made}
    return fields | ({"application": {"id": app, "name": "x"}} if app else {})


def test_recent_posts_say_whether_they_are_ours(graph, channel):
    rows = [row(1, minutes=-3), row(2, minutes=-1, app="26"), row(3, minutes=-2, app=None)]
    del rows[2]["message"]
    graph.next.append(answer({"data": rows}))

    posts = channel.recent_posts(ACCESS, since=SINCE)

    assert posts == [
        SeenPost(external_id=f"{PAGE}_2", text="Hei", created_at=NOW - timedelta(minutes=1), ours=False),
        SeenPost(external_id=f"{PAGE}_3", text="", created_at=NOW - timedelta(minutes=2), ours=None),
        SeenPost(external_id=f"{PAGE}_1", text="Hei", created_at=NOW - timedelta(minutes=3), ours=True),
    ]
    assert fields_of(graph.requests[0])["since"] == str(int(SINCE.timestamp()))


def page_of(rows: list[dict[str, object]], *, after: str | None, has_next: bool = True):
    leak = f"https://graph.facebook.com/v26.0/{PAGE}/published_posts?access_token={TOKEN}&after=LEAK"
    paging = {"cursors": {"after": after}} if after else {}
    return answer({"data": rows, "paging": paging | ({"next": leak} if has_next else {})})


def test_lists_are_read_by_cursor_and_an_empty_page_is_not_the_end(graph, channel):
    graph.next += [
        page_of([row(1, minutes=-1)], after="A"),
        page_of([], after="B"),
        page_of([row(2, minutes=-2)], after="C", has_next=False),
    ]

    posts = channel.recent_posts(ACCESS, since=SINCE)

    assert [post.external_id for post in posts] == [f"{PAGE}_1", f"{PAGE}_2"]
    assert [fields_of(request).get("after") for request in graph.requests] == [None, "A", "B"]
    assert all(fields_of(request)["limit"] == "25" for request in graph.requests)


@pytest.mark.parametrize(
    "pages",
    [
        [page_of([row(1, minutes=-1)], after=None)],
        [page_of([row(1, minutes=-1)], after="A"), page_of([], after="A")],
        [page_of([row(1, minutes=-1), row(2, minutes=-11)], after="A")],
    ],
    ids=["no cursor", "the same cursor again", "older than asked"],
)
def test_reading_a_list_comes_to_an_end(graph, channel, pages):
    graph.next += pages

    posts = channel.recent_posts(ACCESS, since=SINCE)

    assert len(posts) == 1
    assert len(graph.requests) == len(pages)


def test_a_post_of_the_very_second_is_among_the_recent(graph, channel):
    graph.next.append(answer({"data": [row(1, minutes=0)]}))

    assert len(channel.recent_posts(ACCESS, since=NOW.replace(microsecond=700_000))) == 1


def test_without_an_app_id_nobody_can_say_whose_a_post_is(graph):
    graph.next.append(answer({"data": [row(1, minutes=0)]}))

    [post] = graph.channel(app_id="").recent_posts(ACCESS, since=SINCE)

    assert post.ours is None


@pytest.mark.parametrize(
    "broken", [{"data": [{}]}, {"data": [{"id": "1", "created_time": "yesterday"}]}, {"data": [7]}, {}]
)
def test_posts_that_cannot_be_read_are_not_posts_that_are_not_there(graph, channel, broken):
    graph.next.append(answer(broken))

    with pytest.raises(PageUnavailable):
        channel.recent_posts(ACCESS, since=SINCE)


# messages


def test_an_answer_goes_out_as_a_response_with_our_reference(graph, channel):
    mid = channel.send(ACCESS, PERSON, OutgoingMessage(text="Olemme auki.", reference="out:9"))

    assert mid == "m_sent"
    sent = fields_of(graph.requests[0])
    assert sent["messaging_type"] == "RESPONSE"
    assert json.loads(sent["message"]) == {"text": "Olemme auki.", "metadata": "out:9"}
    assert "tag" not in sent


def test_buttons_make_a_template_and_a_number_is_dialled(graph, channel):
    buttons = [UrlButton(title="Avaa", url="https://example.org"), UrlButton(title="Soita", url="tel:+3580")]

    channel.send(ACCESS, PERSON, OutgoingMessage(text="Valitse", reference="out:9", buttons=buttons))

    message = json.loads(fields_of(graph.requests[0])["message"])
    assert message["attachment"]["payload"] == {
        "template_type": "button",
        "text": "Valitse",
        "buttons": [
            {"type": "web_url", "title": "Avaa", "url": "https://example.org"},
            {"type": "phone_number", "title": "Soita", "payload": "+3580"},
        ],
    }
    assert "text" not in message


@pytest.mark.parametrize(
    ("failed", "is_held"), [(error(10, 2018278), False), (error(551), False), (error(10, 2018300), True)]
)
def test_a_person_who_cannot_be_written_to_is_told_from_a_thread_that_is_held(
    graph, channel, failed, is_held
):
    graph.next.append(failed)

    with pytest.raises(RecipientUnreachable) as caught:
        channel.send(ACCESS, PERSON, OutgoingMessage(text="Hei", reference="out:9"))

    assert caught.value.held_by_other is is_held


def test_an_answer_without_an_id_leaves_the_message_unknown(graph, channel):
    graph.next.append(answer({"recipient_id": PERSON}))

    with pytest.raises(OutcomeUnknown):
        channel.send(ACCESS, PERSON, OutgoingMessage(text="Hei", reference="out:9"))


def said(mid: str, text: str | None, *, by: str = PAGE, minutes: float = -1) -> dict[str, object]:
    made = (NOW + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    return {"id": mid, "message": text, "from": {"id": by}, "created_time": made}


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([said("m_1", "Hei\r\nsinä ")], "m_1"),
        ([said("m_1", "Hei\nsinä", minutes=-5), said("m_2", "Hei\nsinä", minutes=-4)], "m_2"),
        ([said("m_1", "Hei\nsinä", minutes=-10)], "m_1"),
        ([said("m_1", "Hei\nsinä", by=PERSON)], None),
        ([said("m_1", "Hei\nsinä", minutes=-11)], None),
        ([said("m_1", "Muuta"), said("m_2", None)], None),
        ([], None),
    ],
)
def test_a_message_of_ours_is_found_by_writer_text_and_time(graph, channel, messages, expected):
    graph.next.append(answer({"data": [{"id": "t_1", "messages": {"data": messages}}]}))

    found = channel.find_sent(ACCESS, PERSON, text=" Hei\nsinä", since=SINCE.replace(microsecond=5))

    assert found == expected
    asked = fields_of(graph.requests[0])
    assert (asked["user_id"], asked["platform"]) == (PERSON, "MESSENGER")


# counters


def by_metric(readings):
    return {reading.metric: reading.value for reading in readings}


def test_counters_of_a_post_come_from_insights_and_from_its_fields(graph, channel):
    readings = channel.post_counters(ACCESS, POST)

    assert by_metric(readings) == {
        "post_shares": 3,
        "post_comments": 4,
        "post_reactions": 15,
        "post_views": 7,
        "post_reach": 7,
        "post_clicks": 7,
        "post_link_clicks": 7,
    }
    assert graph.edges() == [f"GET {POST}", f"GET {POST}/insights"]


def at_once(request):
    """A Graph that sends the insights along with the fields, as Meta does."""
    fields = fields_of(request)["fields"]
    names = fields.partition("insights.metric(")[2].partition(")")[0].split(",")
    values = {"post_clicks_by_type": {"link clicks": 4, "other clicks": 3}}
    rows = [
        {"name": name, "period": "lifetime", "values": [{"value": values.get(name, 7)}]} for name in names
    ]
    return answer({"shares": {"count": 3}, "insights": {"data": rows}})


def test_all_counters_of_a_post_come_in_one_call():
    graph = ScriptedGraph(at_once)

    values = by_metric(graph.channel().post_counters(ACCESS, POST))

    assert len(graph.requests) == 1
    assert (values["post_shares"], values["post_views"], values["post_link_clicks"]) == (3, 7, 4)


def test_a_thousand_posts_cost_a_thousand_calls_and_few_more_for_a_dead_name():
    def transport(request):
        sent = fields_of(request)
        if "post_clicks" in re.findall(r"\w+", sent.get("fields", "") + sent.get("metric", "")):
            return error(100, message="(#100) The value must be a valid insights metric")
        names = json.loads(sent.get("metric", "[]"))
        rows = [{"name": name, "period": "lifetime", "values": [{"value": 7}]} for name in names]
        return answer({"data": rows}) if names else at_once(request)

    graph = ScriptedGraph(transport)
    channel = graph.channel()

    values = [by_metric(channel.post_counters(ACCESS, f"{POST}{number}")) for number in range(1000)]

    assert 1000 <= len(graph.requests) <= 1010
    assert {value["post_views"] for value in values} == {7}
    assert {value["post_clicks"] for value in values} == {None}


def test_of_two_rows_the_one_over_the_lifetime_counts(graph, channel):
    values = {"lifetime": 41, "day": 0}
    rows = [
        {"name": "post_total_media_view_unique", "period": period, "values": [{"value": value}]}
        for period, value in values.items()
    ]
    graph.next += [answer({}), answer({"data": rows})]

    assert by_metric(channel.post_counters(ACCESS, POST))["post_reach"] == 41


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"data": [7]},
        {"data": [{"name": "post_clicks"}]},
        {"data": [{"name": "x", "period": "day", "values": [1]}]},
    ],
)
def test_counters_that_cannot_be_read_are_asked_for_again(graph, channel, broken):
    graph.next += [answer({}), answer(broken)]

    with pytest.raises(PageUnavailable):
        channel.post_counters(ACCESS, POST)


def test_a_post_that_nobody_shared_has_no_shares_and_what_is_missing_is_no_zero(graph, channel):
    graph.next += [answer({"comments": {"data": [], "summary": {"total_count": 0}}}), answer({"data": []})]

    values = by_metric(channel.post_counters(ACCESS, POST))

    assert (values["post_shares"], values["post_comments"]) == (0, 0)
    assert (values["post_reactions"], values["post_views"]) == (None, None)


def test_counters_of_a_page_are_one_a_day(graph, channel):
    days = [NOW - timedelta(days=2), NOW - timedelta(days=1)]
    row = {"name": "page_media_view", "period": "day", "values": [day(5, days[0]), day(0, days[1])]}
    graph.next += [answer({"followers_count": 812}), answer({"data": [row]})]

    readings = channel.page_counters(ACCESS, since=NOW - timedelta(days=3), until=NOW)

    assert readings == [
        Reading(metric="page_followers", value=812),
        Reading(metric="page_views", value=5, period_end=days[0]),
        Reading(metric="page_views", value=0, period_end=days[1]),
        Reading(metric="page_reach", value=None),
        Reading(metric="page_engagements", value=None),
    ]


def test_a_long_time_is_asked_in_parts_of_ninety_days(graph, channel):
    since = NOW - timedelta(days=200)

    channel.page_counters(ACCESS, since=since, until=NOW)

    spans = [(int(sent["since"]), int(sent["until"])) for sent in map(fields_of, graph.requests[1:])]
    assert [until - start for start, until in spans] == [90 * 86400, 90 * 86400, 20 * 86400]
    assert spans[0][0] == int(since.timestamp())
    assert spans[-1][1] == int(NOW.timestamp())


def refusing(*dead: str):
    """A Graph where one dead name makes the whole call fail."""

    def transport(request):
        names = json.loads(fields_of(request).get("metric", "[]"))
        if set(names) & set(dead):
            return error(100, message="(#100) The value must be a valid insights metric")
        rows = [{"name": name, "period": "lifetime", "values": [{"value": 7}]} for name in names]
        return answer({"data": rows} if names else {"shares": {"count": 1}})

    return transport


class ScriptedGraph(RecordingGraph):
    def __init__(self, transport):
        super().__init__()
        self.transport = transport

    def __call__(self, request):
        self.next.append(self.transport(request))
        return super().__call__(request)


@pytest.mark.parametrize("dead", metrics.POST_INSIGHTS)
def test_a_dead_name_empties_no_other_and_is_asked_once_only(dead):
    graph = ScriptedGraph(refusing(dead))
    channel = graph.channel()

    values = by_metric(channel.post_counters(ACCESS, POST))
    asked = len(graph.requests)
    again = by_metric(channel.post_counters(ACCESS, POST))

    living = set(metrics.POST_INSIGHTS.values()) - {metrics.POST_INSIGHTS[dead]}
    assert values == again
    assert {metric for metric in living if values[metric] == 7} == living
    assert values[metrics.POST_INSIGHTS[dead]] is None
    assert len(graph.requests) - asked == 2  # the fields, and the living names in one call


def test_when_every_name_is_refused_it_was_not_about_the_names():
    graph = ScriptedGraph(refusing(*metrics.POST_INSIGHTS))
    channel = graph.channel()

    assert by_metric(channel.post_counters(ACCESS, POST))["post_views"] is None

    graph.transport = refusing()
    assert by_metric(channel.post_counters(ACCESS, POST))["post_views"] == 7


@pytest.mark.parametrize("subcode", [2874008, 2932001, 2932010])
def test_what_the_platform_does_not_count_is_not_available(graph, channel, subcode):
    graph.next += [answer({"followers_count": 34}), error(100, subcode)]

    readings = channel.page_counters(ACCESS, since=SINCE, until=NOW)

    assert by_metric(readings) == {
        "page_followers": 34,
        "page_views": None,
        "page_reach": None,
        "page_engagements": None,
    }
    assert len(graph.requests) == 2


def test_a_field_that_graph_does_not_know_empties_no_insights(graph, channel):
    graph.next.append(error(100, message="(#100) Tried accessing nonexisting field (followers_count)"))

    values = by_metric(channel.page_counters(ACCESS, since=SINCE, until=NOW))

    assert (values["page_followers"], values["page_views"]) == (None, 7)


@pytest.mark.parametrize("before", [[], [answer({})]])
def test_a_post_that_is_gone_is_not_a_post_without_counters(graph, channel, before):
    graph.next += [*before, error(100, 33)]

    with pytest.raises(ContentRefused):
        channel.post_counters(ACCESS, POST)


def test_a_metric_that_has_no_living_name_says_since_when():
    names = {"post_impressions": "post_views", "post_clicks": "post_clicks"}

    readings = metrics.readings(names, [], period="lifetime")

    assert [reading.retired_on for reading in readings] == [date(2025, 11, 15), None]


def test_no_living_name_is_a_retired_one():
    assert not {*metrics.PAGE_INSIGHTS, *metrics.POST_INSIGHTS} & set(metrics.RETIRED)


# the connection


def token_data(**data: object):
    return answer({"data": {"app_id": APP, "is_valid": True, "scopes": list(connection.PERMISSIONS)} | data})


def subscribed(*names: str, app: str = APP):
    return answer({"data": [{"id": app, "subscribed_fields": list(names)}]})


def test_a_healthy_connection_has_nothing_missing(graph, channel):
    graph.next += [
        token_data(expires_at=0, data_access_expires_at=0, profile_id=PAGE),
        answer(
            {"data": [{"id": APP, "subscribed_fields": list(connection.SUBSCRIPTIONS)}]},
            facebook_api_version="v26.0",
        ),
    ]

    report = channel.check(ACCESS)

    assert report.is_valid
    assert report.expires_at is None
    assert not [*report.missing_permissions, *report.missing_subscriptions]
    assert (report.api_version, report.problem) == ("v26.0", None)


def test_what_is_missing_is_named(graph, channel):
    graph.next += [token_data(scopes=["pages_manage_posts"]), subscribed("messages", "feed")]

    report = channel.check(ACCESS)

    assert "pages_messaging" in report.missing_permissions
    assert "pages_manage_posts" not in report.missing_permissions
    assert "standby" in report.missing_subscriptions
    assert "messages" not in report.missing_subscriptions


def test_the_subscription_of_another_app_is_not_ours(graph, channel):
    graph.next += [token_data(), subscribed(*connection.SUBSCRIPTIONS, app="26")]

    assert list(channel.check(ACCESS).missing_subscriptions) == list(connection.SUBSCRIPTIONS)


def test_the_first_end_counts(graph, channel):
    graph.next.append(token_data(expires_at=0, data_access_expires_at=1802776000))

    assert channel.check(ACCESS).expires_at == datetime.fromtimestamp(1802776000, UTC)


@pytest.mark.parametrize("data", [{"is_valid": False, "error": {"code": 190}}, {"profile_id": "26"}])
def test_a_token_that_is_dead_or_another_s_is_no_connection(graph, channel, data):
    graph.next.append(token_data(**data))

    report = channel.check(ACCESS)

    assert not report.is_valid
    assert report.problem
    assert len(graph.requests) == 1


def test_a_token_too_dead_to_be_asked_about_is_no_connection(graph, channel):
    graph.next.append(error(190, 460, status=401))

    report = channel.check(ACCESS)

    assert not report.is_valid
    assert report.problem
    assert "Connect the page again" in report.problem


def test_a_check_that_fails_for_another_reason_says_nothing_of_the_connection(graph, channel):
    graph.next.append(error(2, status=500))

    with pytest.raises(PageUnavailable):
        channel.check(ACCESS)


def test_another_version_than_the_one_set_is_a_problem(graph, channel, caplog):
    caplog.set_level(logging.WARNING)
    graph.next += [
        answer(
            {"data": {"is_valid": True, "scopes": list(connection.PERMISSIONS)}}, facebook_api_version="v27.0"
        ),
        answer({"data": []}, facebook_api_version="v27.0"),
    ]

    report = channel.check(ACCESS)

    assert report.api_version == "v27.0"
    assert report.problem
    assert caplog.messages == ["another API version answers"]


def test_subscribing_asks_for_every_event_that_we_use(graph, channel):
    channel.subscribe(ACCESS)

    assert graph.edges() == [f"POST {PAGE}/subscribed_apps"]
    assert json.loads(fields_of(graph.requests[0])["subscribed_fields"]) == list(connection.SUBSCRIPTIONS)


@pytest.mark.parametrize("success", [True, "true"])
def test_a_subscription_is_confirmed_as_a_value_or_as_text(graph, channel, success):
    graph.next.append(answer({"success": success}))

    channel.subscribe(ACCESS)


@pytest.mark.parametrize("body", [{"success": False}, {"success": "false"}, {}])
def test_a_subscription_that_is_not_confirmed_is_not_made(graph, channel, body):
    graph.next.append(answer(body))

    with pytest.raises(PageUnavailable):
        channel.subscribe(ACCESS)


# limits


def usage(percent: int, *, minutes: int = 0, kind: str = "pages") -> str:
    counters = {"type": kind, "call_count": percent, "estimated_time_to_regain_access": minutes}
    return json.dumps({PAGE: [counters]})


def test_a_throttled_page_is_left_alone_until_its_time(graph, channel):
    graph.next.append(error(80001, headers={"x-business-use-case-usage": usage(103, minutes=12)}))
    with pytest.raises(PageUnavailable) as first:
        channel.publish(ACCESS, TEXT)
    with pytest.raises(PageUnavailable) as second:
        channel.recent_posts(ACCESS, since=SINCE)

    assert first.value.retry_at == second.value.retry_at == NOW + timedelta(minutes=12)
    assert second.value.throttled
    assert len(graph.requests) == 1

    graph.wait(minutes=12)
    channel.publish(ACCESS, TEXT)
    assert len(graph.requests) == 2


def test_throttles_one_after_the_other_wait_longer_until_a_call_goes_well(graph, channel):
    waits = []
    for _ in range(3):
        graph.next.append(error(4))
        with pytest.raises(PageUnavailable) as caught:
            channel.publish(ACCESS, TEXT)
        assert caught.value.retry_at
        waits.append(caught.value.retry_at - graph.now)
        graph.wait(minutes=30)
    channel.publish(ACCESS, TEXT)
    graph.next.append(error(4))
    with pytest.raises(PageUnavailable) as caught:
        channel.publish(ACCESS, TEXT)

    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert caught.value.retry_at == graph.now + timedelta(minutes=1)


def test_throttled_counters_never_hold_up_an_answer_to_a_person(graph, channel):
    graph.next.append(error(80001))
    with pytest.raises(PageUnavailable):
        channel.post_counters(ACCESS, POST)

    assert channel.send(ACCESS, PERSON, OutgoingMessage(text="Hei", reference="out:9")) == "m_sent"


def test_at_ninety_percent_counters_wait_and_posts_go_out(graph, channel):
    graph.next.append(answer({"data": []}, x_business_use_case_usage=usage(91)))
    channel.recent_posts(ACCESS, since=SINCE)

    with pytest.raises(PageUnavailable) as caught:
        channel.post_counters(ACCESS, POST)
    assert caught.value.throttled

    assert channel.publish(ACCESS, TEXT) == POST


def test_counters_that_have_begun_are_read_to_their_end(graph, channel):
    graph.next.append(answer({"shares": {"count": 1}}, x_business_use_case_usage=usage(80)))

    assert by_metric(channel.post_counters(ACCESS, POST))["post_views"] == 7


def test_one_channel_serves_many_threads(graph, channel):
    def work() -> None:
        for number in range(20):
            channel.publish(ACCESS, TEXT)
            channel.post_counters(ACCESS, f"{PAGE}_{number}")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(graph.requests) == 8 * 20 * 3
