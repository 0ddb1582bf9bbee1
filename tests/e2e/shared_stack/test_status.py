"""The Status view: the current state of the stack."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from support.browser import Visit
from support.deadlines import eventually
from support.installation import JOYFUL
from support.page_checks import check_view
from support.stack import Stack

Visits = Callable[..., Visit]

HIDE = "Object.defineProperty(document, 'hidden', { value: true, configurable: true })"
SHOW = """() => {
  Object.defineProperty(document, "hidden", { value: false });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def figure(page: Page, region: str, name: str) -> str:
    """Return a figure by its name."""
    group = page.get_by_role("region", name=region).locator("dl > div").filter(has_text=name)
    return group.locator("dd").inner_text()


def reported(stack: Stack) -> set[str]:
    """Return the kinds of workers that have reported finished tasks, or are trainers."""
    found = re.findall(r'count\{worker="(\w+)@.*"\} (.+)', stack.http.get("/metrics").text)
    return {kind for kind, tasks in found if kind == "train" or float(tasks)}


def test_queues_rates_latency_and_workers_are_shown(stack: Stack, visits: Visits) -> None:
    """The view shows the state and links to details."""
    for _ in range(3):
        assert stack.predict(JOYFUL)["state"] == "succeeded"
    eventually(
        lambda: reported(stack) == {"predict", "train"},
        within=30,
        what="both workers have reported",
    )
    page = visits(stack.url).page
    page.goto("/")
    page.get_by_role("link", name="Status").click()
    expect(page.get_by_text("All is well")).to_be_visible()
    assert figure(page, "Waiting in the queues", "Predictions") == "0"
    answers = "Answers of this web process"
    assert float(figure(page, answers, "Answers per minute")) > 0
    half, most = (
        float(figure(page, answers, name).removesuffix(" ms").replace(",", ""))
        for name in ("Median", "95th percentile")
    )
    assert 0 < half <= most
    workers = page.get_by_role("table")
    expect(
        workers.get_by_role("row", name=re.compile(r"^predict@.+ [\d.,]+ ms [\d,]+ MB$"))
    ).to_be_visible()
    expect(workers.get_by_role("row", name=re.compile("^train@.+ trains"))).to_be_visible()
    check_view(page, "status")
    flower = page.get_by_role("link", name="Flower").get_attribute("href")
    assert flower == stack.flower_url
    for name in ("API reference", "Metrics", "Readiness"):
        path = page.get_by_role("link", name=name).get_attribute("href")
        assert stack.http.get(str(path)).status_code == 200


@pytest.mark.browser
def test_the_view_refreshes_itself_sparingly(stack: Stack, visits: Visits) -> None:
    """Every five seconds; less often without an answer, and never while hidden."""
    visit = visits(stack.url)
    page = visit.page
    page.clock.install()
    page.goto("/status", wait_until="networkidle")
    visit.requests.clear()
    with page.expect_event("requestfinished"):
        page.clock.run_for(5_100)
    assert len(visit.requests) == 1
    page.evaluate(HIDE)
    page.clock.run_for(60_000)
    assert len(visit.requests) == 1
    page.route("**/status", lambda route: route.abort())
    page.evaluate(SHOW)
    stale = page.locator("#stale")
    expect(stale).to_have_text("No news from the server, so this may be old.")
    visit.requests.clear()
    page.clock.run_for(5_100)
    assert visit.requests == [], "the page waits longer now"
    page.unroute_all()
    page.clock.run_for(10_000)
    expect(stale).to_have_text("")
