"""The README's tour: from the demo to one's own post on the practice Page, in four steps, by a person's means."""

import re
import socket
import threading
import time
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from social_bot.bootstrap import clock
from social_bot.cli.rehearsal import PRACTICE_PATH, in_background, running
from social_bot.cli.sample import APPROVER, PAGES, WRITER, introduce
from tests.web.browsing import in_chromium, running_chromium

PAGE = next(iter(PAGES))
TEXT = "Kahvia ja neuvoja kirjastossa. Tervetuloa."

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("demo"),
    pytest.mark.timeout(240),
    in_chromium,
]


def test_a_new_user_sees_their_own_post_published_after_four_steps(
    tmp_path: Path, models_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCIAL_BOT_CACHE_DIR", str(models_cache))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    with (
        running(tmp_path, port=port, pace=0) as (rehearsal, server),
        in_background(server, rehearsal.url),
        running_chromium() as browser,
    ):
        introduce(rehearsal, {PAGE: PAGES[PAGE]})
        page = browser.new_page(base_url=rehearsal.url)
        soon = (clock() + timedelta(seconds=75)).astimezone(ZoneInfo("Europe/Helsinki"))

        # 1: come in as a writer
        page.goto("/enter?lang=fi")
        page.locator(f'button[value="{WRITER}"]').click()
        # 2: write, give a time, send for approval
        page.get_by_role("link", name="Suunnittelu").click()
        page.get_by_role("link", name="Kirjoita julkaisu").first.click()
        page.get_by_text("Aloita tyhjästä").click()
        page.locator("#when").fill(f"{soon:%d.%m.%Y %H:%M}")
        page.locator("#text-fi").fill(TEXT)
        page.locator("#text-sv").fill("Kaffe och råd på biblioteket. Välkommen.")
        page.get_by_role("button", name="Lähetä hyväksyttäväksi").click()
        page.wait_for_url(re.compile(r"/posts/\d+"))
        # 3: approve as somebody else
        page.goto("/enter?lang=fi")
        page.locator(f'button[value="{APPROVER}"]').click()
        page.get_by_role("link", name="Lue ja hyväksy").first.click()
        page.get_by_role("button", name="Hyväksy", exact=True).click()
        # 4: look at the practice Page
        pause, ends = threading.Event(), time.monotonic() + 150
        shown = False
        while not shown and time.monotonic() < ends:
            page.goto(f"{PRACTICE_PATH}/pages/{PAGE}")
            shown = TEXT in page.locator("body").inner_text()
            pause.wait(1)

    assert shown
