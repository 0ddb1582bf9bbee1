"""The page is light, and nothing on it moves. `make bench-page` measures its times."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from support.browser import Visit
from support.installation import JOYFUL
from support.stack import Stack

pytestmark = pytest.mark.browser

Visits = Callable[..., Visit]

# Its words and their explanation fill more than one line.
LONG = "We danced and sang and laughed, proud and glad and thrilled: a wonderful birthday, at last!"
MOST = 60_000  # bytes, headers included
VIEWS = ("/", "/batches", "/models", "/status", "/sign-in")

TRANSFERRED = """() => performance.getEntriesByType("resource")
  .concat(performance.getEntriesByType("navigation"))
  .map(({ name, transferSize }) => [name, transferSize])"""
# All shifts, even those that browsers ignore shortly after a key press.
WATCH = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries())
      window.shifts.push([value, ...sources.map(({ node }) => node?.id || node?.nodeName)]);
  }).observe({ type: "layout-shift", buffered: true });
}"""
# The two candidates come and go within the card's upper part.
PLACES = """() => [...document.querySelectorAll("h1, label, section, tr, footer, #made"),
    ...document.querySelectorAll("button:not(.candidate)")]
  .map((element) => element.getBoundingClientRect())
  .map(({ x, y, width, height }) => [x, y, width, height].map(Math.round))"""


@pytest.mark.parametrize("path", VIEWS)
def test_a_view_transfers_few_bytes(stack: Stack, visits: Visits, path: str) -> None:
    """It loads fast on a slow line."""
    page = visits(stack.url).page
    page.goto(path, wait_until="networkidle")
    sizes: dict[str, int] = dict(page.evaluate(TRANSFERRED))
    assert len(sizes) > 5, "the styles and scripts were counted"
    assert min(sizes.values()) > 0
    assert sum(sizes.values()) < MOST, sizes


def moved(page: Page) -> list[Any]:
    """Return the layout shifts, once pending changes are painted."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
    shifts: list[Any] = page.evaluate("window.shifts")
    return shifts


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_when_a_prediction_appears(stack: Stack, visits: Visits, width: int) -> None:
    """Every kind of answer has its place from the beginning."""
    page = visits(stack.url, viewport={"width": width, "height": 2000}).page
    page.goto("/")
    page.evaluate(WATCH)
    places = page.evaluate(PLACES)
    texts = [
        (JOYFUL, "sure"),
        ("She forgot my birthday again.", "unsure"),
        (LONG, "sure"),
        (" ", "problem"),
    ]
    for text, shown in texts:
        page.get_by_label("Your text").fill(text)
        page.keyboard.press("Control+Enter")
        expect(page.locator("#answer")).to_have_attribute("data-shown", shown)
        if shown != "problem":
            expect(page.locator("#quote")).to_have_text(text)
        assert moved(page) == [], text
        assert page.evaluate(PLACES) == places, text


def test_the_check_notices_a_shift(page: Page) -> None:
    """The check above can fail."""
    page.evaluate(WATCH)
    page.evaluate("document.querySelector('.lead').before(document.createElement('textarea'))")
    assert moved(page) != []
