"""The review queue in a browser: choose, accept, reject, follow; with and without scripts."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from emojify_core.correction_states import CorrectionState
from emojify_core.limits import REVIEW_PAGE
from emojify_core.storage.corrections.review_records import ReviewFilter
from emojify_core.storage.factory import Storage, open_storage
from support.browser import SCRIPTS, Visit
from support.homes import fresh_home
from support.installation import JOYFUL, settings_of
from support.learning import draft
from support.page_checks import check_view
from support.stack import Stack

pytestmark = pytest.mark.browser

Visits = Callable[..., Visit]
S = CorrectionState
OFFICE = "3f2a9c" + "0" * 26
LONG = "I stood in the doorway and could not say a word. " * 20


@pytest.fixture(scope="module")
def reviewed() -> Iterator[Stack]:
    """Run page and worker; corrections are reviewed."""
    with fresh_home() as home, Stack(home, EMOJIFY_CORRECTIONS="review") as stack:
        stack.start("redis", "worker", "web")
        stack.until_ready()
        yield stack


@pytest.fixture
def storage(reviewed: Stack) -> Iterator[Storage]:
    """Open its storage, with an empty queue."""
    storage = open_storage(settings_of(reviewed.environ))
    waiting = [each.id for each in storage.reviews.page(ReviewFilter(), limit=999)]
    storage.corrections.move(waiting, S.REJECTED)
    yield storage
    storage.engine.dispose()


def wait(storage: Storage, text: str, label: str, client: str, network: str | None = None) -> str:
    """Add a correction that waits for review; return its id."""
    given = replace(draft(text, label, client=client), network=network)
    return storage.corrections.add(given, S.REVIEW)[0].id


def campaign(storage: Storage, count: int) -> list[str]:
    """Add a campaign of one address between two honest corrections."""
    honest = wait(storage, "They all saw me fall.", "shame", "key:0123456789abcdef")
    texts = [JOYFUL, "My mother loves me.", LONG, "qwxz"]
    for number in range(count):
        text = texts[number] if number < len(texts) else f"I love you {number}"
        wait(storage, text, "disgust", f"cookie:k{number}jq3zz", OFFICE)
    return [honest, wait(storage, JOYFUL, "joy", "cookie:Zb81kk", "77aa01" + "0" * 26)]


def open_queue(page: Page, stack: Stack) -> None:
    """Sign in as the administrator and open the queue by the navigation."""
    token = (stack.home / "admin_token.secret").read_text(encoding="ascii")
    page.goto("/sign-in")
    page.get_by_label("administrator's token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=re.compile("^Review")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Corrections waiting for you")


@SCRIPTS
def test_chosen_corrections_are_accepted_and_followed(
    reviewed: Stack, visits: Visits, storage: Storage, *, scripts: bool
) -> None:
    """The administrator reads what the model says, chooses, accepts and sees what became."""
    honest = campaign(storage, 6)
    page = visits(reviewed.url, java_script_enabled=scripts).page
    open_queue(page, reviewed)
    expect(page.get_by_role("link", name="Review (8)")).to_have_attribute("aria-current", "page")
    rows = page.locator(".review tbody tr")
    expect(rows).to_have_count(8)
    exam = rows.filter(has_text=JOYFUL).first
    expect(exam).to_contain_text(re.compile(r"Joy \d+%"))
    expect(exam).to_contain_text("Disgust")
    expect(exam).to_contain_text("1 sender disagrees.")
    if scripts:
        check_view(page, "review")
    page.get_by_label("They all saw me fall.").check()
    rows.last.get_by_role("checkbox").check()
    if scripts:
        expect(page.locator("#chosen")).to_have_text("2 selected")
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="accepted")).to_contain_text(
        "2 corrections accepted."
    )
    assert [storage.corrections.get(each).state for each in honest] == [S.QUEUED] * 2
    expect(rows).to_have_count(6)
    if scripts:
        check_view(page, "review-done")
    page.get_by_role("link", name="Follow them").click()
    queued = page.get_by_role("row", name=re.compile("They all saw me fall.*Queued"))
    expect(queued.first).to_be_visible()
    if scripts:
        check_view(page, "review-decided")
    page.get_by_role("link", name="Back to the queue").click()
    expect(page.get_by_role("link", name="Review (6)")).to_be_visible()


@SCRIPTS
def test_a_campaign_is_rejected_whole(
    reviewed: Stack, visits: Visits, storage: Storage, *, scripts: bool
) -> None:
    """Its address shows as one sender; one step rejects all of it."""
    campaign(storage, REVIEW_PAGE + 4)
    page = visits(reviewed.url, java_script_enabled=scripts).page
    open_queue(page, reviewed)
    page.get_by_role("link", name="Next page").click()
    expect(page.locator(".review tbody tr")).to_have_count(6)
    page.get_by_role("link", name="First page").click()
    senders = page.get_by_role("region", name="Most active senders")
    senders.get_by_role("link", name="address 3f2a9c, 29 clients").click()
    expect(page.get_by_text("29 corrections of address 3f2a9c wait.")).to_be_visible()
    if scripts:
        check_view(page, "review-sender")
    page.get_by_role("checkbox", name="Yes, all 29").check()
    page.get_by_role("button", name="Reject all").click()
    expect(page.get_by_text("29 corrections rejected.")).to_be_visible()
    expect(page.get_by_text("Nothing to review.")).to_be_visible()
    page.get_by_role("link", name="Show everybody's").click()
    expect(page.locator(".review tbody tr")).to_have_count(2)
    assert storage.reviews.count(ReviewFilter(network=OFFICE)) == 0


@SCRIPTS
def test_all_on_a_page_are_selected_from_the_keyboard(
    reviewed: Stack, visits: Visits, storage: Storage, *, scripts: bool
) -> None:
    """Without a pointer and without scripts, too; Enter in a box accepts nothing."""
    campaign(storage, 3)
    page = visits(reviewed.url, java_script_enabled=scripts).page
    open_queue(page, reviewed)
    boxes = page.get_by_role("checkbox")
    if scripts:
        expect(page.locator("#chosen")).to_have_text("0 selected")  # the script listens from now on
        boxes.first.press("Space")
        boxes.first.press("Enter")
        expect(page.locator("#chosen")).to_have_text("1 selected")
    page.get_by_role("link", name="Select all on this page").press("Enter")
    for box in boxes.all():
        expect(box).to_be_checked()
    page.get_by_role("button", name="Reject", exact=True).press("Enter")
    expect(page.get_by_text("5 corrections rejected.")).to_be_visible()
    expect(page.get_by_text("Nothing to review.")).to_be_visible()
    if scripts:
        check_view(page, "review-empty")


def test_a_step_without_a_choice_explains_itself(
    reviewed: Stack, visits: Visits, storage: Storage
) -> None:
    """Nothing is decided by accident."""
    campaign(storage, 1)
    page = visits(reviewed.url).page
    open_queue(page, reviewed)
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("Select at least one correction first.")
    assert storage.reviews.count(ReviewFilter()) == 3


def test_visitors_see_no_link_and_are_sent_to_sign_in(reviewed: Stack, visits: Visits) -> None:
    """Signing in leads back to the queue."""
    page = visits(reviewed.url).page
    page.goto("/")
    expect(page.get_by_role("link", name=re.compile("^Review"))).to_have_count(0)
    page.goto("/corrections/review")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    token = (reviewed.home / "admin_token.secret").read_text(encoding="ascii")
    page.get_by_label("administrator's token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/corrections/review$"))
