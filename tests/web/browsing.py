"""The program in a real browser: on a free port of this machine, in headless Chromium, under axe's eyes."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from social_bot.web.app import create_app

_PROGRAMS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))  # the first costs half
_CHROMIUM = next((program for program in _PROGRAMS if program.exists()), None)
NARROW, WIDE = 320, 1200
_COLOURS = ["color-contrast", "link-in-text-block"]
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

OpenPage = Callable[..., Page]

in_chromium = pytest.mark.skipif(_CHROMIUM is None, reason="Chromium is not installed in /usr/bin")
in_browser = [pytest.mark.browser, in_chromium]


@pytest.fixture
def address(timed_bot: Any, world: Any) -> Iterator[str]:
    """The program on a free port of this machine."""
    app = create_app(timed_bot, on_delivery=lambda: None)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    pause = threading.Event()
    while not server.started:
        pause.wait(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@contextmanager
def running_chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[OpenPage]:
    """A page of a new browser window, with a role chosen where one is named."""
    opened: list[BrowserContext] = []

    def open_window(
        *,
        role: str | None = None,
        width: int = WIDE,
        language: str = "fi",
        dark: bool = False,
        script: bool = True,
    ) -> Page:
        context = chromium.new_context(
            base_url=address,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",  # a colour on its way from one to the other is neither
            java_script_enabled=script,
        )
        opened.append(context)
        page = context.new_page()
        if role is not None:
            page.goto(f"/enter?lang={language}")
            page.locator(f'button[value="{role}"]').click()
        return page

    yield open_window
    for context in opened:
        context.close()


def violations(page: Page, *, without: Sequence[str] = ()) -> list[str]:
    """What axe finds on the page that is open, ``without`` some of its rules."""
    return _found(page, {"type": "tag", "values": _WCAG}, without=without)


def _violations_in_the_dark(page: Page) -> list[str]:
    """The same page in dark colours: of what axe looks at, only the colours differ."""
    page.emulate_media(color_scheme="dark")
    found = _found(page, {"type": "rule", "values": _COLOURS})
    page.emulate_media(color_scheme="light")
    return found


def is_too_wide(page: Page, *, width: int = NARROW) -> bool:
    """Whether the page scrolls sideways on a phone of this width."""
    page.set_viewport_size({"width": width, "height": 900})
    return bool(page.evaluate("document.documentElement.scrollWidth") > width)


def look_over(page: Page, paths: Iterable[str], language: str = "fi") -> list[str]:
    """Open each page wide, then in the dark, then on the narrowest phone; what is wrong with it.

    Colours are looked at in Finnish, light and dark: they are alike in all languages, and cost most.
    """
    found = []
    for path in paths:
        page.set_viewport_size({"width": WIDE, "height": 900})
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        if language == "fi":
            found += violations(page) + _violations_in_the_dark(page)
        else:
            found += violations(page, without=_COLOURS)
        if is_too_wide(page):
            found.append(f"{path} ({language}) scrolls sideways")
    return found


def _found(page: Page, rules: dict[str, Any], *, without: Sequence[str] = ()) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {
        "runOnly": rules,
        "rules": {name: {"enabled": False} for name in without},
        "resultTypes": ["violations"],
    }
    result = page.evaluate("(options) => axe.run(options)", options)
    return [f"{page.url} {each['id']}: {each['nodes'][0]['html'][:120]}" for each in result["violations"]]
