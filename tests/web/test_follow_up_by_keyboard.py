"""A coordinator's round in a real browser by keyboard alone: the dashboard, a goal, a report and its file."""

import pytest

from tests.web.browsing import in_browser
from tests.web.conftest import COORDINATOR
from tests.web.test_calendar_by_hand import press_until

pytestmark = in_browser


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without a script"])
def test_a_goal_is_added_from_the_dashboard_seen_and_changed(open_page, world, script):
    page = open_page(role=COORDINATOR, script=script)
    page.goto("/dashboard")

    press_until(page, "Lisää tavoite")
    page.keyboard.press("Enter")
    page.wait_for_url("**/goals/new")
    page.locator("#about").focus()
    page.keyboard.press("ArrowDown")
    page.locator("#metric").focus()
    page.keyboard.press("ArrowDown")
    metric = page.locator("#metric option:checked").inner_text()
    # the browser of the tests writes the month first
    for place, words in (
        ("#target", "40"),
        ("#starts_on", "11012026"),
        ("#by_on", "12312026"),
        ("#why", "Kynnys on matalampi."),
    ):
        page.locator(place).focus()
        page.keyboard.type(words)
    press_until(page, "Tallenna tavoite")
    page.keyboard.press("Enter")
    page.wait_for_url("**/goals/*?done=**")
    shown = page.locator("main").inner_text()
    press_until(page, "Muuta tavoitetta")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change")

    assert metric in shown
    assert "40" in shown
    assert "Kynnys on matalampi." in shown
    assert page.locator("#target").input_value() == "40"


def test_a_report_and_its_file_are_reached_from_the_dashboard(open_page, world):
    page = open_page(role=COORDINATOR)
    page.goto("/dashboard")

    press_until(page, "Raportit")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports")
    press_until(page, "Marraskuu 2026")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/months/2026-11**")
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.locator(":focus").inner_text().startswith("CSV"):
            break
    with page.expect_download() as download:
        page.keyboard.press("Enter")

    assert download.value.suggested_filename.endswith(".csv")
