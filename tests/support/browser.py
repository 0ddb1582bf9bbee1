"""A real Chromium, and visits that check what a person would not see."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

PROGRAMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "chromium", "google-chrome")
# A plain HTTP address; unlike localhost, it is no secure context for browsers.
ELSEWHERE = "emojify"
ARGUMENTS = [
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Views work without JavaScript, too.
SCRIPTS = pytest.mark.parametrize(
    "scripts",
    [True, pytest.param(False, marks=pytest.mark.browser)],
    ids=["with scripts", "without scripts"],
)
TIMEOUT_MS = 20_000  # a guard for slow machines; tests of a promised time name it
expect.set_options(timeout=TIMEOUT_MS)

HARMLESS = (
    "Failed to load resource:",  # the page itself reports refusals of the server
    "The Cross-Origin-Opener-Policy header has been ignored",  # always so over plain HTTP
)


def find_chromium() -> str:
    """Return the path of a Chromium. Without one: fail in CI, skip elsewhere."""
    named = os.environ.get("EMOJIFY_CHROMIUM")
    for program in (named,) if named else PROGRAMS:
        if path := shutil.which(program):
            return path
    reason = (
        f"there is no Chromium at {named or ' or '.join(PROGRAMS)}; install one "
        "(Debian, Ubuntu: sudo apt install chromium) or set EMOJIFY_CHROMIUM=/path/to/chrome"
    )
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a Chromium with a fresh profile."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to start otherwise
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[*ARGUMENTS, *as_root]
        )
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """One visitor's page, its requests and its errors."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self._context = browser.new_context(base_url=url, **options)
        self._context.set_default_timeout(TIMEOUT_MS)
        self.page: Page = self._context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []  # script errors and violations of the content policy
        self._own = urlsplit(url).netloc
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self._on_console(message.type, message.text))

    def _on_console(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not text.startswith(HARMLESS):
            self.complaints.append(text)

    def close(self) -> None:
        """Close it; check that nothing came from another host and no script failed."""
        self._context.close()
        foreign = [url for url in self.requests if urlsplit(url).netloc not in {self._own, ""}]
        assert foreign == [], "the page requests nothing from another host"
        assert self.complaints == [], "no script fails and no policy is violated"


def stop_clock(page: Page) -> None:
    """Stop the page's clock: only `page.clock.run_for` advances it."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)


def widest_overflow(page: Page) -> int:
    """Return by how many CSS pixels the page is wider than its window."""
    overflow: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return overflow


def screenshot(page: Page, name: str) -> None:
    """Save a picture of the whole page under artefacts/, if EMOJIFY_SCREENSHOTS is set."""
    if os.environ.get("EMOJIFY_SCREENSHOTS"):
        folder = Path(__file__).parents[2] / "artefacts"
        folder.mkdir(exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)
