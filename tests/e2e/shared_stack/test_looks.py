"""What people see who need more contrast, who read a long text, or who are lost or signed in."""

import pytest
from playwright.sync_api import Locator, Page, expect

from support.browser import screenshot
from support.page_checks import check_view
from support.stack import Stack

pytestmark = pytest.mark.browser

LONG = "I was so happy and then I was sad. " * 40


def border(element: Locator) -> str:
    """Return the style of an element's border, as forced colors draw it."""
    style: str = element.evaluate("e => getComputedStyle(e).borderTopStyle")
    return style


def test_forced_colors_keep_the_edges_of_controls(page: Page) -> None:
    """Windows' contrast themes drop backgrounds and shadows; borders and outlines stay."""
    page.emulate_media(forced_colors="active")
    page.get_by_label("Your text").fill("She forgot my birthday again.")
    expect(page.locator("#unsure")).to_be_visible()
    for name in ("Find the emoji", "We won the match!", "Teach it"):
        assert border(page.get_by_role("button", name=name)) == "solid"
    assert border(page.locator("button.candidate").first) == "solid"
    chips = page.locator(".choices label")
    page.get_by_role("radio", name="Joy").check()
    assert border(chips.last) == "solid"
    outline = "e => getComputedStyle(e).outlineStyle"
    assert chips.first.evaluate(outline) == "solid", "more than bold letters tells the chosen one"
    assert chips.last.evaluate(outline) == "none"
    screenshot(page, "try-forced-colors")  # axe-core reads the colors that are overridden


def test_a_long_explanation_fades_where_it_goes_on(page: Page) -> None:
    """The fade lies over the last line until somebody scrolls to the end."""
    page.get_by_label("Your text").fill(LONG)
    why = page.locator(".why")
    expect(page.locator("#quote")).to_contain_text("happy")
    assert why.evaluate("e => e.scrollHeight > e.clientHeight"), "it goes on"
    fade = "e => { const { position, backgroundImage } = getComputedStyle(e, '::after'); return "
    assert why.evaluate(f"{fade} position; }}") == "sticky"
    assert "gradient" in why.evaluate(f"{fade} backgroundImage; }}")
    last = page.locator("#quote")
    why.evaluate("e => e.scrollTo(0, e.scrollHeight)")
    below = last.evaluate(
        "e => e.parentElement.getBoundingClientRect().bottom - e.getBoundingClientRect().bottom"
    )
    assert below >= 32, "at the end, the fade covers no text"


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [("/nowhere", 404, "Page not found"), ("/corrections", 405, "That did not work")],
)
def test_a_missing_page_has_words_of_its_own(
    page: Page, path: str, status: int, heading: str
) -> None:
    """Not those of the framework, which blame a server."""
    answer = page.goto(path)
    assert answer
    assert answer.status == status
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.get_by_role("alert")).to_contain_text("address")
    expect(page.get_by_role("alert")).not_to_contain_text("URL")
    page.get_by_role("link", name="Back to the start page").click()
    expect(page.get_by_label("Your text")).to_be_visible()


def test_who_is_signed_in_sees_it_everywhere(stack: Stack, page: Page) -> None:
    """And signs out from any page."""
    footer = page.locator("footer")
    expect(footer.get_by_text("Signed in")).to_have_count(0)
    footer.get_by_role("link", name="Sign in").click()
    secret = (stack.home / "admin_token.secret").read_text(encoding="ascii")
    page.get_by_label("administrator's token").fill(secret)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/models")
    expect(footer).to_contain_text("Signed in as the administrator.")
    check_view(page, "signed-in")
    footer.get_by_role("button", name="Sign out").click()
    expect(footer.get_by_role("link", name="Sign in")).to_be_visible()
