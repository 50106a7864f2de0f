"""A page is connected, checked, taken live and off again, all by buttons."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from pydantic import SecretStr

from social_bot.answering.replies import approve_texts
from social_bot.channels.ports import ConnectionReport, OfferedPage, PageAccess, SeenThread
from social_bot.errors import ConnectionLost, PageUnavailable
from social_bot.organisation import directory, pages
from social_bot.planning.composing import add_post
from social_bot.planning.posts import PostContent
from tests.conftest import APPROVER, NOW, PAGE, WRITER
from tests.web.signing import come_in

REAL = "400500600"
RETURN = "/pages/return"


@dataclass
class Facebook:
    """Answers what the pages ask: the login, the channel's check, the conversations."""

    tokens: dict[str, list[OfferedPage]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    report: ConnectionReport = field(
        default_factory=lambda: ConnectionReport(
            is_valid=True,
            expires_at=NOW + timedelta(days=90),
            data_access_expires_at=NOW + timedelta(days=90),
            missing_permissions=(),
            missing_subscriptions=("messages",),
            api_version="v26.0",
            is_routed=True,
        )
    )
    threads: list[SeenThread] = field(default_factory=list)
    subscribed: list[str] = field(default_factory=list)
    unsubscribed: list[str] = field(default_factory=list)
    error: Exception | None = None
    asked: list[dict[str, str]] = field(default_factory=list)

    def address(self, **asked: str) -> str:
        self.asked.append(asked)
        return f"https://facebook.example/dialog?state={asked['state']}"

    def token_of(self, code: str, *, return_to: str) -> SecretStr:
        if code not in self.codes:
            raise ConnectionLost(
                "Facebook did not accept the sign-in. Start the sign-in again from the beginning."
            )
        return SecretStr(self.codes[code])

    def offered_pages(self, token: SecretStr) -> list[OfferedPage]:
        if token.get_secret_value() not in self.tokens:
            raise ConnectionLost(
                "Facebook does not know this token, or it was made for another app. Copy it again, whole and without spaces."
            )
        return self.tokens[token.get_secret_value()]

    def check(self, page: PageAccess) -> ConnectionReport:
        if self.error:
            raise self.error
        return self.report

    def subscribe(self, page: PageAccess) -> None:
        self.subscribed.append(page.page_id)

    def unsubscribe(self, page: PageAccess) -> None:
        if self.error:
            raise self.error
        self.unsubscribed.append(page.page_id)

    def recent_threads(self, page: PageAccess, *, since):
        return self.threads

    def close(self) -> None: ...


@pytest.fixture
def facebook(timed_bot) -> Facebook:
    facebook = Facebook(
        tokens={
            "EAAB-person": [
                OfferedPage(page_id=REAL, name="Oikea sivu", token=SecretStr("EAAB-page")),
                OfferedPage(page_id="400500700", name="Toinen sivu", token=SecretStr("EAAB-other")),
            ],
            "EAAB-nobody": [],
        },
        codes={"good": "EAAB-person"},
    )
    timed_bot.__dict__["login"] = timed_bot.__dict__["channel"] = facebook
    return facebook


@pytest.fixture
def connected(coordinator, timed_bot, facebook):
    """The coordinator's browser, the real page connected by a pasted token."""
    choice = coordinator.submit("/pages/connect", standing_on="/pages/connect", pasted="EAAB-person")
    path = choice.headers["location"]
    answer = coordinator.submit(
        "/pages/choose", standing_on=path, login=path.partition("login=")[2], page=REAL
    )
    assert answer.headers["location"] == f"/pages/{REAL}/live?done=page_connected"
    return coordinator


def page_of(bot, page_id: str = REAL) -> pages.PageRow:
    with bot.database.read() as session:
        return pages.get(session, page_id)


def approve_all(bot) -> None:
    with bot.database.write() as session:
        approve_texts(session, None, by=APPROVER, now=NOW)


def live_form(browser) -> dict[str, str]:
    page = browser.read(f"/pages/{REAL}/live")
    return {"warnings": page.split('name="warnings" value="')[1].split('"')[0], "known": "yes"}


def test_a_pasted_token_opens_the_choice_of_pages_and_only_the_pages_token_is_kept(connected, timed_bot):
    page = page_of(timed_bot)

    assert page.name == "Oikea sivu"
    assert timed_bot.database.cipher.open(page.token_sealed or b"") == "EAAB-page"
    assert page.token_expires_at == NOW + timedelta(days=90)
    assert page.is_silent
    shown = connected.read(f"/pages/{REAL}/live") + connected.read("/pages")
    assert "EAAB" not in shown
    assert "Yhdistetty, ei käytössä" in shown
    assert "90 päivän välein" in shown


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        ("", "Liitä ensin tunniste."),
        ("nonsense", "Facebook ei tunne tätä tunnistetta"),
        ("EAAB-nobody", "Tämä tunniste ei avaa yhtään sivua."),
    ],
)
def test_a_token_that_opens_nothing_is_refused_with_the_next_step(coordinator, facebook, pasted, sentence):
    answer = coordinator.submit("/pages/connect", standing_on="/pages/connect", pasted=pasted)

    assert answer.status_code == 422
    assert sentence in answer.text


def sign_in_at_facebook(browser, facebook) -> str:
    browser.read("/pages/connect")
    return str(facebook.asked[-1]["state"])


def test_after_facebook_the_browser_goes_on_without_a_cookie_and_chooses(
    coordinator, anybody, facebook, timed_bot
):
    state = sign_in_at_facebook(coordinator, facebook)
    assert facebook.asked[-1]["return_to"] == f"{timed_bot.settings.base_url}{RETURN}"

    page = anybody.read(f"{RETURN}?code=good&state={state}")

    path = page.split('http-equiv="refresh" content="0; url=')[1].split('"')[0]
    assert "Toinen sivu" in coordinator.read(path)


def test_another_worker_cannot_go_on_with_it(coordinator, anybody, writer, facebook):
    state = sign_in_at_facebook(coordinator, facebook)
    page = anybody.read(f"{RETURN}?code=good&state={state}")
    path = page.split('content="0; url=')[1].split('"')[0]

    assert "Aloita alusta." in writer.read(path, status=403)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("code=good&state=forged", "vanhentunut"),
        ("code=good", "vanhentunut"),
        ("error=access_denied&state={state}", "peruttiin"),
        ("state={state}", "peruttiin"),
    ],
)
def test_a_way_back_that_is_not_ours_or_was_refused_connects_nothing(
    coordinator, anybody, facebook, query, sentence
):
    state = sign_in_at_facebook(coordinator, facebook)

    assert sentence in anybody.read(f"{RETURN}?{query.format(state=state)}", status=403)


def test_a_code_that_facebook_refuses_says_to_start_again(coordinator, anybody, facebook):
    state = sign_in_at_facebook(coordinator, facebook)

    assert "Aloita kirjautuminen alusta." in anybody.read(f"{RETURN}?code=bad&state={state}", status=502)


def test_a_page_that_was_not_offered_is_not_connected(coordinator, facebook, timed_bot):
    choice = coordinator.submit("/pages/connect", standing_on="/pages/connect", pasted="EAAB-person")
    path = choice.headers["location"]

    answer = coordinator.submit(
        "/pages/choose", standing_on=path, login=path.partition("login=")[2], page=PAGE
    )

    assert answer.status_code == 422
    assert timed_bot.database.cipher.open(page_of(timed_bot, PAGE).token_sealed or b"") == "page-token"


def test_subscribing_asks_facebook_and_looks_again(connected, facebook, timed_bot):
    assert "Facebook ei tuo tänne kaikkea" in connected.read(f"/pages/{REAL}/live")
    facebook.report = ConnectionReport(
        is_valid=True, expires_at=None, missing_permissions=(), missing_subscriptions=(), api_version="v26.0"
    )

    connected.submit(f"/pages/{REAL}/subscribe", standing_on=f"/pages/{REAL}/live")

    assert facebook.subscribed == [REAL]
    page = connected.read(f"/pages/{REAL}/live")
    assert "Facebook ei tuo tänne kaikkea" not in page
    assert "Yhteydellä ei ole päättymispäivää." in page


def test_a_check_that_finds_the_token_dead_stops_the_page_and_says_why(connected, facebook, timed_bot):
    facebook.report = ConnectionReport(
        is_valid=False,
        expires_at=None,
        missing_permissions=(),
        missing_subscriptions=(),
        api_version=None,
        problem="The token was made for another app. Connect this page again.",
    )

    connected.submit(f"/pages/{REAL}/check", standing_on=f"/pages/{REAL}/live")

    assert page_of(timed_bot).is_disconnected
    assert "Tunniste on tehty toiselle sovellukselle." in connected.read(f"/pages/{REAL}/live")


def test_a_check_that_is_not_answered_changes_nothing(connected, facebook, timed_bot):
    facebook.error = PageUnavailable(
        "Facebook did not answer properly, and nothing was changed. Try again in a moment."
    )

    answer = connected.submit(f"/pages/{REAL}/check", standing_on=f"/pages/{REAL}/live")

    assert answer.status_code == 502
    assert not page_of(timed_bot).is_disconnected


@pytest.mark.parametrize("matter", ["default_app", "automations"])
def test_what_was_seen_at_facebook_is_ticked_by_name(connected, timed_bot, matter):
    connected.submit(f"/pages/{REAL}/confirm/{matter}", standing_on=f"/pages/{REAL}/live", done="yes")

    assert getattr(page_of(timed_bot), f"{matter}_confirmed_by") == "Koordinaattori"
    connected.submit(f"/pages/{REAL}/confirm/{matter}", standing_on=f"/pages/{REAL}/live")
    assert getattr(page_of(timed_bot), f"{matter}_confirmed_by") is None


def test_going_live_says_what_will_happen_and_asks_for_the_warnings(connected, timed_bot):
    approve_all(timed_bot)
    page = connected.read(f"/pages/{REAL}/live")

    assert "Hyväksytyt julkaisut julkaistaan sivulla Oikea sivu ajallaan." in page
    assert "Viimeisen seitsemän päivän keskustelut käydään läpi" in page
    assert "Ota sivu Oikea sivu käyttöön nyt" in page
    refused = connected.submit(
        f"/pages/{REAL}/live", standing_on=f"/pages/{REAL}/live", warnings=live_form(connected)["warnings"]
    )
    assert refused.status_code == 403
    assert not page_of(timed_bot).is_live


def test_a_coordinator_says_live(connected, facebook, timed_bot):
    approve_all(timed_bot)
    facebook.threads = [SeenThread(contact_id="9001", last_at=NOW, page_messages=["m_of_a_person"])]

    answer = connected.submit(
        f"/pages/{REAL}/live", standing_on=f"/pages/{REAL}/live", **live_form(connected)
    )

    assert answer.headers["location"] == f"/pages/{REAL}/live?done=page_live"
    assert page_of(timed_bot).live_by == "Koordinaattori"


def test_a_warning_that_came_meanwhile_stops_it(connected, timed_bot):
    approve_all(timed_bot)
    form = live_form(connected)
    form["warnings"] = form["warnings"].replace("automations,", "")

    answer = connected.submit(f"/pages/{REAL}/live", standing_on=f"/pages/{REAL}/live", **form)

    assert answer.status_code == 403
    assert not page_of(timed_bot).is_live


def test_what_blocks_leaves_no_button(connected, timed_bot):
    with timed_bot.database.write() as session:
        directory.unset(session, "social_emergency", now=NOW, by="test")

    page = connected.read(f"/pages/{REAL}/live")

    assert "Pakollinen numero puuttuu: Sosiaalipäivystys" in page.replace("  ", " ")
    assert "Korjaa ensin kohdat" in page
    assert "käyttöön nyt" not in page


def test_a_writer_reads_the_way_and_may_press_nothing(writer, connected, facebook):
    page = writer.read(f"/pages/{REAL}/live")

    assert "<form" not in page.split("<main")[1].split("</main>")[0]
    for deed in ("live", "check", "subscribe", "confirm/automations", "leave-live", "disconnect"):
        answer = writer.submit(f"/pages/{REAL}/{deed}", standing_on="/", sure="yes", known="yes", done="yes")
        assert answer.status_code == 403, deed


def test_a_live_page_is_taken_off_the_air_by_somebody_who_is_sure(browse, timed_bot, facebook, connected):
    browser = browse()
    come_in(browser, timed_bot)
    with timed_bot.database.write() as session:
        page = pages.get(session, REAL)
        page.is_live, page.awaits_live = True, False

    browser.submit(f"/pages/{REAL}/leave-live", standing_on=f"/pages/{REAL}/live")
    assert page_of(timed_bot).is_live
    browser.submit(f"/pages/{REAL}/leave-live", standing_on=f"/pages/{REAL}/live", sure="yes")
    assert page_of(timed_bot).is_silent


@pytest.mark.parametrize("error", [None, PageUnavailable("Facebook did not answer properly.")])
def test_disconnecting_erases_the_token_whether_facebook_answers_or_not(
    connected, facebook, timed_bot, error
):
    facebook.error = error

    answer = connected.submit(f"/pages/{REAL}/disconnect", standing_on=f"/pages/{REAL}/live", sure="yes")

    assert answer.headers["location"] == "/pages?done=page_disconnected"
    assert page_of(timed_bot).token_sealed is None
    assert facebook.unsubscribed == ([] if error else [REAL])


@pytest.mark.parametrize(("days", "is_at_risk"), [(9, False), (11, True)])
def test_a_post_beyond_the_end_of_the_connection_is_marked(writer, timed_bot, days, is_at_risk):
    with timed_bot.database.write() as session:
        pages.get(session, PAGE).token_expires_at = NOW + timedelta(days=10)
        content = PostContent(
            page_id=PAGE,
            kind="post",
            texts={"fi": "Hei", "sv": "Hej"},
            publish_at=NOW + timedelta(days=days),
        )
        post = add_post(session, content, zone=timed_bot.settings.zone, author=WRITER, now=NOW)
        post_id = post.id

    month = (NOW + timedelta(days=days)).strftime("%Y-%m")
    assert ("Vaarassa: sivun yhteys päättyy la 5.12." in writer.read(f"/posts/{post_id}")) is is_at_risk
    assert ("Vaarassa: yhteys päättyy ennen" in writer.read(f"/posts?month={month}")) is is_at_risk
