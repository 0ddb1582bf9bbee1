"""What becomes of the text in the field: nothing that a person wrote is lost or cut unseen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from support.browser import Visit
from support.installation import CLEAR, JOYFUL
from support.stack import Stack

pytestmark = pytest.mark.browser

Visits = Callable[..., Visit]
SCARED = next(text for text, label in CLEAR.items() if label == "fear")
OWN = "I wrote this myself and I was so happy."
LONG = "so happy " * 722 + "ab"  # 6,500 characters


def test_a_long_text_is_kept_whole_and_counted(page: Page) -> None:
    """Nothing is cut unseen; the page says how much is too much before anything is sent."""
    field, hint = page.get_by_label("Your text"), page.get_by_text("Up to 5,000 characters")
    count = page.locator("#count")
    field.fill(LONG[:3000])
    expect(hint).to_be_visible()
    expect(count).to_be_hidden()
    field.fill("")
    field.focus()
    page.keyboard.insert_text(LONG)  # as a paste does, which `maxlength` cuts
    expect(field).to_have_value(LONG)
    expect(hint).to_be_hidden()
    expect(count).to_have_text("6,500 characters. Please cut 1,500.")
    expect(field).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Find the emoji").click()
    expect(page.get_by_role("alert")).to_contain_text("this one has 6,500")
    field.fill(LONG[:4900])
    expect(count).to_have_text("4,900 of 5,000 characters")
    expect(page.locator("#label")).to_have_text("Joy")


def test_a_long_text_is_kept_whole_without_scripts(stack: Stack, visits: Visits) -> None:
    """The server says what is too much, and the form still holds the text."""
    page = visits(stack.url, java_script_enabled=False).page
    page.goto("/")
    page.get_by_label("Your text").fill(LONG)
    page.get_by_role("button", name="Find the emoji").click()
    expect(page.get_by_role("alert")).to_contain_text("this one has 6,500")
    expect(page.get_by_label("Your text")).to_have_value(LONG)


def test_a_cleared_field_clears_the_answer(page: Page) -> None:
    """No answer and no form to correct it stand under an empty field."""
    field = page.get_by_label("Your text")
    field.fill(JOYFUL)
    expect(page.locator("#label")).to_have_text("Joy")
    expect(page.locator("#correction")).to_be_visible()
    field.fill("")
    expect(page.get_by_text("Your emoji appears here.")).to_be_visible()
    expect(page.locator("#correction")).to_be_hidden()


def test_back_and_a_reload_bring_text_and_answer_back(page: Page) -> None:
    """A text that was cleared does not come back."""
    field = page.get_by_label("Your text")
    field.fill(SCARED)
    expect(page.locator("#label")).to_have_text("Fear")
    page.get_by_role("link", name="Status").click()
    page.go_back()
    expect(field).to_have_value(SCARED)
    expect(page.locator("#label")).to_have_text("Fear")
    page.reload()
    expect(field).to_have_value(SCARED)
    expect(page.locator("#label")).to_have_text("Fear")
    field.fill("")
    page.reload()
    expect(field).to_have_value("")
    expect(page.get_by_text("Your emoji appears here.")).to_be_visible()


def test_an_example_can_be_undone_with_the_keyboard(page: Page) -> None:
    """Ctrl+Z brings back what the example replaced, and its answer."""
    field = page.get_by_label("Your text")
    field.fill(OWN)
    page.get_by_role("button", name="There was a noise downstairs.").click()
    expect(field).to_have_value("There was a noise downstairs.")
    page.keyboard.press("Control+z")
    expect(field).to_have_value(OWN)
    expect(page.locator("#quote")).to_have_text(OWN)


def test_an_example_can_be_undone_with_a_tap(stack: Stack, visits: Visits) -> None:
    """A button brings back one's own text, also after several examples; an example needs none."""
    phone = {"width": 390, "height": 844}
    page = visits(stack.url, viewport=phone, has_touch=True, is_mobile=True).page
    page.goto("/")
    field, back = page.get_by_label("Your text"), page.get_by_role("button", name="Bring my text")
    page.get_by_role("button", name="We won the match!").tap()
    expect(field).to_have_value("We won the match!")
    expect(back).to_be_hidden()
    field.fill(OWN)
    page.get_by_role("button", name="We won the match!").tap()
    page.get_by_role("button", name="There was a noise downstairs.").tap()
    expect(page.locator("#quote")).to_have_text("There was a noise downstairs.")
    back.tap()
    expect(field).to_have_value(OWN)
    expect(page.locator("#quote")).to_have_text(OWN)
    expect(back).to_be_hidden()


def test_a_text_from_right_to_left_is_aligned_so(page: Page) -> None:
    """In the field and where it is quoted; English stays left."""
    direction = "e => getComputedStyle(e).direction"
    field, quote = page.get_by_label("Your text"), page.locator("#quote")
    field.fill("أنا حزين جدا")
    expect(quote).to_have_text("أنا حزين جدا")
    assert (field.evaluate(direction), quote.evaluate(direction)) == ("rtl", "rtl")
    field.fill(JOYFUL)
    expect(quote).to_have_text(JOYFUL)
    assert (field.evaluate(direction), quote.evaluate(direction)) == ("ltr", "ltr")


def test_a_link_brings_its_text(stack: Stack, visits: Visits) -> None:
    """The script answers it; without scripts the text stands in the field."""
    for scripts in (True, False):
        page = visits(stack.url, java_script_enabled=scripts).page
        page.goto("/?text=We+won+the+match%21%3C%2Ftextarea%3E")
        expect(page.get_by_label("Your text")).to_have_value("We won the match!</textarea>")
        if scripts:
            expect(page.locator("#label")).to_have_text("Joy")
