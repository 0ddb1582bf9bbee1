"""A real Chromium, and visits to our pages that notice what a person would not see."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "chromium", "google-chrome")
# A plain http address that browsers do not trust as they trust localhost.
ELSEWHERE = "emojify.test"
ARGUMENTS = [
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE_MS = 20_000  # a guard for slow machines; the tests of a promise name its time
expect.set_options(timeout=PATIENCE_MS)

HARMLESS = (
    "Failed to load resource:",  # a refusal of the server, which the page tells
    "The Cross-Origin-Opener-Policy header has been ignored",  # over plain http it always is
)


def find_chromium() -> str:
    """Return the path of a Chromium. Without one: fail in CI, skip elsewhere."""
    named = os.environ.get("EMOJIFY_CHROMIUM")
    for place in (named,) if named else PLACES:
        if path := shutil.which(place):
            return path
    reason = (
        f"there is no Chromium at {named or ' or '.join(PLACES)}; install one "
        "(Debian, Ubuntu: sudo apt install chromium) or name it: EMOJIFY_CHROMIUM=/path/to/chrome"
    )
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a Chromium with a fresh profile."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []  # it refuses to start otherwise
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[*ARGUMENTS, *as_root]
        )
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """One visitor's page, and what happened behind it."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self._context = browser.new_context(base_url=url, **options)
        self._context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self._context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []  # errors of scripts, and whatever the policy refused
        self._own = urlsplit(url).netloc
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self._heard(message.type, message.text))

    def _heard(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not text.startswith(HARMLESS):
            self.complaints.append(text)

    def close(self) -> None:
        """End it, and check that all of it came from our own host and nothing went wrong."""
        self._context.close()
        foreign = [url for url in self.requests if urlsplit(url).netloc not in {self._own, ""}]
        assert foreign == [], "nothing is requested from another host"
        assert self.complaints == [], "no script fails and no policy is violated"


def stop_clock(page: Page) -> None:
    """Let the page's time pass by `page.clock.run_for` alone, however slow the machine is."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)


def widest_overflow(page: Page) -> int:
    """Return by how many CSS pixels the page is wider than its window."""
    overflow: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return overflow


def screenshot(page: Page, name: str) -> None:
    """Keep a picture of the whole page under artefacts/, for people to look at."""
    folder = Path(__file__).parents[2] / "artefacts"
    folder.mkdir(exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
