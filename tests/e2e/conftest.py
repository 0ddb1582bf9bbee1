"""The whole stack as `make run` starts it, shared by the tests that leave it as it was."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from support.browser import Visit, chromium
from support.homes import fresh_home
from support.stack import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Run the whole stack; what a test breaks, it must mend."""
    with fresh_home() as home, Stack(home) as stack:
        stack.start("local")
        stack.until_ready()
        yield stack


@pytest.fixture
def home() -> Iterator[Path]:
    """Give a fresh data folder to a test that runs a stack of its own."""
    with fresh_home() as home:
        yield home


# Not for the session: while Playwright lives, no test of this thread can run an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run a Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def visits(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Give a function that opens a page for one more visitor (options as for a new context)."""
    with ExitStack() as opened:

        def visit(url: str, **options: Any) -> Visit:
            new = Visit(browser, url, **options)
            opened.callback(new.close)
            return new

        yield visit


@pytest.fixture
def page(stack: Stack, visits: Callable[..., Visit]) -> Page:
    """Return the page that people use, opened."""
    opened = visits(stack.url).page
    opened.goto("/")
    return opened
