"""What the interface answers: whole months, equal to the reports, nothing hidden found out, never 0 for what is missing."""

import csv
import io
from datetime import date

from sqlmodel import select

from social_bot.tracking import publication
from social_bot.tracking.campaign_report import build_campaign_report
from social_bot.tracking.comparison import compare
from social_bot.tracking.export import export_rows, write_csv
from social_bot.tracking.figure_store import FigureCountRow, FigureMonthRow
from social_bot.tracking.goal_files import goals_csv
from social_bot.tracking.outreach_store import VisitRow
from social_bot.tracking.periods import parse_months
from social_bot.tracking.progress import goals_now
from tests.conftest import NOW, PAGE
from tests.web.published import EVERYTHING, MESSAGES, OTHER_PAGE, ask, items, make_token, published

__all__ = ["ask", "make_token", "published"]


def test_the_figures_are_those_of_the_export_row_by_row(published, ask):
    with published.database.read() as session:
        exported = list(
            export_rows(
                session,
                parse_months("2026-09"),
                organisation=published.organisation(session),
                language="fi",
                now=published.now(),
            )
        )

    found = items(ask("/figures?months=2026-01..2026-11&limit=2000"))

    told = {
        (row["page"] or "", row["figure"], row["part_kind"] or "", row["part"] or ""): row for row in found
    }
    wanted = [row for row in exported if row["page"] != OTHER_PAGE]
    assert len(told) == len(found) == len(wanted) > 30
    for row in wanted:
        same = told[row["page"], row["figure"], row["part_kind"], row["part"]]
        assert (same["value"], same["unit"], same["name"]) == (row["value"], row["unit"], row["name"])
        assert (same["hidden"] is None) == (row["hidden"] == "")
        assert same["available"] == (row["value"] is not None or row["hidden"] != "")


def test_missing_is_null_and_hidden_says_so(published, ask):
    found = items(ask("/figures?months=2026-09&page=" + PAGE))

    by_name = {(row["figure"], row["part"]): row for row in found}
    assert by_name["post_views", None]["value"] is None
    assert by_name["post_views", None]["available"] is False
    debt = by_name["messages_received", "debt"]
    assert (debt["value"], debt["available"], debt["hidden"]) == (None, True, "small")
    assert debt["part_name"] == "Velat ja ulosotto"


def test_a_long_list_comes_in_parts_that_hold_each_row_once(published, ask):
    whole = items(ask("/figures?months=2026-09&limit=2000"))

    found, path = [], "/api/v1/figures?months=2026-09&limit=7"
    while path:
        answer = ask(path.removeprefix("/api/v1"))
        found += items(answer)
        path = answer.json()["next"]

    assert found == whole
    assert answer.json()["total"] == len(whole)


def test_goals_have_the_values_of_the_file_that_leaves_the_unit(published, world, ask):
    found = items(ask("/goals"))

    with published.database.read() as session:
        text = goals_csv(goals_now(session, now=published.now(), zone=published.settings.zone))
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert len(found) == len(rows) > 0
    for goal, row in zip(found, rows, strict=True):
        assert (str(goal["goal"]), goal["metric"], str(goal["target"])) == (
            row["goal"],
            row["metric"],
            row["target"],
        )
        assert str("" if goal["value"] is None else goal["value"]) == row["value"].replace("< 5", "")
        assert (goal["pace"] or "") == row["pace"]
        assert goal["available"] == (row["available"] == "True")


def test_a_campaigns_report_is_that_of_its_page(published, world, ask):
    (campaign,) = items(ask("/campaigns"))
    found = ask(f"/campaigns/{campaign['campaign']}", Accept_Language="sv").json()

    with published.database.read() as session:
        report = build_campaign_report(
            session,
            world.campaign,
            organisation=published.organisation(session),
            language="sv",
            now=published.now(),
        )
    assert found["title"] == report.title
    told = [(row["figure"], row["value"]) for section in found["sections"] for row in section["figures"]]
    assert told == [(figure.key, figure.cell.value) for figure in report.figures]


def test_visits_and_the_comparison_are_those_of_the_month(published, ask):
    rows = {row["channel"]: row for row in items(ask("/visits?months=2026-09"))}
    compared = ask("/comparison?months=2026-09&against=library").json()

    assert {name: row["contacts"]["value"] for name, row in rows.items()} == {
        None: 26,
        "mall": 20,
        "library": 6,
    }
    assert rows["library"]["declined"] == {"value": None, "available": True, "hidden": "withheld"}
    assert rows["mall"]["declined"] == {"value": None, "available": False, "hidden": None}
    with published.database.read() as session:
        page = compare(
            session,
            since=date(2026, 9, 1),
            until=date(2026, 9, 30),
            zone=published.settings.zone,
            against="channel:library",
        )
    for row in page.rows:
        assert row.per_hour is not None
        (same,) = [one for one in compared["items"] if one["channel"] == row.channel]
        assert same["contacts_per_hour"]["value"] == row.per_hour.value
        assert same["verdict"] == row.verdict
    assert (compared["against"], compared["months"]) == ("library", ["2026-09"])


def test_what_is_subtracted_from_what_tells_no_hidden_count(published, ask):
    """Views, export and interface side by side: every one of them hides the same cells, and shows the same."""
    with published.database.read() as session:
        organisation = published.organisation(session)
        rows = export_rows(
            session, parse_months("2026-09"), organisation=organisation, language="fi", now=published.now()
        )
        table = csv.DictReader(io.StringIO("".join(write_csv(rows)).removeprefix("\ufeff")), delimiter=";")
        exported = {(row["page"], row["figure"], row["part"]): row["value"] for row in table}
        seen = session.connection().exec_driver_sql(
            "SELECT page_id, figure, part, value FROM bi_figures WHERE page_id IS NOT NULL"
        )
        viewed = {(page, figure, part or ""): value for page, figure, part, value in seen}
    told = {
        (row["page"] or "", row["figure"], row["part"] or ""): row["value"]
        for row in items(ask("/figures?months=2026-09&limit=2000"))
    }

    topics = ("debt", "food", "none")
    for source in (exported, viewed, told):
        shown = [source[PAGE, "messages_received", topic] for topic in topics]
        assert [value or None for value in shown[:2]] == [None, None]  # 3 and 12: the sum of both is 15
        assert str(shown[2]) == "25"
    assert {key: "" if value is None else str(value) for key, value in told.items() if key[0] == PAGE} == {
        key: value for key, value in exported.items() if key[0] == PAGE
    }


def test_a_running_month_is_in_no_answer(published, ask):
    with published.database.write() as session:
        session.add(FigureMonthRow(page_id=PAGE, month="2026-11", counted_at=NOW))
        session.add(FigureCountRow(page_id=PAGE, month="2026-11", figure=MESSAGES, part="", value=9))
    publication.publish(published.database, gather=published.organisation, clock=published.now)

    assert {row["month"] for row in items(ask("/months"))} == {"2026-09"}
    assert items(ask("/figures?months=2026-11")) == []


def test_no_answer_holds_what_somebody_wrote_inside(published, world, ask):
    with published.database.write() as session:
        for visit in session.exec(select(VisitRow)).all():
            visit.note = "Salainen muistiinpano"
            session.add(visit)

    for path in (*EVERYTHING, f"/campaigns/{world.campaign}"):
        assert "Salainen" not in ask(path).text
