"""The checks behind every visit can fail."""

import pytest
from playwright.sync_api import Browser, Page

from support.browser import Visit, widest_overflow
from support.page_checks import findings
from support.stack import Stack

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
    """Nothing inline and nothing from other hosts gets past the tests."""
    visit = Visit(browser, stack.url)
    visit.page.goto("/")
    with visit.page.expect_console_message():
        visit.page.evaluate(script)
    with pytest.raises(AssertionError, match=r"policy|another host"):
        visit.close()


def test_what_assistive_technology_stumbles_over_is_found(page: Page) -> None:
    """A field without a name, and text that hardly stands out."""
    assert findings(page) == []
    page.evaluate("document.querySelector('label[for=text]').remove()")
    page.evaluate("document.querySelector('h1').animate({ color: 'yellow' }, { fill: 'forwards' })")
    found = " ".join(findings(page))
    assert "label" in found
    assert "color-contrast" in found
    assert [each.partition(":")[0] for each in findings(page, only="color-contrast")] == [
        "color-contrast"
    ]


def test_a_page_that_is_too_wide_is_found(page: Page) -> None:
    """By as much as somebody would have to scroll."""
    assert widest_overflow(page) <= 0
    wide = "{ width: '3000px', maxWidth: 'none' }, { fill: 'forwards' }"
    page.evaluate(f"document.querySelector('main').animate({wide})")
    assert widest_overflow(page) > 1000
