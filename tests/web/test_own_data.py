"""The pages for a person's own data, for Meta's requests, and for how long things are kept."""

import json

import pytest
from sqlmodel import select

from social_bot.answering import forgetting
from social_bot.answering.store import DeletionRequestRow
from social_bot.organisation import alerts
from social_bot.web.deletions import PATH
from tests.channels.facebook.test_signed import asking, signed
from tests.conftest import NOW, WRITER
from tests.web.conftest import COORDINATOR, PERSON


def ask(browser, user_id=PERSON, secret="test-app-secret", **more):
    request = signed(asking(user_id=user_id, **more), secret=secret)
    return browser.post(PATH, data={"signed_request": request})


@pytest.fixture
def calm(timed_bot, world):
    """The world's danger has been taken by somebody."""
    with timed_bot.database.write() as session:
        alerts.take(session, f"thread:{world.thread}", by=WRITER, now=NOW)
    return world.thread


def test_a_coordinator_takes_the_data_out_to_read(coordinator, calm):
    path = f"/inbox/{calm}/own-data"
    page = coordinator.read(path)

    answer = coordinator.submit(f"{path}/export", standing_on=path, format="html")

    assert "Varmista ensin, kuka pyytää" in page
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="own-data-{calm}-')
    assert answer.headers["cache-control"] == "no-store"
    assert PERSON in answer.text
    assert "<script" not in answer.text


def test_and_for_programs(coordinator, calm):
    path = f"/inbox/{calm}/own-data"

    answer = coordinator.submit(f"{path}/export", standing_on=path, format="json")

    assert json.loads(answer.text)["person"] == PERSON
    assert answer.headers["content-type"] == "application/json"


def test_forgetting_asks_whether_one_is_sure(coordinator, calm):
    path = f"/inbox/{calm}/own-data"

    unsure = coordinator.submit(f"{path}/forget", standing_on=path)
    sure = coordinator.submit(f"{path}/forget", standing_on=path, sure="yes")
    after = coordinator.read(f"/inbox/{calm}?done=forgotten")

    assert unsure.status_code == 422
    assert "Merkitse, että olet varma" in unsure.text
    assert sure.headers["location"] == f"/inbox/{calm}?done=forgotten"
    assert "Kaikki, mitä tämä ihminen kirjoitti, on poistettu." in after
    assert "Kirjoittaja ja kirjoitettu poistettiin" in after
    assert "<textarea" not in after
    assert "Tässä keskustelussa ei ole enää ihmistä" in coordinator.read(path)


def test_writers_see_no_way_to_it_and_are_refused(writer, calm):
    assert "own-data" not in writer.read(f"/inbox/{calm}")
    assert writer.get(f"/inbox/{calm}/own-data").status_code == 403


def test_the_answer_to_meta_is_what_meta_asks_for(anybody, timed_bot, calm):
    answer = ask(anybody)
    found = answer.json()

    assert answer.status_code == 200
    assert set(found) == {"url", "confirmation_code"}
    assert found["url"] == f"{timed_bot.settings.base_url}{PATH}/{found['confirmation_code']}"
    assert found["confirmation_code"].isalnum()


@pytest.mark.parametrize("body", [{}, {"signed_request": "a.b"}, {"signed_request": ""}])
def test_what_meta_has_not_signed_is_refused_and_leaves_nothing(anybody, timed_bot, body):
    assert anybody.post(PATH, data=body).status_code == 403
    assert ask(anybody, secret="forged").status_code == 403
    with timed_bot.database.read() as session:
        assert session.exec(select(DeletionRequestRow)).all() == []


def test_a_large_body_is_not_read(anybody):
    assert anybody.post(PATH, content=b"signed_request=" + b"a" * 100_000).status_code == 403


@pytest.mark.parametrize(
    ("language", "words"), [("fi", "Pyyntösi tuli"), ("sv", "Din begäran kom"), ("en", "Your request came")]
)
def test_how_a_request_stands_is_told_in_three_languages(anybody, calm, language, words):
    code = ask(anybody).json()["confirmation_code"]

    page = anybody.get(f"{PATH}/{code}?lang={language}")

    assert words in page.text
    assert "noindex" in page.headers["x-robots-tag"]


def test_it_never_tells_whether_somebody_was_known(anybody, timed_bot, world):
    """Not before, not after, and not while danger makes it wait."""

    def told():
        return {
            person: anybody.read(f"{PATH}/{code}").replace(code, "CODE") for person, code in codes.items()
        }

    codes = {person: ask(anybody, person).json()["confirmation_code"] for person in (PERSON, "999")}
    before = told()
    forgetting.carry_out(timed_bot.database, register=timed_bot.register, now=NOW)
    after = told()

    assert before[PERSON] == before["999"] == after[PERSON] == after["999"]


def test_a_code_that_nobody_has_been_given_is_answered_in_words(anybody):
    assert "Tällä koodilla ei ole pyyntöä" in anybody.read(f"{PATH}/ABCDEF", status=404)


def test_periods_are_on_a_page_and_may_be_changed_there(coordinator):
    page = coordinator.read("/settings/retention")
    saved = coordinator.submit(
        "/settings/edit/retention_days", standing_on="/settings/edit/retention_days", **{"value-": "20"}
    )

    assert "30 päivää" in page
    assert "5 vuotta" in page
    assert "15 minuuttia" in page
    assert saved.headers["location"].startswith("/settings/retention?")
    assert "20 päivää" in coordinator.read("/settings/retention")


def test_a_writer_reads_the_periods(writer):
    page = writer.read("/settings/retention")

    assert "/settings/edit/" not in page
    assert COORDINATOR not in page
