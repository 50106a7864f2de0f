"""Passkeys in a real browser with a made-up key; the pages of signing in by axe and on the narrowest phone."""

import socket
import threading
from dataclasses import replace

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe

from social_bot.organisation import credentials
from social_bot.organisation.passkeys import party
from social_bot.organisation.roles import Role
from social_bot.settings import Settings
from social_bot.web.app import create_app
from tests.web.browsing import in_chromium, running_chromium
from tests.web.signing import ADMINISTRATOR, PASSWORD, code, invite

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def local_bot(timed_bot):
    """Under the name localhost, for no passkey is made for a number; on a port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings(**{**timed_bot.settings.model_dump(), "base_url": f"http://localhost:{port}"})
    bot = replace(timed_bot, settings=settings)
    config = uvicorn.Config(
        create_app(bot, on_delivery=lambda: None), host="127.0.0.1", port=port, log_level="warning"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    pause = threading.Event()
    while not server.started:
        pause.wait(0.02)
    yield bot
    server.should_exit = True
    thread.join()


@pytest.fixture
def page(local_bot):
    with running_chromium() as browser:
        context = browser.new_context(
            base_url=local_bot.settings.base_url, viewport={"width": 320, "height": 800}
        )
        page = context.new_page()
        yield page


def faults(page) -> list[str]:
    """What axe finds, and whether the page scrolls sideways."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response["violations"]
    width = page.evaluate("document.documentElement.scrollWidth")
    return [
        *(f"{page.url}: {each['id']}: {each['nodes'][0]['html'][:120]}" for each in found),
        *([f"{page.url}: {width} wide"] if width > 320 else []),
    ]


def write_password(page) -> None:
    page.goto("/sign-in")
    page.fill("#name", ADMINISTRATOR)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Kirjaudu").click()


@pytest.mark.browser
@in_chromium
def test_a_passkey_alone_is_a_second_step(page, local_bot):
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    wrong = []

    page.goto(invite(local_bot, ADMINISTRATOR, Role.ADMINISTRATOR))
    wrong += faults(page)
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.get_by_role("button", name="Tallenna salasana").click()
    wrong += faults(page)
    page.fill("#passkey-name", "Työpuhelin")
    page.get_by_role("button", name="Lisää avainkoodi").click()
    page.get_by_role("heading", name="Ota varakoodit talteen").wait_for()
    wrong += faults(page)
    page.get_by_role("link", name="Koodit ovat tallessa, jatka").click()
    for path in (
        *("/account", "/account/password", "/account/code", "/account/passkey", "/account/proof"),
        *("/people", "/people/invite", f"/person?name={ADMINISTRATOR}", "/audit"),
    ):
        page.goto(path)
        wrong += faults(page)
    for path in (
        "/account?lang=sv",
        "/people",
        "/audit",
        "/account?lang=en",
        "/people",
        "/audit",
        "/account?lang=fi",
    ):
        page.goto(path)
        wrong += faults(page)
    page.get_by_role("button", name="Kirjaudu ulos").click()
    page.wait_for_url("**/sign-in?done=signed_out")
    wrong += faults(page)

    write_password(page)
    wrong += faults(page)
    page.get_by_role("button", name="Käytä avainkoodia").click()
    page.wait_for_url("**/")
    heading = page.locator("h1").inner_text()

    assert heading.startswith("Tänään")
    assert wrong == []
    with local_bot.database.read() as session:
        [passkey] = credentials.passkeys(session, ADMINISTRATOR)
        assert (passkey.name, passkey.used_at) == ("Työpuhelin", local_bot.now())
        row = credentials.get(session, ADMINISTRATOR)
    assert row is not None
    assert row.code_secret_sealed is None


@pytest.mark.browser
@in_chromium
def test_without_scripts_and_by_keyboard_alone_one_signs_in_with_codes(page, local_bot):
    context = page.context.browser.new_context(
        base_url=local_bot.settings.base_url,
        java_script_enabled=False,
        viewport={"width": 320, "height": 800},
    )
    plain = context.new_page()
    plain.goto(invite(local_bot, ADMINISTRATOR, Role.ADMINISTRATOR))
    plain.locator("#password").focus()
    plain.keyboard.type(PASSWORD)
    plain.keyboard.press("Tab")
    plain.keyboard.type(PASSWORD)
    plain.keyboard.press("Enter")
    plain.wait_for_url("**/sign-in/set-up?**")
    is_hidden = plain.locator("form[data-passkey]").is_hidden()
    plain.locator("summary").focus()
    plain.keyboard.press("Enter")
    secret = plain.locator(".secret").inner_text().replace(" ", "")
    plain.locator("#code").focus()
    plain.keyboard.type(code(secret, local_bot))
    plain.keyboard.press("Enter")

    plain.get_by_role("heading", name="Ota varakoodit talteen").wait_for()
    assert is_hidden
    plain.goto("/account")
    assert "Koodit sovelluksesta" in plain.locator("main").inner_text()


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://mallila.example", "mallila.example"),
        ("https://mallila.example:8443", "mallila.example"),
        ("http://localhost:8000", "localhost"),
        ("http://mallila.example", None),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.1", None),
        ("https://[2001:db8::1]", None),
    ],
)
def test_passkeys_are_made_for_names_that_browsers_trust(address, host):
    to = party(address, name="Mallila")

    assert (to.id if to else None) == host
    assert to is None or to.origin == address
