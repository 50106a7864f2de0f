"""Who may ask the interface, how often and for what, and how it says what went wrong."""

from datetime import date

import pytest
from sqlmodel import select

from social_bot.organisation import api_tokens, audit
from social_bot.organisation.metrics import Metric
from social_bot.planning.store import GoalRow
from social_bot.tracking.figure_store import OFFICE, FigureMonthRow
from social_bot.web.api.app import PATH
from social_bot.web.floods import Floods
from tests.conftest import PAGE
from tests.web.published import EVERYTHING, OTHER_PAGE, ask, items, make_token, published

__all__ = ["ask", "make_token", "published"]


@pytest.mark.parametrize("path", EVERYTHING)
def test_nothing_is_read_without_a_token_that_holds(published, anybody, make_token, clock, path):
    old = make_token(name="Vanha", days=1)
    clock.forward(days=2)

    for headers in ({}, {"Authorization": f"Bearer {old}"}, {"Authorization": "Bearer sb1_x"}):
        answer = anybody.get(f"/api/v1{path}", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
    assert anybody.get(f"/api/v1{path}", params={"access_token": make_token()}).status_code == 401


def test_a_token_of_one_page_reads_that_page_alone(published, world, ask, make_token):
    with published.database.read() as session:
        assert {row.page_id for row in session.exec(select(FigureMonthRow)).all()} == {PAGE, OFFICE}
    here, there = make_token(PAGE, name="Sivu"), make_token(OTHER_PAGE, name="Toinen sivu")

    assert {row["page"] for row in items(ask("/figures?months=2026-09&limit=2000", token=here))} == {PAGE}
    assert items(ask("/figures?months=2026-09", token=there)) == []
    assert [row["page"] for row in items(ask("/pages", token=there))] == [OTHER_PAGE]
    assert items(ask("/campaigns", token=there)) == items(ask("/goals", token=there)) == []
    ask(f"/campaigns/{world.campaign}", token=there, status=404)
    for path in (f"/figures?months=2026-09&page={PAGE}", "/figures?months=2026-09&page=organisation"):
        ask(path, token=there, status=403)
    for path in ("/visits?months=2026-09", "/trials", "/trials/1", "/comparison?months=2026-09"):
        refused = ask(path, token=here, status=403).json()
        assert "koko organisaatiolle" in refused["detail"]


def test_a_token_of_one_page_gets_nothing_of_all_pages_together(published, world, ask, make_token):
    here = make_token(PAGE, name="Sivu")
    with published.database.write() as session:
        session.add(
            GoalRow(
                campaign_id=world.campaign,
                metric=Metric.CALLBACKS_REQUESTED,
                target=40,
                by_on=date(2026, 12, 31),
                why={"fi": "Soitto on helpoin."},
            )
        )

    def told(**token):
        report = ask(f"/campaigns/{world.campaign}", **token).json()
        keys = {each["table"] for section in report["sections"] for each in section["tables"]}
        return keys | {each["figure"].partition("-")[2][2:] for each in report["sections"][0]["figures"]}

    def metrics(**token):
        return {goal["metric"] for goal in items(ask("/goals", **token))}

    assert told() - told(token=here) == {"callbacks", "callbacks_requested"}
    assert metrics() - metrics(token=here) == {"callbacks_requested"}
    assert metrics(token=here)


def test_what_breaks_is_a_problem_and_no_traceback(published, browse, make_token):
    browser = browse(fails=False)
    (api,) = [route.app for route in browser.app.routes if getattr(route, "path", "") == PATH]
    api.state.floods = None

    answer = browser.get("/api/v1/goals", headers={"Authorization": f"Bearer {make_token()}"})

    assert (answer.status_code, answer.json()["status"]) == (500, 500)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "status", "parameter", "said"),
    [
        ("/figures", 422, "months", "Parametri months puuttuu."),
        ("/figures?months=kissa", 422, "months", "2026-01..2026-11"),
        ("/figures?months=2026-11..2026-01", 422, "months", "väärässä järjestyksessä"),
        ("/figures?months=2026-09&sivu=1", 422, "sivu", "Parametria sivu ei ole täällä."),
        ("/figures?months=2026-09&limit=0", 422, "limit", "Parametri limit ei kelpaa"),
        ("/figures?months=2026-09&figure=kissa", 422, "figure", "/api/v1/openapi.json"),
        ("/figures?months=2026-09&figure=", 422, "figure", "/api/v1/openapi.json"),
        ("/figures?months=2026-09&page=999", 404, "page", "Sivua 999 ei ole."),
        ("/campaigns/999", 404, "campaign_id", "Kampanjaa 999 ei ole täällä."),
        ("/campaigns/kissa", 422, "campaign_id", "Parametri campaign_id ei kelpaa"),
        ("/trials/999", 404, "trial_id", "999"),
        ("/kissa", 404, None, "Tässä osoitteessa ei ole mitään."),
    ],
)
def test_a_problem_names_the_parameter_and_the_way_on(ask, path, status, parameter, said):
    answer = ask(path, status=status)

    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"].startswith("urn:social-bot:problem:")
    assert (problem["status"], problem.get("parameter")) == (status, parameter)
    assert problem["instance"] == f"/api/v1{path.partition('?')[0]}"
    assert said in problem["detail"]


@pytest.mark.parametrize(
    ("wanted", "language", "title"),
    [
        ("sv-FI,fi;q=0.5", "sv", "Inte här"),
        ("de, en;q=0.3, sv;q=0.2", "en", "Not here"),
        ("de", "fi", "Ei täällä"),
        ("en;q=kissa", "fi", "Ei täällä"),
        ("", "fi", "Ei täällä"),
    ],
)
def test_a_problem_speaks_the_language_that_is_asked_for(published, ask, wanted, language, title):
    answer = ask("/trials/9", status=404, Accept_Language=wanted)

    assert (answer.json()["title"], answer.headers["content-language"]) == (title, language)


def test_only_reading_is_open(published, anybody, ask):
    answer = anybody.post("/api/v1/goals")

    assert (answer.status_code, answer.json()["status"], answer.headers["allow"]) == (405, 405, "GET")


def test_the_asker_may_keep_an_answer_and_nobody_between(published, ask):
    first = ask("/metrics")
    again = ask("/metrics", status=304, If_None_Match=first.headers["etag"])
    other = ask("/metrics", If_None_Match=first.headers["etag"], Accept_Language="sv")

    assert first.headers["cache-control"].startswith("private")
    assert "Authorization" in first.headers["vary"]
    assert again.content == b""
    assert other.json() != first.json()


def test_a_token_that_asks_too_often_waits_and_others_do_not(published, anybody, ask, make_token):
    (api,) = [route.app for route in anybody.app.routes if getattr(route, "path", "") == PATH]
    api.state.floods = Floods(an_hour=3)
    busy = make_token(name="Silmukka")
    for _ in range(3):
        ask("/pages", token=busy)

    answer = ask("/pages", token=busy, status=429)

    assert int(answer.headers["retry-after"]) > 0
    ask("/pages")


def test_the_day_of_use_is_noted_and_no_call_is_in_the_log(published, ask, caplog):
    before = count_audit(published)

    ask("/goals")

    with published.database.read() as session:
        (row,) = api_tokens.everyone(session)
    assert row.last_used_on == published.now().date()
    assert count_audit(published) == before
    assert "sb1_" not in caplog.text


def count_audit(bot):
    with bot.database.read() as session:
        return audit.verify(session).count


def test_the_description_is_of_the_interface_alone(published, anybody):
    answer = anybody.get("/api/v1/openapi.json")

    paths = answer.json()["paths"]
    assert {path.split("?")[0] for path in EVERYTHING} <= set(paths)
    assert all(set(operations) == {"get"} for operations in paths.values())
    assert anybody.get("/openapi.json").status_code == 404
    assert anybody.get("/docs").status_code == 404
    assert anybody.get("/api/v1/docs").status_code == 404
