"""A worker's day among the messages in a real browser, by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from social_bot.answering import store
from social_bot.answering.store import CallbackState, Direction, ThreadRow
from social_bot.answering.texts import get_state
from social_bot.answering.threads import Owner
from tests.conftest import APPROVER, NOW, PAGE, WRITER
from tests.web.browsing import in_browser

pytestmark = in_browser

TABS = 120


def reach(page: Page, name: str) -> None:
    """Tab on until what has the focus is called so."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.innerText || document.activeElement.id")
        if focused.strip() == name:
            return
    pytest.fail(f"no way to {name} by Tab")


def press(page: Page, name: str) -> None:
    reach(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_thread_is_taken_answered_and_handed_back(open_page, timed_bot, world):
    page = open_page(role=WRITER)
    page.goto("/inbox")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/inbox/{world.thread}")
    press(page, "Otan tämän hoitaakseni")
    press(page, "Ota keskustelu itsellesi")
    page.wait_for_url("**?done=claimed")
    page.keyboard.press("r")
    page.keyboard.type("Hakemuksesi on saapunut. jk")
    press(page, "Lähetä vastaus")
    warned = page.evaluate("document.activeElement.className")
    page.keyboard.press("r")
    page.keyboard.press("Control+A")
    page.keyboard.type("Hei, soita meille.")
    press(page, "Lähetä silti")
    page.wait_for_url("**?done=answered")
    press(page, "Palauta botille")
    page.wait_for_url("**?done=handed_back")

    with timed_bot.database.read() as session:
        thread = store.get_thread(session, world.thread)
        sent = store.list_messages(session, [world.thread])[-1]
    assert warned == "problems"
    assert (thread.owner, thread.crisis) == (Owner.BOT, None)
    assert (sent.direction, sent.by) == (Direction.OUTBOUND, WRITER)
    assert timed_bot.database.cipher.open(sent.exact_sealed) == "Hei, soita meille."


def test_a_callback_is_closed(open_page, timed_bot, world):
    page = open_page(role=WRITER)
    page.goto("/callbacks")
    press(page, "Soitin, tavoitettu")
    page.wait_for_url("**?done=reached")

    with timed_bot.database.read() as session:
        assert store.list_callbacks(session)[0].state is CallbackState.DONE


def test_a_text_is_edited_by_one_and_approved_by_another(open_page, timed_bot, world):
    writing = open_page(role=WRITER)
    writing.goto("/texts/debt/fi")
    reach(writing, "text")
    writing.keyboard.press("Control+A")
    writing.keyboard.type("Velkaneuvonta auttaa.")
    press(writing, "Ehdota näitä sanoja")
    writing.wait_for_url("**?done=text_proposed")
    reading = open_page(role=APPROVER)
    reading.goto("/texts?need=waiting")
    press(reading, "Velat ja ulosotto")
    press(reading, "Hyväksy tämä versio")
    reading.wait_for_url("**?done=text_approved")

    with timed_bot.database.read() as session:
        state = get_state(session, "debt", "fi", today=NOW.date())
    assert state.in_force is not None
    assert (state.in_force.text, state.in_force.approved_by) == ("Velkaneuvonta auttaa.", APPROVER)


def test_shortcuts_are_told_of_and_can_be_turned_off(open_page, world):
    page = open_page(role=WRITER)
    page.goto("/inbox")
    page.keyboard.press("?")
    told = page.locator("#shortcuts").is_visible()
    reach(page, "Poista pikanäppäimet käytöstä")
    page.keyboard.press("Enter")
    page.keyboard.press("j")

    assert told
    assert page.locator("#shortcuts").is_hidden()
    assert page.evaluate("document.activeElement.closest('[data-item]')") is None


def test_a_letter_typed_into_a_field_is_a_letter(open_page, world):
    page = open_page(role=WRITER)
    page.goto(f"/inbox/{world.thread}")
    page.locator("#text").focus()
    page.keyboard.type("jkor?")

    assert page.locator("#text").input_value() == "jkor?"
    assert page.locator("#shortcuts").is_hidden()


def test_who_begins_to_wait_is_announced_even_while_one_reads(open_page, timed_bot, world):
    page = open_page()
    page.clock.install()
    page.goto("/enter?lang=fi")
    page.locator(f'button[value="{WRITER}"]').click()
    page.wait_for_selector("[data-fresh]")
    page.goto("/inbox")
    page.keyboard.press("j")
    with timed_bot.database.write() as session:
        for name in ("new one", "another"):
            session.add(
                ThreadRow(
                    page_id=PAGE,
                    contact_index=timed_bot.database.index(name),
                    contact_sealed=timed_bot.database.cipher.seal(name),
                    waits_for_person=True,
                    last_inbound_at=NOW,
                    created_at=NOW,
                )
            )
    page.clock.run_for(16_000)

    expect(page.locator("#news")).to_have_text("Uusia keskusteluja odottaa: 2.")
    assert page.evaluate("document.activeElement.closest('[data-item]') !== null")
