"""What the page says when the server refuses, stands still or does not answer."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from support.browser import Visit, screenshot, stop_clock
from support.installation import JOYFUL
from support.page_checks import check_view
from support.stack import Stack

Visits = Callable[..., Visit]
BUTTON = "Find the emoji"


def overloaded(route: Route) -> None:
    """Answer as the server does when its queue is full."""
    detail = "Too many requests are waiting for an answer. Nothing was accepted; try again shortly."
    route.fulfill(status=503, headers={"Retry-After": "30"}, json={"detail": detail})


def test_an_overloaded_server_is_retried_after_its_delay(page: Page) -> None:
    """The page shows the reason, counts the seconds, and the prediction comes by itself."""
    page.clock.install()
    page.route("**/api/v1/predictions", overloaded, times=1)
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_contain_text("Too many requests")
    expect(page.locator("#countdown")).to_have_text(re.compile(r"^Next try in \d+ s\.$"))
    check_view(page, "overloaded")
    shown = page.locator("#countdown").inner_text()
    page.clock.run_for(1_000)
    expect(page.locator("#countdown")).not_to_have_text(shown)
    for _ in range(29):  # each second waits for the one before
        page.clock.run_for(1_000)
    expect(page.locator("#label")).to_have_text("Joy")


@pytest.mark.browser
def test_too_many_texts_are_told_once(page: Page) -> None:
    """The server's sentence names the seconds, too; the page does not repeat it."""
    stop_clock(page)
    detail = "That was a lot of texts. Try again in 1 second."
    page.route(
        "**/api/v1/predictions",
        lambda route: route.fulfill(
            status=429, headers={"Retry-After": "1"}, json={"detail": detail}
        ),
        times=1,
    )
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_have_text("That was a lot of texts. Next try in 1 s.")
    page.clock.run_for(1_000)
    expect(page.locator("#label")).to_have_text("Joy")


@pytest.mark.browser
def test_a_retry_date_is_not_retried(page: Page) -> None:
    """Proxies may send a date instead of seconds; the page does not retry at once."""
    later = {"Retry-After": "Wed, 21 Oct 2037 07:28:00 GMT"}
    stop_clock(page)
    page.route(
        "**/api/v1/predictions",
        lambda route: route.fulfill(status=503, headers=later, json={"detail": "Come later."}),
    )
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_have_text("Come later.")


@pytest.mark.browser
def test_a_server_that_hangs_counts_as_unreachable(stack: Stack, visits: Visits) -> None:
    """The page stops waiting after its timeout."""
    page = visits(stack.url).page
    page.add_init_script(HURRY)
    page.goto("/")
    page.route("**/api/v1/predictions", lambda _route: None)
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")


HURRY = """const timeout = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (patience) => timeout(patience / 100);"""


def test_the_page_reports_offline_and_recovers(
    page: Page,
) -> None:
    """The text stays, and the page works again when the network is back."""
    page.context.set_offline(True)
    banner = page.locator("#connection")
    expect(banner).to_contain_text("You are offline.")
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_contain_text("Ask again when you are back online")
    check_view(page, "offline")
    page.context.set_offline(False)
    expect(banner).to_have_text("You are back online.")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.locator("#label")).to_have_text("Joy")


@pytest.mark.browser
def test_a_captive_portal_is_recognized(page: Page) -> None:
    """A hotel's sign-in page is not taken for an answer."""
    page.route("**/api/v1/predictions", lambda route: route.fulfill(body="<h1>Welcome</h1>"))
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_contain_text("did not come from our server")


def test_a_refusal_of_the_server_is_shown(page: Page) -> None:
    """A text of 5,001 characters, set by a script, is refused with the reason."""
    page.get_by_label("Your text").evaluate("field => { field.value = 'x'.repeat(5001); }")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_contain_text("5,000 characters")
    expect(page.locator("#correction")).to_be_hidden()
    screenshot(page, "refused")
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.locator("#label")).to_have_text("Joy")
    expect(page.locator("#problem")).to_be_hidden()
