"""The calendar in a real browser: by keyboard alone, without a script, and by the mouse."""

import pytest

from social_bot.planning import recurring, store
from social_bot.planning.posts import PostState
from tests.conftest import APPROVER, NOW, PAGE, WRITER
from tests.planning.test_recurring import new
from tests.web.browsing import in_browser, look_over

pytestmark = in_browser


def press_until(page, text, key="Tab", most=120):
    """Move on with the key until what has the focus holds the text."""
    for _ in range(most):
        page.keyboard.press(key)
        focused = page.evaluate(
            "(document.activeElement.innerText || document.activeElement.value || '').trim()"
        )
        if " ".join(focused.split()) == text:
            return
    raise AssertionError(f"the keyboard never came to: {text}")


def state_of(bot, post_id):
    with bot.database.read() as session:
        return store.get_post(session, post_id)


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without a script"])
def test_a_post_is_found_approved_moved_and_cancelled_by_keyboard_alone(
    open_page,
    timed_bot,
    world,
    script,
):
    post = world.posts[PostState.AWAITING_APPROVAL]

    approver = open_page(role=APPROVER, script=script)
    approver.goto("/approvals")
    press_until(approver, "Lue ensimmäinen")
    approver.keyboard.press("Enter")
    approver.wait_for_url(f"**/posts/{post}/approve")
    press_until(approver, "Hyväksy")
    approver.keyboard.press("Enter")
    approver.wait_for_url("**/approvals?done=approved")
    approver.get_by_role("status").get_by_text("Hyväksytty.").wait_for()
    approved = state_of(timed_bot, post).state

    writer = open_page(role=WRITER, script=script)
    writer.goto("/posts?view=list&month=2026-11")
    press_until(writer, "Siirrä… Tule juttelemaan (awaiting_approval).")
    writer.keyboard.press("Enter")
    writer.wait_for_url(f"**/posts/{post}/move?**")
    writer.locator("#time").focus()
    writer.keyboard.type("1415")
    press_until(writer, "Siirrä julkaisu")
    writer.keyboard.press("Enter")
    writer.wait_for_url(f"**done=moved#post-{post}")
    writer.get_by_role("status").get_by_text("Siirretty.").wait_for()
    moved = state_of(timed_bot, post)

    writer.goto(f"/posts/{post}")
    press_until(writer, "Peru julkaisu…")
    writer.keyboard.press("Enter")
    writer.wait_for_url(f"**/posts/{post}/cancel")
    press_until(writer, "Peru julkaisu")
    writer.keyboard.press("Enter")
    writer.wait_for_url("**done=cancelled**")

    assert approved is PostState.SCHEDULED
    assert (moved.state, moved.local_time[:16]) == (PostState.DRAFT, "2026-11-25 14:15")
    assert state_of(timed_bot, post).state is PostState.CANCELLED


def test_an_unconfirmed_post_is_settled_by_keyboard_alone(open_page, timed_bot, world):
    post = world.posts[PostState.UNCONFIRMED]
    page = open_page(role=WRITER)

    page.goto(f"/posts/{post}")
    page.locator(f"#external-{post}").focus()
    page.keyboard.type("424242")
    press_until(page, "Se on siellä")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=confirmed**")

    settled = state_of(timed_bot, post)
    assert (settled.state, settled.external_id) == (PostState.PUBLISHED, f"{PAGE}_424242")


def test_after_a_move_the_focus_is_on_the_post(open_page, world):
    post = world.posts[PostState.DRAFT]
    page = open_page(role=WRITER)

    page.goto(f"/posts?view=month&done=moved#post-{post}")
    page.locator(f"#post-{post} a:focus").wait_for()

    assert page.evaluate("document.activeElement.getAttribute('href')") == f"/posts/{post}"


def test_a_draft_is_dragged_to_another_day_and_keeps_its_time(open_page, timed_bot, world):
    post = world.posts[PostState.DRAFT]
    page = open_page(role=WRITER)
    page.goto("/posts?month=2026-11&state=draft")

    page.locator(f"#post-{post}").drag_to(page.locator('td[data-day="2026-11-27"]'))
    page.wait_for_url(f"**done=moved#post-{post}")

    assert page.locator(f'td[data-day="2026-11-27"] #post-{post}').is_visible()
    assert state_of(timed_bot, post).local_time[:16] == "2026-11-27 10:00"


def test_an_approved_post_that_is_dragged_asks_first(open_page, timed_bot, world):
    post = world.posts[PostState.SCHEDULED]
    page = open_page(role=WRITER)
    page.goto("/posts?month=2026-11&state=scheduled")

    page.locator(f"#post-{post}").drag_to(page.locator('td[data-day="2026-11-27"]'))
    page.wait_for_url(f"**/posts/{post}/move?**")
    untouched = state_of(timed_bot, post).state
    page.get_by_role("button", name="Siirrä julkaisu").click()
    page.wait_for_url(f"**done=moved#post-{post}")

    assert untouched is PostState.SCHEDULED
    assert state_of(timed_bot, post).local_time[:16] == "2026-11-27 10:00"


def test_the_days_of_a_series_are_told_while_it_is_typed(open_page, world):
    page = open_page(role=WRITER)
    page.goto("/series/new")

    page.locator("#weekday").select_option("4")
    page.locator("#dates").get_by_text("pe 27.11. klo 9.00").wait_for()

    assert page.locator("#dates").get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("role", [WRITER, APPROVER])
def test_axe_finds_nothing_on_the_pages_of_planning_and_nothing_scrolls_sideways(
    open_page,
    timed_bot,
    world,
    role,
):
    with timed_bot.database.write() as session:
        series = recurring.begin_series(session, new(timed_bot), author=WRITER, now=NOW).id
    paths = [
        "/posts?view=week",
        "/posts?view=list",
        "/posts?state=draft&view=list",
        "/posts?kind=qa",
        "/approvals",
        f"/posts/{world.posts[PostState.AWAITING_APPROVAL]}/approve",
        f"/posts/{world.posts[PostState.SCHEDULED]}/move",
        f"/posts/{world.posts[PostState.SCHEDULED]}/cancel",
        "/series",
        "/series/new",
        *(f"/series/{series}{end}" for end in ("", "/change", "/end", "/approve")),
        "/calendar-feed",
    ]

    assert look_over(open_page(role=role), paths) == []
