"""`make pictures`: take the README's pictures of the page."""

import argparse
import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Page, expect

from emojify_core.ml.data.starter_set import load_starter
from support.browser import Visit, chromium
from support.homes import fresh_home
from support.stack import Stack

EXAMPLE = "I laughed, and everybody stared."
SIZE = {"width": 1280, "height": 800}
WITHIN = 60_000  # milliseconds


def predict(page: Page) -> None:
    """Choose an example and wait for its important words."""
    page.goto("/")
    page.get_by_role("button", name=EXAMPLE).click()
    expect(page.locator("#quote mark").first).to_be_visible()


def batch(page: Page, survey: Path) -> None:
    """Submit a file and wait for its summary."""
    page.goto("/batches")
    page.get_by_label("Your file").set_input_files(survey)
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_role("table", name="Rows by emotion")).to_be_visible(timeout=WITHIN)


def main() -> None:
    """Start everything, take the pictures, stop everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/figures"))
    out = parser.parse_args().out
    texts, _ = load_starter()
    with fresh_home() as home, Stack(home) as stack, chromium() as browser:
        stack.start("local")
        stack.until_ready()
        survey = home / "survey.csv"
        with survey.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["answer"], *([text] for text in texts)])
        visit = Visit(browser, stack.url, viewport=SIZE, reduced_motion="reduce")
        predict(visit.page)
        visit.page.screenshot(path=out / "page.png", full_page=True)
        batch(visit.page, survey)
        visit.page.screenshot(path=out / "batch.png", full_page=True)
        visit.close()


if __name__ == "__main__":
    main()
