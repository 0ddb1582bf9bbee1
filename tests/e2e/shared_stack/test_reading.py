"""The Batch view shows how a chosen file is read, before a row of it is answered."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from support.browser import Visit
from support.installation import CLEAR
from support.page_checks import check_view
from support.stack import Stack

pytestmark = pytest.mark.browser

Visits = Callable[..., Visit]

TWO = (
    "id,What did you like?,What did you not like?\n"
    "1,The food made me so happy,They lied to me about the price\n"
    "2,My old friends were there,I was afraid of the dark path\n"
)
LINES = "\n".join(CLEAR)
# In which the page could show an answer that has come.
TWO_FRAMES = "() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"


@pytest.fixture
def two_questions(tmp_path: Path) -> Path:
    """Return a table with two columns that may hold the texts."""
    path = tmp_path / "two.csv"
    path.write_text(TWO, encoding="utf-8")
    return path


def choose(page: Page, file: Path) -> None:
    """Open the Batch view and choose a file."""
    page.goto("/batches")
    page.get_by_label("Your file").set_input_files(file)


def test_a_chosen_file_is_shown_as_it_will_be_read(
    stack: Stack, visits: Visits, tmp_path: Path
) -> None:
    """Its column is marked among the candidates, and each option tells what was found."""
    path = tmp_path / "survey.csv"
    path.write_text("id;answer\n" + "".join(f"{n};{text}\n" for n, text in enumerate(CLEAR)))
    page = visits(stack.url).page
    choose(page, path)
    expect(page.locator("#read")).to_contain_text("The texts are in the column “answer”.")
    chosen = page.locator("#candidates [aria-pressed=true]")
    expect(chosen).to_contain_text(next(iter(CLEAR)))
    expect(page.get_by_label("Delimiter")).to_have_attribute("placeholder", ";")
    page.get_by_text("How the file is read").click()
    page.get_by_label("First row").select_option("is data")
    expect(page.locator("#read")).to_contain_text("The texts are in the column “column_2”.")
    page.get_by_label("Delimiter").fill("|")
    page.get_by_label("Sheet").focus()
    expect(page.locator("#read")).not_to_contain_text("column_2")
    check_view(page, "batches-read")


def test_an_unsure_file_is_sent_once_its_column_is_chosen(
    stack: Stack, visits: Visits, two_questions: Path
) -> None:
    """The keyboard chooses it, and keeps its place."""
    page = visits(stack.url).page
    choose(page, two_questions)
    expect(page.locator("#doubts")).to_contain_text("Which column holds the texts?")
    expect(page.locator("#candidates [aria-pressed=true]")).to_have_count(0)
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_role("alert")).to_contain_text("The texts may be in the column")
    wanted = page.locator("#candidates button", has_text="What did you like?")
    wanted.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#doubts li")).to_have_count(0)
    expect(wanted).to_have_attribute("aria-pressed", "true")
    expect(wanted).to_be_focused()
    expect(page.get_by_role("alert")).to_be_hidden()
    check_view(page, "batches-chosen")
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_text("Texts from the column “What did you like?”")).to_be_visible()


def test_the_form_without_scripts_asks_as_well(
    stack: Stack, visits: Visits, two_questions: Path
) -> None:
    """It shows the candidates and keeps the options; they come before the file."""
    page = visits(stack.url, java_script_enabled=False).page
    choose(page, two_questions)
    page.get_by_text("How the file is read").click()
    page.get_by_label("Encoding").fill("utf-8")
    page.get_by_label("First row").select_option("names the columns")
    page.get_by_role("button", name="Send the file").click()
    expect(page.locator("#doubts")).to_contain_text("The texts may be in the column")
    expect(page.locator("#candidates")).to_contain_text("I was afraid of the dark path")
    expect(page.get_by_label("Encoding")).to_have_value("utf-8")
    expect(page.get_by_label("First row")).to_have_value("true")
    page.get_by_label("Column with the texts").fill("2")
    page.get_by_label("Your file").set_input_files(two_questions)
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_text("Texts from the column “What did you like?”")).to_be_visible()


def test_what_is_no_table_is_refused_when_it_is_chosen(
    stack: Stack, visits: Visits, tmp_path: Path
) -> None:
    """Another file then takes its place; plain text is told as lines."""
    page, wrong, lines = visits(stack.url).page, tmp_path / "a.xls", tmp_path / "a.txt"
    wrong.write_text("<html><table><tr><td>I am glad</td></tr></table></html>")
    lines.write_text(LINES)
    choose(page, wrong)
    expect(page.locator("#doubts")).to_contain_text("The file is HTML that calls itself .xls")
    page.get_by_label("Your file").set_input_files(lines)
    expect(page.locator("#read")).to_contain_text("one text per line")
    expect(page.locator("#doubts li")).to_have_count(0)


def test_what_is_found_moves_no_button_under_a_pointer(
    stack: Stack, visits: Visits, tmp_path: Path
) -> None:
    """A click begins when the file is still looked at, and ends when the answer has come."""
    path = tmp_path / "survey.csv"
    path.write_text("id;answer\n" + "".join(f"{n};{text}\n" for n, text in enumerate(CLEAR)))
    page = visits(stack.url).page
    looks: list[Route] = []

    def hold(route: Route) -> None:
        looks.append(route)

    page.route(lambda url: "preview=true" in url, hold)
    page.goto("/batches")
    page.get_by_label("Column with the texts").fill("comments")
    page.keyboard.press("Tab")
    with page.expect_request(lambda request: "preview=true" in request.url):
        page.get_by_label("Your file").set_input_files(path)
    page.get_by_role("button", name="Send the file").hover()
    page.mouse.down()
    with page.expect_response(lambda answer: "preview=true" in answer.url) as answered:
        looks[-1].continue_()
    answered.value.finished()
    page.evaluate(TWO_FRAMES)
    page.mouse.up()
    expect(page.get_by_role("alert")).to_contain_text("The file has no column 'comments'.")
