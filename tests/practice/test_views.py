"""The practice Page as a person sees and uses it, mounted as the product mounts it."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

PAGE_ID = "100200300"
PSID = "7100000001"
PAGE = f"/practice/pages/{PAGE_ID}"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def practice(make_practice):
    practice = make_practice()
    yield practice
    practice.stop()


@pytest.fixture
def browser(practice):
    product = FastAPI()
    product.mount("/practice", practice.app)
    with TestClient(product, base_url="http://127.0.0.1", client=("127.0.0.1", 50000)) as client:
        yield client


@pytest.fixture
def graph_post(browser):
    def post(edge, **body):
        headers = {"Authorization": "Bearer EAApage"}
        return browser.post(f"/practice/graph/v26.0/{PAGE_ID}/{edge}", headers=headers, **body).json()

    return post


@pytest.mark.parametrize("path", ["/practice/", "/practice/resident"])
def test_the_front_leads_to_the_first_page(browser, path):
    seen = browser.get(path)

    assert seen.url.path == PAGE
    assert "Mallilan aikuissosiaalityö</h1>" in seen.text


@pytest.mark.parametrize(
    ("language", "band"),
    [
        ("fi", "Harjoitussivu – mikään ei näy Facebookissa"),
        ("sv", "Övningssida – inget syns på Facebook"),
        ("en", "Practice page – nothing is shown on Facebook"),
        ("xx", "Harjoitussivu – mikään ei näy Facebookissa"),
    ],
)
def test_the_band_says_in_each_language_that_this_is_practice(browser, language, band):
    seen = browser.get(PAGE, params={"lang": language})

    assert f'<p class="band">{band}</p>' in seen.text


def test_every_link_and_form_stays_under_the_prefix(browser, graph_post):
    photo = graph_post("photos", data={"published": "false"}, files={"source": ("a.png", PNG)})
    graph_post("feed", json={"message": "Kuva", "attached_media": [{"media_fbid": photo["id"]}]})

    seen = browser.get(PAGE)

    addresses = re.findall(r'(?:href|src|action|data-source)="([^"]+)"', seen.text)
    own = [address for address in addresses if not address.startswith("#")]
    assert own
    assert all(address.startswith("/practice/") for address in own)


def test_a_picture_is_shown_with_its_alternative_text(browser, graph_post):
    sent = {"published": "false", "alt_text_custom": 'Ovi, jossa lukee "Tervetuloa"'}
    photo = graph_post("photos", data=sent, files={"source": ("a.png", PNG)})
    graph_post("feed", json={"message": "Kuva", "attached_media": [{"media_fbid": photo["id"]}]})

    seen = browser.get(PAGE)
    picture = browser.get(f"/practice/photos/{photo['id']}")

    assert 'alt="Ovi, jossa lukee &#34;Tervetuloa&#34;"' in seen.text
    assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")


def test_what_a_resident_writes_is_text_and_never_markup(browser):
    browser.post(f"{PAGE}/messages", data={"text": "<script>alert(1)</script>"})

    seen = browser.get(PAGE)

    assert "&lt;script&gt;alert(1)" in seen.text
    assert "script-src 'self'" in seen.headers["content-security-policy"]


def test_the_bots_quick_reply_and_button_send_their_payloads(browser, practice, graph_post):
    browser.post(f"{PAGE}/messages", data={"text": "Moi"})
    quick = [{"content_type": "text", "title": "Vuokra", "payload": "RENT"}]
    graph_post(
        "messages", json={"recipient": {"id": PSID}, "message": {"text": "Mistä?", "quick_replies": quick}}
    )
    shown = browser.get(PAGE).text

    browser.post(f"{PAGE}/messages", data={"text": "Vuokra", "payload": "RENT"})
    browser.post(f"{PAGE}/presses", data={"title": "Soittopyyntö", "payload": "CALLBACK"})

    contents = [message.content for message in practice.conversation(PAGE_ID, PSID)]
    assert 'name="payload" value="RENT"' in shown
    assert contents[2] == {"quick_reply": {"payload": "RENT"}}
    assert contents[3] == {"postback": {"title": "Soittopyyntö", "payload": "CALLBACK"}}
    assert 'value="RENT"' not in browser.get(PAGE).text


def test_buttons_of_a_message_can_be_pressed_opened_or_read(browser, graph_post):
    browser.post(f"{PAGE}/messages", data={"text": "Moi"})
    buttons = [
        {"type": "postback", "title": "Soittopyyntö", "payload": "CALLBACK"},
        {"type": "web_url", "title": "Avaa lomake", "url": "https://example.org/lomake"},
        {"type": "phone_number", "title": "Soita", "payload": "0XX XXX XXXX"},
    ]
    payload = {"template_type": "button", "text": "Miten jatketaan?", "buttons": buttons}
    graph_post(
        "messages",
        json={"recipient": {"id": PSID}, "message": {"attachment": {"type": "template", "payload": payload}}},
    )

    seen = browser.get(PAGE).text

    assert "Miten jatketaan?" in seen
    assert re.search(r'name="payload"\s+value="CALLBACK">Soittopyyntö<', seen)
    assert 'href="https://example.org/lomake"' in seen
    assert "Soita: 0XX XXX XXXX" in seen
    assert "tel:" not in seen


def test_a_post_scheduled_at_the_platform_is_counted_but_not_shown(browser, graph_post, clock):
    at = int(clock().timestamp()) + 3600
    graph_post("feed", json={"message": "Myöhemmin", "published": False, "scheduled_publish_time": at})

    before = browser.get(PAGE).text
    clock.forward(hours=1)
    after = browser.get(PAGE).text

    assert "Ajastettu: 1" in before
    assert "Myöhemmin" not in before
    assert "Myöhemmin" in after


@pytest.mark.parametrize(
    ("language", "moment"),
    [("fi", "ti 24.11. klo 9.00"), ("sv", "tis 24.11 kl. 9.00"), ("en", "Tue 24 Nov, 9.00")],
)
def test_moments_are_told_in_finnish_time_as_each_language_writes_them(browser, graph_post, language, moment):
    graph_post("feed", json={"message": "Avoimet ovet"})

    assert moment in browser.get(PAGE, params={"lang": language}).text


def test_a_resident_comments_reacts_and_shares(browser, graph_post):
    post_id = graph_post("feed", json={"message": "Avoimet ovet"})["id"]

    browser.post(f"{PAGE}/comments", data={"post_id": post_id, "text": "Mihin aikaan?"})
    browser.post(f"{PAGE}/reactions", data={"post_id": post_id, "kind": "LOVE"})
    seen = browser.post(f"{PAGE}/shares", data={"post_id": post_id}).text

    assert "Mihin aikaan?" in seen
    assert re.search(r'value="LOVE"\s+aria-pressed="true">Ihana 1<', seen)
    assert "Jaa 1<" in seen


def test_staff_take_a_conversation_and_hand_it_back(browser, practice, graph_post):
    browser.post(f"{PAGE}/messages", data={"text": "Moi"})

    held = browser.post(f"{PAGE}/staff", data={"text": "Hei, täällä neuvoja."}).text
    refused = graph_post("messages", json={"recipient": {"id": PSID}, "message": {"text": "Hei"}})
    free = browser.post(f"{PAGE}/hand-back").text

    assert "Henkilökunta hoitaa tätä keskustelua" in held
    assert refused["error"]["error_subcode"] == 2018300
    assert "Henkilökunta hoitaa tätä keskustelua" not in free


def test_a_resident_who_blocked_the_page_cannot_be_answered(browser, graph_post):
    browser.post(f"{PAGE}/messages", data={"text": "Moi"})
    browser.post(f"{PAGE}/block")

    refused = graph_post("messages", json={"recipient": {"id": PSID}, "message": {"text": "Hei"}})

    assert (refused["error"]["code"], refused["error"]["error_subcode"]) == (551, 1545041)


def test_a_new_resident_has_a_conversation_of_their_own(browser):
    seen = browser.post(f"{PAGE}/residents", data={"name": "Uusi Asukas"})

    assert re.search(r"selected>Uusi Asukas<", seen.text)
    assert "Kirjoita ensimmäinen viesti" in seen.text


def test_troubles_are_switched_on_and_ended_in_the_panel(browser, practice):
    switched_on = browser.post(
        f"{PAGE}/fault", data={"edge": "feed", "lose_next": "2", "delay_seconds": "0,5"}
    ).text
    fault = practice.fault(PAGE_ID)

    ended = browser.post(f"{PAGE}/fault", data={}).text

    assert (fault.edge, fault.lose_next, fault.delay_seconds) == ("feed", 2, 0.5)
    assert "Häiriö päällä" in switched_on
    assert "Häiriö päällä" not in ended


def test_a_trouble_that_is_no_number_is_told_in_words(browser):
    seen = browser.post(f"{PAGE}/fault", data={"lose_next": "monta"})

    assert seen.status_code == 422
    assert "monta is not a number" in seen.text


def test_a_form_sent_by_another_site_is_refused(browser, practice):
    sent = browser.post(f"{PAGE}/messages", data={"text": "Moi"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert sent.status_code == 403
    assert practice.conversation(PAGE_ID, PSID) == []


def test_the_script_is_given_the_conversation_alone(browser):
    browser.post(f"{PAGE}/messages", data={"text": "Moi"})

    log = browser.get(f"{PAGE}/log")

    assert "Moi" in log.text
    assert "<html" not in log.text
