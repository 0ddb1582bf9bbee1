"""One whole stack as `make run` starts it, a browser, and visits to the page."""

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
    """Run the whole stack; a test that breaks a part waits until it works again."""
    with fresh_home() as home, Stack(home) as stack:
        stack.start("local")
        stack.until_ready()
        yield stack


@pytest.fixture
def home() -> Iterator[Path]:
    """Return an empty data folder for a test that runs its own stack."""
    with fresh_home() as home:
        yield home


# Not for the session: while Playwright lives, its thread cannot run another event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run a Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def visits(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens the page for one more visitor, with options of a new context."""
    with ExitStack() as opened:

        def visit(url: str, **options: Any) -> Visit:
            new = Visit(browser, url, **options)
            opened.callback(new.close)
            return new

        yield visit


@pytest.fixture
def page(stack: Stack, visits: Callable[..., Visit]) -> Page:
    """Return the start page, opened."""
    opened = visits(stack.url).page
    opened.goto("/")
    return opened
