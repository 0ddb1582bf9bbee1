"""What the page tells people while parts of the stack are missing."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from support.browser import Visit, screenshot, stop_clock
from support.installation import JOYFUL, settings_of, until_worker
from support.looks import check_looks
from support.stack import Stack

Visits = Callable[..., Visit]
BUTTON = "Find the emoji"


def test_a_server_without_redis_and_no_server_at_all_are_told_apart(
    home: Path, visits: Visits
) -> None:
    """The page never goes silent: it says whether to wait or to check the connection."""
    with Stack(home) as stack:
        stack.start("web")
        stack.until_up()
        page = visits(stack.url).page
        page.goto("/status")
        expect(page.get_by_text("Predictions cannot be answered at the moment.")).to_be_visible()
        expect(page.get_by_text("Redis does not answer.")).to_be_visible()
        check_looks(page, "status-failing")
        page.goto("/models")
        expect(page.get_by_text("The workers cannot be seen at the moment.")).to_be_visible()
        page.goto("/")
        page.clock.install()
        page.get_by_label("Your text").fill(JOYFUL)
        page.get_by_role("button", name=BUTTON).click()
        expect(page.get_by_role("alert")).to_contain_text("Trying again in 2 s.")
        beside = visits(stack.url).page
        beside.goto("/status")
        answers = beside.get_by_role("region", name="Answers of this web process")
        expect(answers).to_contain_text("Refused or failed")
        page.clock.run_for(2_000)
        page.clock.run_for(2_000)
        stack.parts["web"].kill()
        page.get_by_role("button", name=BUTTON).click()
        expect(page.get_by_role("alert")).to_contain_text("cannot be reached")


def test_a_slow_answer_is_announced_and_comes(home: Path, visits: Visits) -> None:
    """While no worker is there the page says so; then the answer appears."""
    with Stack(home) as stack:
        stack.start("redis", "web")
        stack.until_up()
        scripted = visits(stack.url).page
        plain = visits(stack.url, java_script_enabled=False).page
        for page in (scripted, plain):
            page.goto("/")
            page.get_by_label("Your text").fill(JOYFUL)
        scripted.get_by_role("button", name=BUTTON).click()
        plain.get_by_role("button", name=BUTTON).click()  # the server holds this one
        expect(plain.locator("#pending")).to_contain_text("Still waiting for a worker")
        expect(scripted.locator("#pending")).to_be_visible()
        check_looks(scripted, "pending")
        stack.start("worker")
        until_worker(settings_of(stack.environ))
        expect(scripted.locator("#label")).to_have_text("Joy")
        expect(scripted.locator("#pending")).to_be_hidden()
        plain.get_by_role("button", name="Look again").click()
        expect(plain.locator("#label")).to_have_text("Joy")


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
    check_looks(page, "overloaded")
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
    check_looks(page, "offline")
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


def test_a_correction_without_a_trainer_waits_and_the_page_asks_without_haste(
    home: Path, visits: Visits
) -> None:
    """It asks nothing while nobody looks, and goes on by itself when the server was away."""
    with Stack(home) as stack:
        stack.start("redis", "worker", "web")
        stack.until_ready()
        visit = visits(stack.url)
        page = visit.page
        page.clock.install()
        page.goto("/")
        page.get_by_label("Your text").fill(JOYFUL)
        page.get_by_role("button", name=BUTTON).click()
        page.get_by_role("radio", name="Guilt").check()
        page.get_by_role("button", name="Teach it").click()
        status = page.locator("#status")
        expect(status).to_contain_text("waits for the trainer")
        expect(page.locator(".steps .now")).to_have_text("Queued")
        check_looks(page, "correction-queued")
        page.get_by_role("link", name="This correction's page").focus()
        page.evaluate("document.querySelector('.steps').remove()")  # so that there is news
        expect(page.locator("#progress")).to_be_focused()
        expect(page.locator(".steps .now")).to_have_text("Queued")

        page.evaluate(VISIBILITY, "hidden")
        page.clock.run_for(5_000)  # what was under way has come back
        visit.requests.clear()
        page.clock.run_for(60_000)
        assert visit.requests == []
        stack.parts["web"].kill()
        page.evaluate(VISIBILITY, "visible")
        expect(status).to_contain_text("no news at the moment. What you sent is kept.")
        stack.start("web")
        stack.until_up()
        expect(status).to_contain_text("waits for the trainer")
        page.get_by_role("link", name="This correction's page").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your correction")
        page.context.clear_cookies()  # it is nobody's of this browser any more
        expect(status).to_have_text("There is no correction of yours with this id.")


VISIBILITY = """state => {
  const hidden = { value: state === "hidden", configurable: true };
  Object.defineProperty(document, "hidden", hidden);
  document.dispatchEvent(new Event("visibilitychange"));
}"""
