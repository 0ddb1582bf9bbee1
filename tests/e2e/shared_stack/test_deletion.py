"""Deleting one's own correction in a browser, with and without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from support.browser import Visit, screenshot
from support.stack import Stack

Visits = Callable[..., Visit]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_owner_deletes_a_correction_after_a_confirmation(
    stack: Stack, visits: Visits, *, scripts: bool
) -> None:
    """The first click only asks; the second one erases the text."""
    text = f"My aunt told me a secret {scripts}."
    page = visits(stack.url, java_script_enabled=scripts).page
    made = page.request.post("/api/v1/corrections", data={"text": text, "label": "shame"})
    page.goto(f"/corrections/{made.json()['id']}")
    confirm = page.get_by_role("button", name="Yes, delete it")
    expect(page.get_by_role("blockquote")).to_have_text(text)
    expect(confirm).to_be_hidden()
    page.get_by_text("Delete this correction").click()
    expect(confirm).to_be_visible()
    screenshot(page, f"delete-{scripts}")
    confirm.click()
    expect(page.locator("#status")).to_contain_text("You deleted this correction")
    expect(page.get_by_text(text)).to_have_count(0)
    screenshot(page, f"deleted-{scripts}")
