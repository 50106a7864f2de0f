"""Comments that wait for a decision, and what each decision does."""

import pytest

from social_bot.answering import comment_store as store
from social_bot.answering.comment_policy import Matter
from social_bot.answering.comment_store import CommentRow, DeedKind, Outcome
from social_bot.organisation import alerts, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.web.comments import REASONS
from tests.conftest import NOW, PAGE, WRITER


@pytest.fixture
def comments(timed_bot, world) -> dict[Matter, int]:
    """One comment of each kind that waits; of the one in danger staff have been told."""
    subject = f"comment:{world.comments[Matter.DANGER]}"
    with timed_bot.database.write() as session:
        alerts.raise_alert(session, AlertKind.CRISIS, subject, now=NOW, occasion="1")
    return dict(world.comments)


def row_of(bot, comment_id: int) -> CommentRow:
    with bot.database.read() as session:
        return store.get_comment(session, comment_id)


def kinds_of(bot, comment_id: int) -> list[DeedKind]:
    with bot.database.read() as session:
        return [deed.kind for deed in store.list_deeds(session, [comment_id])]


def digest_in(page: str, path: str) -> str:
    form = page.split(f'action="{path}"')[1].split("</form>", maxsplit=1)[0]
    return form.split('name="digest" value="')[1].split('"')[0]


def decide(browser, comment_id: int, act: str, **fields: str):
    return browser.submit(f"/comments/{comment_id}/{act}", standing_on="/comments", **fields)


def test_danger_stands_first_and_everything_is_masked(writer, comments):
    page = writer.read("/comments")

    assert page.index("Vaara: itsemurha") < page.index("Henkilötietoja julkisesti") < page.index("Oma asia")
    assert "[••• puhelin]" in page
    assert "123 4567" not in page
    assert "Kaikki voivat lukea sen. Piilota kommentti ja tarjoa toinen tapa." in page


def test_the_page_shows_the_very_words_that_would_go_out(writer, timed_bot, comments):
    comment_id = comments[Matter.INDIVIDUAL]
    path = f"/comments/{comment_id}/reply"
    page = writer.read("/comments")

    answer = decide(writer, comment_id, "reply", digest=digest_in(page, path))

    row = row_of(timed_bot, comment_id)
    assert "Kommentit näkyvät kaikille. Siksi täällä ei käsitellä kenenkään omaa asiaa." in page
    assert answer.headers["location"] == "/comments?done=comment_reply"
    assert (row.outcome, row.settled_by) == (Outcome.REPLY, WRITER)
    assert kinds_of(timed_bot, comment_id) == [DeedKind.REPLY]
    assert "Merkitty: vastaus lähtee kommentin alle." in writer.read("/comments?done=comment_reply")


def test_words_that_changed_meanwhile_are_not_sent(writer, timed_bot, comments):
    answer = decide(writer, comments[Matter.INDIVIDUAL], "reply", digest="of other words")

    assert answer.status_code == 403
    assert "Teksti on muuttunut" in answer.text
    assert kinds_of(timed_bot, comments[Matter.INDIVIDUAL]) == []


@pytest.mark.parametrize(
    ("act", "kinds"),
    [("hide", [DeedKind.HIDE]), ("private", [DeedKind.HIDE, DeedKind.PRIVATE]), ("leave", [])],
)
def test_a_comment_with_personal_data_is_hidden_written_to_or_left(writer, timed_bot, comments, act, kinds):
    answer = decide(writer, comments[Matter.PERSONAL_DATA], act)

    assert answer.status_code == 303
    assert kinds_of(timed_bot, comments[Matter.PERSONAL_DATA]) == kinds


def test_danger_is_decided_once_its_alert_is_taken(writer, timed_bot, comments):
    comment_id = comments[Matter.DANGER]
    before, refused = writer.read("/comments"), decide(writer, comment_id, "leave")
    with timed_bot.database.write() as session:
        for alert in alerts.unacknowledged(session):
            alerts.acknowledge(session, alert.id or 0, by=WRITER, now=NOW)
    after, taken = writer.read("/comments"), decide(writer, comment_id, "leave")

    assert "Ota hälytys ensin hoitaaksesi ja päätä sitten." in before
    assert (refused.status_code, taken.status_code) == (403, 303)
    assert f"/comments/{comment_id}/leave" in after
    assert f"/comments/{comment_id}/reply" not in after


def test_an_alert_of_danger_leads_to_its_comment(writer, comments):
    page = writer.read("/")

    assert f'href="/comments#comment-{comments[Matter.DANGER]}"' in page
    assert "Katso kommenttia" in page


def test_what_is_settled_is_shown_until_it_is_erased(writer, timed_bot, comments):
    comment_id = comments[Matter.UNCLEAR]
    decide(writer, comment_id, "leave")
    shown = writer.read("/comments")
    with timed_bot.database.write() as session:
        store.get_comment(session, comment_id).erase()

    assert "Jätetty ennalleen" in shown
    assert "Teksti on hävitetty." in writer.read("/comments")


def test_a_coordinator_reads_and_decides_nothing(coordinator, timed_bot, comments):
    page = coordinator.read("/comments")
    answers = [decide(coordinator, comments[Matter.TOPIC], act) for act in ("reply", "hide", "leave")]

    assert "Kirjoittajat päättävät kommenteista." in page
    assert "/leave" not in page.split("<main")[1]
    assert {answer.status_code for answer in answers} == {403}
    assert kinds_of(timed_bot, comments[Matter.TOPIC]) == []


def test_an_approver_lets_a_page_answer_and_takes_it_back(approver, writer, timed_bot, comments):
    path = f"/comments/automatic/{PAGE}"
    refused = writer.submit(path, standing_on="/comments", allowed="yes")
    allowed = []
    for choice in ("yes", "no"):
        approver.submit(path, standing_on="/comments", allowed=choice)
        with timed_bot.database.read() as session:
            allowed.append(pages.get(session, PAGE).answers_comments)

    assert refused.status_code == 403
    assert allowed == [True, False]
    assert "Hyväksyjät päättävät tästä." in writer.read("/comments")


def test_there_is_nothing_to_do_under_another_name(writer, comments):
    assert decide(writer, comments[Matter.TOPIC], "delete").status_code == 404
    assert decide(writer, 999, "leave").status_code == 404


def test_without_comments_the_page_says_what_it_is_for(browse, timed_bot):
    page = browse().enter(WRITER).read("/comments")

    assert "Yksikään kommentti ei odota päätöstä." in page


def test_every_reason_of_the_policy_has_words():
    import ast
    import inspect

    from social_bot.answering import comment_policy

    tree = ast.walk(ast.parse(inspect.getsource(comment_policy)))
    texts = {node.value for node in tree if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    silent = {"there are no words to answer", "a greeting or thanks", "it asks nothing of us"}

    said = {text for text in texts if " " in text and text[0].islower() and "\n" not in text}
    assert said - silent - set(REASONS) == {"a general question on a certain topic"}
