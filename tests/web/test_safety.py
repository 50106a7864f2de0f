"""What holds on every page: headers, tokens, languages, and errors that are sentences."""

import re
from dataclasses import replace

import pytest

from social_bot.answering import callbacks
from social_bot.organisation import alerts
from social_bot.organisation.alerts import AlertKind
from social_bot.planning.posts import PostState
from social_bot.settings import Settings
from social_bot.web.app import _STAFF, create_app
from tests.conftest import APPROVER, NOW, WRITER, databases
from tests.web.conftest import COORDINATOR, HERE, PUBLIC_PAGES, Browser, staff_pages

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
BEFORE_SIGN_IN = {"/enter", "/sign-in", "/sign-in/set-up", "/sign-in/step", "/invitation/{token}"}
ACTS = (
    "/posts/{post}/submit",
    "/posts/{post}/approve",
    "/posts/{post}/move",
    "/posts/{post}/cancel",
    "/posts/{post}/there",
    "/posts/{post}/send-again",
    "/alerts/1/acknowledge",
    "/inbox/1/hand-back",
    "/callbacks/1/reached",
    "/callbacks/1/no-answer",
    "/callbacks/1/cancel",
    "/leave",
)


@pytest.fixture(params=databases())
def database_kind(request) -> str:
    """Both: every page asks its own questions."""
    return str(request.param)


def everything(world) -> list[str]:
    return [path for room in staff_pages(world).values() for path in room]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_page_opens_in_every_language(browse, every_role, world, language):
    browser = browse().enter(every_role)

    for path in [*everything(world), *PUBLIC_PAGES]:
        answer = browser.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        gone = path in ("/posts/999", "/nowhere", "/conversation/ended", "/meta/data-deletion/ended")
        assert answer.status_code == (404 if gone else 200), (path, answer.text)
        assert f'<html lang="{language}">' in answer.text or path == "/nowhere", path
        shown = re.sub(r"<code>.*?</code>", "", answer.text.split("<main")[1])  # words that staff may write
        assert re.search(r"(?<!\{)\{\w+\}", shown) is None, path


@pytest.mark.parametrize("role", [WRITER, APPROVER, COORDINATOR])
def test_every_page_opens_for_a_role_or_says_that_it_is_not_theirs(browse, world, role):
    browser = browse().enter(role)

    answers = {path: browser.get(path).status_code for room in staff_pages(world).values() for path in room}

    assert {path for path, status in answers.items() if status not in (200, 403)} == {"/posts/999"}
    assert answers["/"] == answers["/posts"] == answers["/inbox"] == 200


@pytest.mark.parametrize(
    "path", ["/", "/posts", "/callback", "/nowhere", "/static/style.css", "/posts/kissa"]
)
def test_every_answer_carries_the_security_headers(writer, path):
    answer = writer.get(path)

    policy = answer.headers["content-security-policy"]
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/inbox", "/callbacks", "/goals.csv", "/callback", "/nowhere"])
def test_pages_are_kept_nowhere(writer, path):
    assert writer.get(path).headers["cache-control"] == "no-store"


def test_under_https_browsers_are_told_to_stay_there(timed_bot):
    settings = Settings(**{**timed_bot.settings.model_dump(), "base_url": "https://mallila.example"})
    bot = replace(timed_bot, settings=settings)
    with Browser(
        create_app(bot, on_delivery=lambda: None),
        base_url=HERE,
        client=("127.0.0.1", 1),
        follow_redirects=False,
    ) as browser:
        answer = browser.get("/enter")
        entered = browser.submit("/enter", standing_on="/enter", name=WRITER)

        assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert "Secure" in entered.headers["set-cookie"]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("token", [None, "forged"])
def test_an_act_without_the_token_of_its_page_is_refused(writer, world, act, token):
    path = act.format(post=world.posts[PostState.DRAFT])

    answer = writer.post(path, data={} if token is None else {"token": token})

    assert answer.status_code == 403
    assert "Lomake oli auki liian kauan" in answer.text


def test_the_token_of_one_browser_opens_nothing_in_another(browse, world):
    mine, theirs = browse().enter(WRITER), browse().enter(WRITER)

    answer = mine.post(
        f"/posts/{world.posts[PostState.DRAFT]}/submit", data={"token": theirs.token("/posts")}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("act", ACTS)
def test_an_act_without_a_role_leads_to_the_door(anybody, act):
    answer = anybody.post(act.format(post=1))

    assert (answer.status_code, answer.headers["location"]) == (303, "/enter")


def test_every_form_of_the_staffs_asks_for_a_worker_and_the_token_of_its_page(writer, anybody, world):
    """Whatever is added: no address of a form is open to somebody else, or to a form from elsewhere."""
    forms = sorted(
        {
            re.sub(r"\{[\w:]+\}", "1", route.path)
            for room in _STAFF
            for route in room.routes.routes
            if "POST" in route.methods and route.path not in BEFORE_SIGN_IN
        }
    )

    unasked = {path: anybody.post(path).status_code for path in forms}
    forged = {path: writer.post(path, data={"token": "forged"}).status_code for path in forms}

    assert len(forms) > 60
    assert {path for path, status in unasked.items() if status not in (303, 422)} == set()
    assert {path for path, status in forged.items() if status not in (303, 403, 422)} == set()
    assert sum(status == 403 for status in forged.values()) > 0.8 * len(forms)


@pytest.mark.parametrize("path", ["/nowhere", "/posts/kissa", "/media/a/b"])
def test_a_page_that_is_not_there_says_so_in_three_languages(writer, path):
    page = writer.read(path, status=404)

    assert all(
        words in page
        for words in ("Tätä sivua ei ole", "Den här sidan finns inte", "This page does not exist")
    )


def test_a_wrong_method_is_answered_in_words(writer):
    assert "Tätä ei voi tehdä täällä" in writer.read("/posts/1/submit", status=405)


def test_what_breaks_is_told_without_a_trace(timed_bot):
    def no_clock():
        raise RuntimeError("the clock has stopped")

    app = create_app(replace(timed_bot, clock=no_clock), on_delivery=lambda: None)
    with Browser(app, base_url=HERE, client=("127.0.0.1", 1), raise_server_exceptions=False) as browser:
        answer = browser.get("/callback")

    assert answer.status_code == 500
    assert "Meillä meni jotain rikki" in answer.text
    assert "clock" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_form_larger_than_any_of_ours_is_not_read(anybody):
    answer = anybody.post("/callback", content=b"phone=" + b"1" * 20_000)

    assert answer.status_code == 422
    assert "Lomakkeessa on liikaa tekstiä." in answer.text


@pytest.mark.parametrize("body", [b"\xff\xfe=%", b"&".join(b"a=1" for _ in range(60))])
def test_a_form_that_is_none_is_refused(anybody, body):
    answer = anybody.post("/callback", content=body)

    assert answer.status_code == 422


def test_a_static_file_may_be_kept_for_its_address_changes_with_it(anybody):
    page = anybody.get("/callback").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]

    answer = anybody.get(address)

    assert "immutable" in answer.headers["cache-control"]
    assert "?v=" in address


def test_each_kind_of_alert_is_shown_in_words(writer, timed_bot):
    with timed_bot.database.write() as session:
        for number, kind in enumerate(AlertKind):
            alerts.raise_alert(session, kind, f"page:{number}", now=NOW)

    page = writer.read("/")

    others = len(AlertKind) - 1  # trials that wait for an evaluation have a list of their own there
    assert page.count("Otan tämän hoitaakseni") == others


def test_goals_are_taken_to_a_spreadsheet(writer, world):
    answer = writer.get("/goals.csv")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="goals-2026-11-25.csv"'
    assert "goal;campaign;trial;page;metric;target;value" in answer.text
    assert ";page_followers;300;;;False;" in answer.text


def test_goals_say_what_is_counted_and_never_nought_for_the_unknown(coordinator, world):
    page = coordinator.read("/goals")

    assert "Kuinka moni seuraa sivua nyt." in page
    assert "Facebook laskee luvun." in page
    assert "Ei vielä saatavilla" in page
    assert "<strong>0</strong>" not in page


def test_a_request_is_shown_to_no_reader_of_another_page(writer, timed_bot, world):
    with timed_bot.database.write() as session:
        callbacks.request(
            session,
            phone="040 765 4321",
            language="fi",
            organisation=timed_bot.organisation(session),
            database=timed_bot.database,
            now=NOW,
        )

    pages = [writer.get(path).text for path in everything(world) if path != "/callbacks"]

    assert not any("7654321" in page for page in pages)
