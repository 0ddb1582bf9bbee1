"""What the page says when the server refuses, stands still or cannot be reached."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from support.browser import Visit, screenshot, stop_clock
from support.installation import JOYFUL
from support.page_checks import check_view
from support.stack import Stack

Visits = Callable[..., Visit]
BUTTON = "Find the emoji"


def overloaded(route: Route) -> None:
    """Answer as the server does whose queue is full."""
    detail = "Too many requests are waiting for an answer. Nothing was accepted; try again shortly."
    route.fulfill(status=503, headers={"Retry-After": "30"}, json={"detail": detail})


def test_an_overloaded_server_is_asked_again_when_it_says(page: Page) -> None:
    """People read what is the matter, and their answer comes by itself."""
    page.clock.install()
    page.route("**/api/v1/predictions", overloaded, times=1)
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_contain_text("Too many requests")
    expect(page.get_by_role("alert")).to_contain_text("Trying again in 30 s.")
    check_view(page, "overloaded")
    page.clock.run_for(30_000)
    expect(page.locator("#label")).to_have_text("Joy")


def test_a_date_to_come_again_is_not_waited_for(page: Page) -> None:
    """Proxies may name a date instead of seconds; the page does not ask in a flurry then."""
    later = {"Retry-After": "Wed, 21 Oct 2037 07:28:00 GMT"}
    stop_clock(page)
    page.route(
        "**/api/v1/predictions",
        lambda route: route.fulfill(status=503, headers=later, json={"detail": "Come later."}),
    )
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_have_text("Come later.")


def test_a_server_that_stands_still_is_not_waited_for_without_end(
    stack: Stack, visits: Visits
) -> None:
    """It takes requests and answers none: the page says so as if it could not be reached."""
    page = visits(stack.url).page
    page.add_init_script(HURRY)
    page.goto("/")
    page.route("**/api/v1/predictions", lambda _route: None)
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")


HURRY = """const timeout = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (patience) => timeout(patience / 100);"""


def test_without_a_network_the_page_says_so_and_goes_on_afterwards(
    page: Page,
) -> None:
    """What was written stays, and the page is usable again when the connection is."""
    page.context.set_offline(True)
    banner = page.locator("#connection")
    expect(banner).to_contain_text("You are offline.")
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_contain_text("no answer while you are offline")
    check_view(page, "offline")
    page.context.set_offline(False)
    expect(banner).to_have_text("You are online again.")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.locator("#label")).to_have_text("Joy")


def test_something_between_that_is_not_the_server_is_told_apart(page: Page) -> None:
    """A hotel's sign-in page is no answer, and no silence either."""
    page.route("**/api/v1/predictions", lambda route: route.fulfill(body="<h1>Welcome</h1>"))
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_contain_text("answered instead of it")


def test_what_the_server_refuses_is_told_on_the_page(page: Page) -> None:
    """Five thousand and one characters, pasted by a script, are refused with the reason."""
    page.get_by_label("Your text").evaluate("field => { field.value = 'x'.repeat(5001); }")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_contain_text("5,000 characters")
    expect(page.locator("#correction")).to_be_hidden()
    screenshot(page, "refused")
    page.get_by_label("Your text").fill(JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.locator("#label")).to_have_text("Joy")
    expect(page.locator("#problem")).to_be_hidden()
