"""What the page tells people while parts of the stack are missing."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from support.browser import Visit, screenshot
from support.installation import JOYFUL, settings_of, until_worker
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
        page.goto("/")
        page.get_by_label("Your text").fill(JOYFUL)
        page.get_by_role("button", name=BUTTON).click()
        expect(page.get_by_role("alert")).to_contain_text("try again shortly")
        stack.parts["web"].kill()
        page.get_by_role("button", name=BUTTON).click()
        expect(page.get_by_role("alert")).to_contain_text("cannot be reached")


def test_a_slow_answer_is_announced_and_comes(home: Path, visits: Visits) -> None:
    """While no worker is there the page says "still working"; then the answer appears."""
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
        expect(plain.locator("#pending")).to_contain_text("Still working on it.")
        expect(scripted.locator("#pending")).to_be_visible()
        screenshot(scripted, "pending")
        stack.start("worker")
        until_worker(settings_of(stack.environ))
        expect(scripted.locator("#label")).to_have_text("Joy")
        expect(scripted.locator("#pending")).to_be_hidden()
        plain.get_by_role("button", name="Look again").click()
        expect(plain.locator("#label")).to_have_text("Joy")


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
        status = page.get_by_role("status")
        expect(status).to_contain_text("waits for the trainer")
        expect(page.locator(".steps .now")).to_have_text("Waiting")
        screenshot(page, "correction-waiting")

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
        expect(status).to_contain_text("waits for the trainer", timeout=20_000)


VISIBILITY = """state => {
  const hidden = { value: state === "hidden", configurable: true };
  Object.defineProperty(document, "hidden", hidden);
  document.dispatchEvent(new Event("visibilitychange"));
}"""
