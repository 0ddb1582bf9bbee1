"""The Batch view: a person submits a file, watches it and downloads the results."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from support.batch_files import as_csv
from support.browser import SCRIPTS, Visit, screenshot
from support.installation import CLEAR
from support.page_checks import check_view
from support.stack import Stack

Visits = Callable[..., Visit]

DOUBTFUL = "She looked at me and said nothing."
ROWS = [["id", "answer"], *([str(n), text] for n, text in enumerate([*CLEAR, DOUBTFUL, " "]))]
LARGE = "I was so happy that day.\n" * 400_000


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """Return a small file."""
    path = tmp_path / "survey.csv"
    path.write_text(as_csv(ROWS), encoding="utf-8")
    return path


def submit(page: Page, file: Path, column: str = "") -> None:
    """Open the Batch view, choose a file and send it."""
    page.goto("/")
    page.get_by_role("link", name="Batch").click()
    if column:
        page.get_by_label("Column with the texts").fill(column)
    page.get_by_label("Your file").set_input_files(file)
    page.get_by_role("button", name="Send the file").click()


def expect_done(page: Page) -> None:
    """Wait until the results are ready."""
    expect(page.locator("#status")).to_contain_text("The results are ready")
    expect(page).to_have_url(re.compile(r"/batches/[0-9a-f]{32}$"))


@SCRIPTS
def test_a_file_is_submitted_watched_and_downloaded(
    stack: Stack, visits: Visits, survey: Path, *, scripts: bool
) -> None:
    """The summary and the files appear at an address that only this client can open."""
    page = visits(stack.url, java_script_enabled=scripts).page
    submit(page, survey)
    expect_done(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("survey.csv")
    expect(page.get_by_text("Texts from the column “answer”")).to_be_visible()
    chart = page.get_by_role("table", name="Rows by emotion")
    expect(chart.get_by_role("row", name=re.compile("Joy 1"))).to_be_visible()
    expect(chart.locator("tbody tr")).to_have_count(7)
    doubts = page.get_by_role("table", name="Least certain rows")
    expect(doubts.locator("tbody tr").first).to_contain_text(DOUBTFUL)
    place = [row[1] for row in ROWS].index(DOUBTFUL) + 1  # as a spreadsheet counts
    expect(doubts.get_by_role("rowheader").first).to_have_text(f"{place}")
    expect(page.get_by_text("1 row has no answer")).to_be_visible()
    expect(page.get_by_text("results for 7 days")).to_be_visible()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Download as CSV", exact=True).click()
    assert fetched.value.suggested_filename == "survey.emojified.csv"
    with fetched.value.path().open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["answer"] for row in rows] == [row[1] for row in ROWS[1:]]
    assert [row["label"] for row in rows[:5]] == [*CLEAR.values()]
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Download as JSON Lines").click()
    lines = fetched.value.path().read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [row[0] for row in ROWS[1:]]
    workbook = page.get_by_role("link", name="Download as Excel workbook")
    expect(workbook).to_have_accessible_description(re.compile("nothing is a formula"))
    with page.expect_download() as fetched:
        workbook.click()
    assert fetched.value.suggested_filename == "survey.emojified.xlsx"
    book = CalamineWorkbook.from_path(str(fetched.value.path()))
    assert book.get_sheet_by_name("Rows").to_python()[1][2] == "joy"
    page.reload()
    expect_done(page)
    if scripts:
        check_view(page, "batch")
    stranger = visits(stack.url).page
    stranger.goto(page.url)
    expect(stranger.get_by_role("alert")).to_have_text("You have no batch with this id.")
    delete = page.get_by_role("button", name="Yes, delete it")
    expect(delete).to_be_hidden()
    page.get_by_text("Delete it now", exact=True).click()
    delete.click()
    expect(page.locator("#status")).to_contain_text("are deleted")
    expect(page.get_by_role("link", name="Download")).to_have_count(0)


@SCRIPTS
def test_a_large_file_shows_progress_and_can_be_cancelled(
    stack: Stack, visits: Visits, tmp_path: Path, *, scripts: bool
) -> None:
    """The page shows the rate and the time left."""
    path = tmp_path / "large.txt"
    path.write_text(LARGE, encoding="utf-8")
    page = visits(stack.url, java_script_enabled=scripts).page
    submit(page, path)
    figures = page.locator(".figures")
    expect(figures).to_contain_text(re.compile(r"[\d,]+ of (about )?[\d,]+ rows, [\d,]+ rows per"))
    expect(figures).to_contain_text("left")
    expect(page.get_by_role("progressbar", name="Rows answered")).to_be_visible()
    screenshot(page, "batch-running")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#status")).to_contain_text("Cancelled")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    page.goto("/batches")
    expect(page.get_by_role("row", name=re.compile("large.txt cancelled"))).to_be_visible()
    if scripts:
        check_view(page, "batches")


@pytest.mark.browser
def test_a_page_without_its_cookie_explains_the_missing_batch(
    stack: Stack, visits: Visits, tmp_path: Path
) -> None:
    """Clearing the cookies of a running batch breaks nothing."""
    path = tmp_path / "large.txt"
    path.write_text(LARGE, encoding="utf-8")
    page = visits(stack.url).page
    submit(page, path)
    expect(page.locator("#status")).to_contain_text("Answering")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    expect(page.locator("#status")).to_have_text("You have no batch with this id.")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.reload()
    if page.locator("#end summary").count():  # the batch has ended
        page.locator("#end summary").click()
    page.locator("#end button").click()
    expect(page.locator("#status")).to_contain_text(re.compile("Cancelled|are deleted"))


@SCRIPTS
def test_a_refused_file_shows_the_reason_under_the_form(
    stack: Stack, visits: Visits, survey: Path, *, scripts: bool
) -> None:
    """The form stays, ready to try again."""
    page = visits(stack.url, java_script_enabled=scripts).page
    submit(page, survey, column="comments")
    expect(page.get_by_role("alert")).to_contain_text("The file has no column 'comments'.")
    if scripts:  # the form keeps its values
        page.get_by_label("Column with the texts").fill("answer")
        page.get_by_role("button", name="Send the file").click()
        expect_done(page)


@pytest.mark.browser
def test_a_file_over_the_limit_is_not_sent(stack: Stack, visits: Visits) -> None:
    """The hint and the refusal name the same limit."""
    visit = visits(stack.url)
    page = visit.page
    page.add_init_script("Object.defineProperty(File.prototype, 'size', { value: 2 ** 31 })")
    page.goto("/batches")
    expect(page.locator("#file-hint")).to_contain_text("up to 1 GB")
    page.evaluate(DROP, [page.locator(".drop").element_handle(), as_csv(ROWS)])
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_role("alert")).to_contain_text("The file is larger than 1 GB.")
    assert not [url for url in visit.requests if "/api/" in url]


DROP = """([target, text]) => {
  const dropped = new DataTransfer();
  dropped.items.add(new File([text], "dropped.csv", { type: "text/csv" }));
  const how = { dataTransfer: dropped, bubbles: true, cancelable: true };
  for (const kind of ["dragenter", "dragover", "drop"])
    target.dispatchEvent(new DragEvent(kind, how));
}"""


def test_an_upload_can_be_dropped_stopped_and_sent_with_the_keyboard(page: Page) -> None:
    """The keyboard reaches every control."""
    page.goto("/batches")
    target = page.locator(".drop").element_handle()
    page.evaluate(DROP, [target, as_csv(ROWS)])
    expect(page.locator("#read")).to_contain_text("The texts are in the column “answer”.")
    page.route("**/api/v1/batches?*", lambda _route: None)
    page.get_by_label("Your file").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#candidates button").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_text("How the file is read")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send the file")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_have_text("Sending dropped.csv")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Stop")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Stopped. We kept nothing.")
    page.unroute_all()
    page.get_by_role("button", name="Send the file").click()
    expect_done(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("dropped.csv")
