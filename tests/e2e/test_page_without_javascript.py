"""The same page for those whose browser runs no script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from support.browser import ELSEWHERE, Visit, screenshot
from support.installation import JOYFUL
from support.stack import Stack

Visits = Callable[..., Visit]


@pytest.fixture
def page(stack: Stack, visits: Visits) -> Page:
    """Return the page that people use, opened without JavaScript."""
    opened = visits(stack.url, java_script_enabled=False).page
    opened.goto("/")
    return opened


def test_a_text_gets_its_emoji(page: Page) -> None:
    """The form works by itself, and the text is still there to go on from."""
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name="Find the emoji").click()
    expect(page.locator("#label")).to_have_text("Joy")
    expect(page.locator("#emoji")).to_have_text("😄")
    expect(page.locator("#result meter")).to_have_count(7)
    expect(page.get_by_label("Your text")).to_have_value(JOYFUL)
    screenshot(page, "page-without-javascript")
    assert page.locator("#unsure").is_hidden()


def test_a_blank_text_is_refused_with_a_reason(page: Page) -> None:
    """The server says what the script would have said."""
    page.get_by_label("Your text").fill("   ")
    page.get_by_role("button", name="Find the emoji").click()
    expect(page.get_by_role("alert")).to_have_text("Write at least one word.")
    expect(page.locator("#result")).to_be_hidden()
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name="Find the emoji").click()
    expect(page.locator("#label")).to_have_text("Joy")


def test_it_works_from_another_machine_without_tls(stack: Stack, visits: Visits) -> None:
    """On a home network the page has a plain http address; the form works there, too."""
    url = stack.url.replace("127.0.0.1", ELSEWHERE)
    page = visits(url, java_script_enabled=False).page
    page.goto("/")
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name="Find the emoji").click()
    expect(page.locator("#label")).to_have_text("Joy")
