"""What the page shows of texts that a model with a gate finds no emotion in."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from emojify_core.storage.factory import open_storage
from support.batch_files import as_csv
from support.browser import Visit
from support.deadlines import eventually
from support.gated_model import EMOTIONAL, NOT_EMOTIONAL, NOT_UNDERSTOOD, save_gated_model
from support.homes import fresh_home
from support.installation import settings_of
from support.page_checks import check_view
from support.stack import Stack

pytestmark = pytest.mark.browser

Visits = Callable[..., Visit]
BUTTON = "Find the emoji"


@pytest.fixture(scope="module")
def gated() -> Iterator[Stack]:
    """Run a stack whose live model has a gate, as after an upgrade."""
    with fresh_home() as home, Stack(home) as stack:
        stack.start("redis", "worker", "web")
        stack.until_ready()
        storage = open_storage(settings_of(stack.environ))
        manifest = save_gated_model(home.parent / "gated")
        storage.models.put(manifest.sha256, home.parent / "gated")
        storage.versions.ensure_base(manifest.sha256, manifest.metrics)
        storage.engine.dispose()
        eventually(
            lambda: stack.predict(NOT_EMOTIONAL)["result"]["none"],
            within=20,
            what="the worker serves the gated model",
        )
        yield stack


def ask(page: Page, text: str, shown: str) -> None:
    """Send a text and wait for this state of the card."""
    page.get_by_label("Your text").fill(text)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.locator("#answer")).to_have_attribute("data-shown", shown)


@pytest.mark.parametrize("scripted", [True, False], ids=["scripts", "no scripts"])
def test_a_text_without_a_clear_emotion_is_shown_as_such(
    gated: Stack, visits: Visits, *, scripted: bool
) -> None:
    """The label is not shown as an answer; the probabilities of all seven are below."""
    page = visits(gated.url, java_script_enabled=scripted).page
    page.goto("/")
    ask(page, NOT_EMOTIONAL, "none")
    expect(page.locator(".verdict")).to_contain_text("No clear emotion")
    expect(page.locator("#label")).to_be_hidden()
    expect(page.locator("#emotional")).to_have_text(re.compile(r"^an emotion is \d\d% likely$"))
    expect(page.locator("#words")).to_contain_text("If any, Fear: ")
    expect(page.locator(".bars .value").first).to_contain_text("%")
    if scripted:
        check_view(page, "no-emotion")
    page.get_by_role("radio", name="Sadness").check()
    page.get_by_role("button", name="Teach it").click()
    expect(page.locator("#status")).to_contain_text("Saved. Your correction")


@pytest.mark.parametrize("scripted", [True, False], ids=["scripts", "no scripts"])
def test_a_text_of_unknown_words_says_so(gated: Stack, visits: Visits, *, scripted: bool) -> None:
    """Nothing of it is marked, and the next text is answered as always."""
    page = visits(gated.url, java_script_enabled=scripted).page
    page.goto("/")
    ask(page, NOT_UNDERSTOOD, "unread")
    expect(page.locator(".verdict")).to_contain_text("I can't tell")
    expect(page.locator("#words")).to_contain_text("I know none of these words")
    expect(page.locator("mark")).to_have_count(0)
    if scripted:
        check_view(page, "not-understood")
    ask(page, EMOTIONAL, "sure")
    expect(page.locator("#label")).to_have_text("Joy")
    expect(page.locator("mark").first).to_be_visible()


def test_a_file_s_chart_has_a_bar_for_no_clear_emotion(
    gated: Stack, visits: Visits, tmp_path: Path
) -> None:
    """The page says how many rows have none, and does not call them unsure."""
    texts = (EMOTIONAL, NOT_EMOTIONAL, NOT_UNDERSTOOD)
    source = tmp_path / "survey.csv"
    source.write_text(as_csv([["id", "answer"], *([str(n), texts[n % 3]] for n in range(9))]))
    page = visits(gated.url).page
    page.goto("/batches")
    page.get_by_label("Your file").set_input_files(source)
    page.get_by_role("button", name="Send the file").click()
    row = page.get_by_role("row", name="No clear emotion")
    expect(row).to_contain_text("67%")
    expect(page.get_by_text("6 rows have no clear emotion.")).to_be_visible()
    expect(page.get_by_text("The model is unsure")).to_have_count(0)
    check_view(page, "batch-no-emotion")
