"""Follow-up's first view, single goals and reports, as workers meet them."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from sqlmodel import select

from social_bot.answering.outcomes import Lane
from social_bot.answering.store import Direction, MessageRow, ThreadRow
from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.metrics import Metric
from social_bot.planning.store import GoalRow
from social_bot.tracking.figure_store import FigureCountRow, FigureMonthRow, GoalLookRow
from social_bot.tracking.figures import Figure
from tests.conftest import NOW, PAGE
from tests.web.conftest import COORDINATOR

GOAL = {
    "about": "all",
    "metric": "messages_received",
    "target": "40",
    "starts_on": "2026-11-02",
    "by_on": "2026-12-31",
    "target_group": "Nuoret ilman asuntoa",
    "why": "Moni ei tiedä meistä.",
}


def the_thread(session):
    thread = session.get(ThreadRow, 1)
    if thread is None:
        session.add(ThreadRow(id=1, page_id=PAGE, contact_index="x", contact_sealed=b"x", created_at=NOW))
        session.flush()
    return 1


def write_messages(bot, count, at=NOW - timedelta(days=1)):
    with bot.database.write() as session:
        for _ in range(count):
            session.add(
                MessageRow(
                    thread_id=the_thread(session),
                    page_id=PAGE,
                    direction=Direction.INBOUND,
                    at=at,
                    lane=Lane.GENERAL,
                    topic="debt",
                    language="fi",
                )
            )


def keep(bot, month, value, figure=Figure.MESSAGES_RECEIVED):
    with bot.database.write() as session:
        session.add(FigureMonthRow(page_id=PAGE, month=month, counted_at=NOW, is_final=True))
        session.add(FigureCountRow(page_id=PAGE, month=month, figure=figure, part="", value=value))


def test_the_first_view_of_follow_up_is_the_dashboard(coordinator):
    page = coordinator.read("/")

    assert 'href="/dashboard"' in page
    assert "Näin menee" in coordinator.read("/dashboard")


def test_the_dashboard_puts_this_month_beside_last_month_and_last_year(coordinator, timed_bot):
    write_messages(timed_bot, 7)
    keep(timed_bot, "2026-10", 1234)
    keep(timed_bot, "2025-11", 15)

    page = coordinator.read("/dashboard")

    row = page[page.index("Viestit asukkailta", page.index("figures")) :].split("</tr>")[0]
    assert "<strong>7</strong>" in row
    assert "1\xa0234" in row
    assert ">15<" in row


def test_a_month_of_which_nothing_is_known_is_not_known_rather_than_zero(coordinator, timed_bot):
    page = coordinator.read("/dashboard")

    row = page[page.index("Viestit asukkailta") :].split("</tr>")[0]
    assert row.count("ei tiedossa") == 2


def test_a_chart_says_in_words_what_it_draws_and_stands_beside_its_table(coordinator, timed_bot):
    write_messages(timed_bot, 7)
    keep(timed_bot, "2026-10", 30)

    page = coordinator.get("/dashboard").text
    svg = page[page.index('<svg class="chart"') :]
    chart = ET.fromstring(svg[: svg.index("</svg>") + 6].replace("&nbsp;", " "))

    assert chart.get("role") == "img"
    ids = (chart.get("aria-labelledby") or "").split()
    assert [element.get("id") for element in chart[:2]] == ids
    assert all(element.text for element in chart[:2])
    assert "style" not in svg[: svg.index("</svg>")]
    assert "Lokakuu 2026" in page


def test_attention_names_what_waits_and_leads_there(coordinator, world):
    page = coordinator.read("/dashboard")

    assert "Vaara, jota kukaan ei ole ottanut hoitaakseen: 1" in page


def test_a_coordinator_adds_a_goal_for_whom_and_why(coordinator, timed_bot):
    answer = coordinator.submit("/goals/new", standing_on="/goals/new", **GOAL)
    page = coordinator.read(answer.headers["location"])

    assert answer.status_code == 303
    assert "Nuoret ilman asuntoa" in page
    assert "Moni ei tiedä meistä." in page
    assert "Koko organisaatio" in page
    with timed_bot.database.read() as session:
        row = session.exec(select(GoalRow)).one()
        actions = [entry.action for entry in session.exec(select(AuditEntryRow)).all()]
    assert (row.metric, row.target, row.created_by) == (Metric.MESSAGES_RECEIVED, 40, COORDINATOR)
    assert "goal.add" in actions


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"about": ""}, "about"),
        ({"about": "campaign:x"}, "about"),
        ({"metric": "happiness"}, "metric"),
        ({"target": "0"}, "target"),
        ({"target": "neljä"}, "target"),
        ({"by_on": ""}, "by_on"),
        ({"by_on": "2026-13-01"}, "by_on"),
        ({"starts_on": ""}, "starts_on"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_on_top(coordinator, change, field):
    token = coordinator.token("/goals/new")

    answer = coordinator.post("/goals/new", data={"token": token, **GOAL, **change})

    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert f'id="{field}-problem"' in answer.text


@pytest.mark.parametrize(
    "change",
    [
        {"metric": "answered_share", "target": "101"},
        {"by_on": "2026-11-01"},
        {"why": "Soita 040 123 4567"},
        {"about": f"page:{PAGE}", "metric": "visit_contacts"},
    ],
)
def test_a_goal_that_cannot_be_measured_is_refused_with_a_sentence(coordinator, timed_bot, change):
    token = coordinator.token("/goals/new")

    answer = coordinator.post("/goals/new", data={"token": token, **GOAL, **change})

    assert answer.status_code == 422
    assert 'class="problems"' in answer.text
    with timed_bot.database.read() as session:
        assert session.exec(select(GoalRow)).all() == []


def test_only_a_coordinator_adds_goals(writer):
    answer = writer.submit("/goals/new", standing_on="/goals/new", **GOAL)

    assert answer.status_code == 403


def goal(coordinator, **more):
    answer = coordinator.submit("/goals/new", standing_on="/goals/new", **{**GOAL, **more})
    return answer.headers["location"].split("?")[0]


def test_a_goal_is_changed_and_its_measure_stays(coordinator, timed_bot):
    path = goal(coordinator)

    coordinator.submit(
        f"{path}/change", standing_on=f"{path}/change", **{**GOAL, "target": "60", "metric": "contacts"}
    )

    with timed_bot.database.read() as session:
        row = session.exec(select(GoalRow)).one()
    assert (row.target, row.metric) == (60, Metric.MESSAGES_RECEIVED)


def test_an_ended_goal_leaves_the_lists_and_keeps_its_value(coordinator, timed_bot, clock):
    path = goal(coordinator)
    write_messages(timed_bot, 5)

    coordinator.submit(f"{path}/end", standing_on=path)
    clock.forward(days=2)
    write_messages_later(timed_bot, 3, clock())
    clock.forward(hours=1)
    coordinator.enter(COORDINATOR)

    assert path not in coordinator.read("/goals")
    assert "<strong>5</strong>" in coordinator.read(path)


def write_messages_later(bot, count, at):
    with bot.database.write() as session:
        for _ in range(count):
            session.add(MessageRow(thread_id=1, page_id=PAGE, direction=Direction.INBOUND, at=at))


def test_a_goal_says_what_has_changed_since_the_last_look(coordinator, timed_bot, clock):
    path = goal(coordinator)
    write_messages(timed_bot, 5)
    first = coordinator.read(path)
    clock.forward(hours=3)
    write_messages_later(timed_bot, 4, clock())
    clock.forward(minutes=5)

    second, again = coordinator.read(path), coordinator.read(path)

    assert "sen jälkeen" not in first
    assert "+4 sen jälkeen" in second
    assert "+4 sen jälkeen" in again  # looks within an hour are one look
    with timed_bot.database.read() as session:
        assert session.exec(select(GoalLookRow)).one().operator == COORDINATOR


def test_a_goal_shows_the_weeks_it_came_in_and_says_no_more_of_causes(coordinator, timed_bot):
    path = goal(coordinator)
    write_messages(timed_bot, 6)

    page = coordinator.read(path)

    assert "Viikko viikolta" in page
    assert "syy" in page


def test_with_few_events_no_forecast_is_made(coordinator, timed_bot):
    path = goal(coordinator)
    write_messages(timed_bot, 3)

    assert "liian aikaista" in coordinator.read(path).lower()


def test_with_enough_events_the_forecast_has_its_range(coordinator, timed_bot):
    path = goal(coordinator)
    for week in (21, 14, 7, 1):
        with timed_bot.database.write() as session:
            thread = the_thread(session)
            for _ in range(10):
                session.add(
                    MessageRow(
                        thread_id=thread,
                        page_id=PAGE,
                        direction=Direction.INBOUND,
                        at=NOW - timedelta(days=week),
                    )
                )

    page = coordinator.read(path)

    assert "luultavasti" in page


def test_a_report_of_a_month_hides_small_counts(coordinator, timed_bot):
    write_messages(timed_bot, 20, at=datetime(2026, 10, 6, 8, tzinfo=UTC))

    page = coordinator.read("/reports/months/2026-10")

    assert "Lokakuu 2026" in page
    assert "<strong>20</strong>" in page
    assert "&lt; 5" in coordinator.get("/reports/months/2026-10").text  # one conversation


def test_the_report_of_a_running_month_rounds_people_down_to_fives(coordinator, timed_bot):
    write_messages(timed_bot, 22)

    page = coordinator.read("/reports/months/2026-11")

    assert "20–24" in page
    assert "<strong>22</strong>" not in page


def test_a_campaigns_report_has_its_goals_posts_and_inbound(coordinator, world):
    page = coordinator.read(f"/reports/campaigns/{world.campaign}")

    assert page.count("<h2") >= 4
    assert "Tavoitteet" in page


@pytest.mark.parametrize("path", ["/reports/months/2026-13", "/goals/999", "/reports/campaigns/999"])
def test_what_does_not_exist_is_told_with_a_sentence(coordinator, path):
    assert coordinator.get(path).status_code in (404, 422)


def test_the_reports_of_months_are_listed_from_the_newest(coordinator, timed_bot):
    write_messages(timed_bot, 1, at=datetime(2026, 9, 6, 8, tzinfo=UTC))

    page = coordinator.read("/reports")

    assert page.index("2026-11") < page.index("2026-10") < page.index("2026-09")
