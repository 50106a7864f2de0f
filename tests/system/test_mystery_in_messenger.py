"""The mystery client's conversations, held in the practice Page's Messenger window in a real browser.

The clock is the machine's own here, so a script's time of day and what hangs on it are not judged.
"""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import select

from social_bot.answering.scripts import Button, Script, Turn, read_scripts
from social_bot.answering.store import DeliveryRow, EventRow, MessageRow, SendState
from social_bot.assets import folder
from social_bot.cli.rehearsal import PRACTICE_PATH, Rehearsal, in_background, running
from social_bot.cli.sample import introduce
from tests.web.browsing import in_chromium, running_chromium

PAGE = "100200300"
SCRIPTS = read_scripts(sorted((folder("templates") / "conversations").glob("*.yaml")))

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("demo"),
    pytest.mark.timeout(300),
    in_chromium,
]


@pytest.fixture(scope="module")
def rehearsal(
    tmp_path_factory: pytest.TempPathFactory, models_cache: Path, monkeypatch_module: pytest.MonkeyPatch
) -> Iterator[Rehearsal]:
    monkeypatch_module.setenv("SOCIAL_BOT_CACHE_DIR", str(models_cache))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    with (
        running(tmp_path_factory.mktemp("messenger"), port=port, pace=0) as (rehearsal, server),
        in_background(server, rehearsal.url),
    ):
        introduce(rehearsal, {PAGE: "Mallilan aikuissosiaalityö"})
        yield rehearsal


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.mark.parametrize("script", SCRIPTS, ids=[Path(script.file).stem for script in SCRIPTS])
def test_a_conversation_is_held_in_the_messenger_window(
    script: Script, rehearsal: Rehearsal, chromium: Browser, tmp_path: Path
) -> None:
    window = chromium.new_page(viewport={"width": 1100, "height": 1400})
    window.goto(f"{rehearsal.url}{PRACTICE_PATH}/pages/{PAGE}")
    window.locator("details", has=window.locator("#name")).locator("summary").click()
    window.locator("#name").fill(script.title[:60])
    window.locator("#name + button").click()
    psid = window.locator("#resident").input_value()

    wrong = [miss for turn in script.turns for miss in hold(turn, window, rehearsal, psid)]
    window.evaluate("document.querySelector('.log').style.maxHeight = 'none'")  # all of it in the picture
    window.locator("#messenger").screenshot(path=tmp_path / f"{Path(script.file).stem}.png")

    assert wrong == []


def hold(turn: Turn, window: Page, rehearsal: Rehearsal, psid: str) -> list[str]:
    """Say it as the resident would, wait, and read what the window shows as new from the page."""
    before = window.locator(".log .theirs").count()
    if isinstance(turn.resident, str):
        window.locator("#message").fill(turn.resident)
        window.locator("#message + button").click()
    else:
        pressed = turn.resident.button if isinstance(turn.resident, Button) else None
        picture = None if pressed else f"{rehearsal.url}/static/icon.svg"
        rehearsal.practice.write_as_resident(PAGE, psid, payload=pressed, attachment=picture)
    settle(rehearsal)
    window.reload()
    said = window.locator(".log .theirs").all_inner_texts()[before:]
    return misses(turn, said)


def misses(turn: Turn, said: list[str]) -> list[str]:
    expect, text = turn.expect, "\n".join(said).casefold()
    found = [
        f'line {turn.line}: "{words}" is missing' for words in expect.contains if words.casefold() not in text
    ]
    found += [
        f'line {turn.line}: "{words}" is said' for words in expect.contains_not if words.casefold() in text
    ]
    if bool(said) == expect.silence:
        found.append(f"line {turn.line}: {'something' if said else 'nothing'} was said")
    return found


def settle(rehearsal: Rehearsal) -> None:
    """Wait until every delivery is read, every event dealt with and every answer sent.

    On a slow machine a delivery may wait on disk first; what has left there is in the database.
    """
    spool = rehearsal.bot.settings.data_dir / "spool"
    assert rehearsal.practice.wait_for_webhooks(30)
    pause = threading.Event()
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        on_disk = list(spool.glob("*"))
        with rehearsal.bot.database.read() as session:
            waiting = [
                *on_disk,
                *session.exec(select(DeliveryRow.id).where(DeliveryRow.is_parsed == False)).all(),  # noqa: E712
                *session.exec(select(EventRow.id).where(EventRow.is_done == False)).all(),  # noqa: E712
                *session.exec(
                    select(MessageRow.id).where(
                        MessageRow.send_state.in_((SendState.PENDING, SendState.SENDING))  # type: ignore[union-attr]
                    )
                ).all(),
            ]
        if not waiting:
            return
        pause.wait(0.1)
    raise AssertionError("the program did not come to rest")
