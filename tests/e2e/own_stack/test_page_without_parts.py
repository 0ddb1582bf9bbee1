"""What the page says while Redis, a worker, the trainer or the web process is missing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support.browser import Visit
from support.installation import JOYFUL, settings_of, until_worker
from support.page_checks import check_view
from support.stack import Stack

pytestmark = pytest.mark.browser

Visits = Callable[..., Visit]
BUTTON = "Find the emoji"


def test_a_missing_redis_and_a_missing_server_look_different(home: Path, visits: Visits) -> None:
    """The page says whether to wait or to check the connection."""
    with Stack(home) as stack:
        stack.start("web")
        stack.until_up()
        page = visits(stack.url).page
        page.goto("/status")
        expect(page.get_by_text("Emojify cannot answer texts right now.")).to_be_visible()
        expect(page.get_by_text("Redis has no socket at this path.")).to_be_visible()
        check_view(page, "status-failing")
        page.goto("/models")
        expect(page.get_by_text("The workers are out of sight right now.")).to_be_visible()
        page.goto("/")
        page.clock.install()
        page.get_by_label("Your text").fill(JOYFUL)
        page.get_by_role("button", name=BUTTON).click()
        expect(page.get_by_role("alert")).to_contain_text("Next try in 2 s.")
        beside = visits(stack.url).page
        beside.goto("/status")
        answers = beside.get_by_role("region", name="Answers of this web process")
        expect(answers).to_contain_text("Refused or failed")
        page.clock.run_for(2_000)
        page.clock.run_for(2_000)
        stack.parts["web"].kill()
        page.get_by_role("button", name=BUTTON).click()
        expect(page.get_by_role("alert")).to_contain_text("does not answer")


def test_a_late_prediction_is_announced_and_appears(home: Path, visits: Visits) -> None:
    """Without a worker the page says that it waits; then the prediction appears."""
    with Stack(home) as stack:
        stack.start("redis", "web")
        stack.until_up()
        scripted = visits(stack.url).page
        plain = visits(stack.url, java_script_enabled=False).page
        for page in (scripted, plain):
            page.goto("/")
            page.get_by_label("Your text").fill(JOYFUL)
        scripted.get_by_role("button", name=BUTTON).click()
        plain.get_by_role("button", name=BUTTON).click()  # the server holds this request
        expect(plain.locator("#pending")).to_contain_text("Waiting for a free worker")
        expect(scripted.locator("#pending")).to_be_visible()
        check_view(scripted, "pending")
        stack.start("worker")
        until_worker(settings_of(stack.environ))
        expect(scripted.locator("#label")).to_have_text("Joy")
        expect(scripted.locator("#pending")).to_be_hidden()
        plain.get_by_role("button", name="Look again").click()
        expect(plain.locator("#label")).to_have_text("Joy")


def test_a_correction_waits_for_the_trainer(home: Path, visits: Visits) -> None:
    """The page polls only while it is visible, and recovers when the server was away."""
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
        check_view(page, "correction-queued")
        page.get_by_role("link", name="This correction's page").focus()
        page.evaluate(
            "document.querySelector('.steps').remove()"
        )  # so that the next poll shows something new
        expect(page.locator("#progress")).to_be_focused()
        expect(page.locator(".steps .now")).to_have_text("Queued")

        page.evaluate(VISIBILITY, "hidden")
        page.clock.run_for(5_000)  # requests in flight have ended
        visit.requests.clear()
        page.clock.run_for(60_000)
        assert visit.requests == []
        stack.parts["web"].kill()
        page.evaluate(VISIBILITY, "visible")
        expect(status).to_contain_text("No news right now. We have what you sent.")
        stack.start("web")
        stack.until_up()
        expect(status).to_contain_text("waits for the trainer")
        page.get_by_role("link", name="This correction's page").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your correction")
        page.context.clear_cookies()  # the correction no longer belongs to this browser
        expect(status).to_have_text("You have no correction with this id.")


VISIBILITY = """state => {
  const hidden = { value: state === "hidden", configurable: true };
  Object.defineProperty(document, "hidden", hidden);
  document.dispatchEvent(new Event("visibilitychange"));
}"""
