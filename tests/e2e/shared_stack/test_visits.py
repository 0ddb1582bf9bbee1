"""The checks behind every visit can fail."""

import pytest
from playwright.sync_api import Browser, Page

from support.browser import Visit, widest_overflow
from support.page_checks import findings
from support.stack import Stack

pytestmark = pytest.mark.browser

VIOLATIONS = {
    "an inline style": "document.body.setAttribute('style', 'color: red')",
    "an inline script": "document.head.append(Object.assign(document.createElement('script'), "
    "{ textContent: '1' }))",
    "a picture from elsewhere": "new Image().src = 'https://elsewhere.invalid/a.png'",
    "a word made code": "document.body.setAttribute('onclick', '1'); document.body.click()",
}


@pytest.mark.parametrize("script", VIOLATIONS.values(), ids=VIOLATIONS)
def test_a_violation_of_the_policy_fails_a_visit(
    stack: Stack, browser: Browser, script: str
) -> None:
    """Neither inline code nor another host escapes the checks."""
    visit = Visit(browser, stack.url)
    visit.page.goto("/")
    with visit.page.expect_console_message():
        visit.page.evaluate(script)
    with pytest.raises(AssertionError, match=r"policy|another host"):
        visit.close()


def test_an_accessibility_fault_is_found(page: Page) -> None:
    """A field without a name, and text with little contrast."""
    assert findings(page) == []
    page.evaluate("document.querySelector('label[for=text]').remove()")
    page.evaluate("document.querySelector('h1').animate({ color: 'yellow' }, { fill: 'forwards' })")
    found = " ".join(findings(page))
    assert "label" in found
    assert "color-contrast" in found
    assert [each.partition(":")[0] for each in findings(page, only="color-contrast")] == [
        "color-contrast"
    ]


def test_an_overflow_is_found(page: Page) -> None:
    """With its width in pixels."""
    assert widest_overflow(page) <= 0
    wide = "{ width: '3000px', maxWidth: 'none' }, { fill: 'forwards' }"
    page.evaluate(f"document.querySelector('main').animate({wide})")
    assert widest_overflow(page) > 1000
