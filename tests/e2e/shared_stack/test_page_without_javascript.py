"""The page without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from support.browser import ELSEWHERE, Visit, screenshot
from support.installation import JOYFUL
from support.stack import Stack

pytestmark = pytest.mark.browser

Visits = Callable[..., Visit]
BUTTON = "Find the emoji"


@pytest.fixture
def page(stack: Stack, visits: Visits) -> Page:
    """Return the start page, opened without JavaScript."""
    opened = visits(stack.url, java_script_enabled=False).page
    opened.goto("/")
    return opened


def test_a_text_gets_its_emoji(page: Page) -> None:
    """The form works, and the text stays in the field."""
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.locator("#label")).to_have_text("Joy")
    expect(page.locator("#emoji")).to_have_text("😄")
    expect(page.locator("#answer .bar rect")).to_have_count(7)
    expect(page.get_by_label("Your text")).to_have_value(JOYFUL)
    expect(page.locator("#quote mark[data-strength='3']")).to_have_text("passed")
    expect(page.locator("#words")).to_contain_text("Strongest clues for Joy: “passed”")
    expect(page.locator("#made")).to_have_text(re.compile(r"^Model version \d+, [\d.]+ ms$"))
    screenshot(page, "try-without-javascript")
    expect(page.locator("#unsure")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport(ratio=1)


def test_an_example_and_an_unsure_prediction_work(page: Page) -> None:
    """One click shows two candidates."""
    page.get_by_role("button", name="She forgot my birthday again.").click()
    expect(page.locator("#unsure")).to_be_visible()
    expect(page.locator(".candidate")).to_have_count(2)
    expect(page.locator(".candidate").first).to_contain_text(re.compile("Anger|Sadness"))
    expect(page.get_by_label("Your text")).to_have_value("She forgot my birthday again.")


def test_a_blank_text_is_refused_with_a_reason(page: Page) -> None:
    """The server says what the script would have said."""
    page.get_by_label("Your text").fill("   ")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_have_text("Write at least one word.")
    expect(page.locator("#correction")).to_be_hidden()
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.locator("#label")).to_have_text("Joy")


def test_the_form_works_over_plain_http(stack: Stack, visits: Visits) -> None:
    """The page has a plain HTTP address on a home network."""
    url = stack.url.replace("127.0.0.1", ELSEWHERE)
    page = visits(url, java_script_enabled=False).page
    page.goto("/")
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.locator("#label")).to_have_text("Joy")
