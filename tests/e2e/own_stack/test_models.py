"""The Models view: versions, refused updates and their reasons, and the rollback."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from emojify_core.correction_states import CorrectionState
from emojify_core.storage.factory import Storage, open_storage, prepare_storage
from support.browser import SCRIPTS, Visit
from support.homes import fresh_home
from support.installation import settings_of
from support.learning import draft
from support.model_history import make_history, publish
from support.page_checks import check_view
from support.stack import Stack

pytestmark = pytest.mark.browser

Visits = Callable[..., Visit]


@pytest.fixture(scope="module")
def past() -> Iterator[Stack]:
    """Run a web process over an installation with a history of versions."""
    with fresh_home() as home, Stack(home) as stack:
        storage = open_storage(settings_of(stack.environ))
        prepare_storage(storage)
        make_history(storage)
        storage.engine.dispose()
        stack.start("web")
        stack.until_up()
        yield stack


@pytest.fixture
def storage(past: Stack) -> Iterator[Storage]:
    """Open that installation's storage."""
    storage = open_storage(settings_of(past.environ))
    yield storage
    storage.engine.dispose()


@pytest.fixture
def token(past: Stack) -> str:
    """Return the administrator's token."""
    return (past.home / "admin_token.secret").read_text(encoding="ascii")


def test_versions_and_refusals_are_listed_with_their_reasons(past: Stack, visits: Visits) -> None:
    """The view explains why the model predicts differently today."""
    page = visits(past.url).page
    page.goto("/")
    page.get_by_role("link", name="Models").click()
    items = page.locator(".versions").get_by_role("listitem")
    expect(items).to_have_count(7)
    told = dict(enumerate(reversed(items.all_inner_texts()), 1))
    assert "Live" in told[7]
    assert "Version 3 again." in told[6]
    assert "better on the rows" not in told[6], "a reason is for the administrator alone"
    assert "Learned 12 corrections." in told[5]
    assert "12 of 12 corrections learned" in told[5]
    assert "Of 600 unseen sentences, 3 became right and 2 wrong" in told[5]
    assert "4 of 4 earlier corrections" in told[5]
    assert "macro-F1 .619" in told[3]
    assert "deleted" in told[2]
    assert "The original model of this project" in told[1]
    refused = page.get_by_role("region", name="Refused")
    expect(refused).to_contain_text("It would forget 3 of 9 earlier corrections.")
    expect(refused).to_contain_text("1 correction, on top of version 5. macro-F1 .598")
    chart = page.get_by_role("img", name=re.compile("Versions 1 to 7 score"))
    expect(chart.locator("circle")).to_have_count(7)
    expect(chart.locator(".cross")).to_have_count(1)
    heights = chart.locator("circle").evaluate_all(
        "all => all.map(one => Number(one.getAttribute('cy')))"
    )
    assert heights[6] == min(heights), "the best one is the highest"
    assert heights[4] == max(heights)
    assert heights[2] == heights[5], "the same files, the same figure"
    check_view(page, "models")


def test_a_new_version_appears_without_a_reload(
    past: Stack, visits: Visits, storage: Storage
) -> None:
    """The view updates itself."""
    page = visits(past.url).page
    page.clock.install()
    page.goto("/models")
    items = page.locator(".versions li")
    shown = items.count()
    publish(storage, 0.622)
    page.clock.run_for(11_000)
    expect(items).to_have_count(shown + 1)


@SCRIPTS
def test_a_rollback_needs_a_confirmation_and_the_token(
    past: Stack, visits: Visits, token: str, *, scripts: bool
) -> None:
    """The administrator confirms with a reason, which only the administrator reads later."""
    page = visits(past.url, java_script_enabled=scripts).page
    page.goto("/models")
    page.get_by_role("link", name="Go back to version 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Go back to version 1?")
    page.get_by_label("Why").fill("it was calmer" if scripts else "it was quieter")
    page.get_by_label("Administrator's token").fill("a guess")
    page.get_by_role("button", name="Yes, go back").click()
    expect(page.get_by_role("alert")).to_have_text("This is not the administrator's token.")
    if scripts:
        check_view(page, "rollback")
    why = page.get_by_label("Why").input_value()
    page.get_by_label("Administrator's token").fill(token)
    page.get_by_role("button", name="Yes, go back").click()
    expect(page).to_have_url(re.compile("/models$"))
    live = page.locator(".versions .is-live")
    expect(live).to_contain_text("Version 1 again.")
    expect(live).not_to_contain_text(why)
    page.get_by_role("link", name="Go back to version 7").click()
    page.get_by_role("link", name="No, keep the live version").click()
    expect(live).to_contain_text("Version 1 again")
    page.goto("/sign-in")
    page.get_by_label("administrator's token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/models")
    expect(live).to_contain_text(f"Version 1 again, by administrator: {why}")
    page.goto("/models/7/back")
    expect(page.get_by_label("Administrator's token")).to_have_count(0)
    page.get_by_role("button", name="Yes, go back").click()
    expect(live).to_contain_text("Version 7 again, by administrator.")


def test_a_refused_correction_shows_its_reason(
    past: Stack, visits: Visits, storage: Storage, token: str
) -> None:
    """Its page shows the failed step, the reason and what an administrator can do."""
    reason = "It would make 7 more of the held-out answers wrong."
    one = storage.corrections.add(draft(), CorrectionState.QUEUED)[0].id
    for state in (CorrectionState.TRAINING, CorrectionState.CHECKING):
        storage.corrections.move([one], state)
    live = storage.versions.live().version.version
    storage.versions.record_refusal(
        base_version=live, correction_ids=[one], figures={}, reason=reason, final=True
    )
    page = visits(past.url).page
    page.goto("/sign-in")
    page.get_by_label("administrator's token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"/corrections/{one}")
    expect(page.locator("#status")).to_contain_text("The model did not learn your correction.")
    expect(page.locator(".steps .stopped")).to_have_text("Refused")
    expect(page.get_by_text(reason)).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    check_view(page, "correction-refused")
    page.goto("/models")
    expect(page.get_by_role("region", name="Refused")).to_contain_text(reason)


def test_a_rollback_needs_a_stored_version_that_is_not_live(
    past: Stack, visits: Visits, token: str
) -> None:
    """Their rollback pages give the reason."""
    page = visits(past.url).page
    page.goto("/models")
    expect(page.get_by_role("link", name="Go back to version 2", exact=True)).to_have_count(0)
    page.goto("/models/2/back")
    page.get_by_label("Administrator's token").fill(token)
    page.get_by_role("button", name="Yes, go back").click()
    expect(page.get_by_role("alert")).to_contain_text("were deleted")
    live = past.http.get("/api/v1/models").json()["live"]
    page.goto(f"/models/{live}/back")
    expect(page.get_by_text("is already live")).to_be_visible()
    expect(page.get_by_role("button", name="Yes, go back")).to_have_count(0)
