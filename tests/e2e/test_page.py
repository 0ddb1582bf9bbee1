"""The page in a real browser."""

import itertools
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from support.browser import Visit, contrast, screenshot, widest_overflow
from support.installation import CLEAR, JOYFUL
from support.stack import Stack

Visits = Callable[..., Visit]
SCARED = next(text for text, label in CLEAR.items() if label == "fear")
BUTTON = "Find the emoji"


def write(page: Page, text: str) -> None:
    """Fill in the text as a person does who finds the field by its label."""
    page.get_by_label("Your text").fill(text)


def test_a_text_gets_its_emoji_without_a_reload(page: Page) -> None:
    """Type, press the button, see the emotion, its emoji and seven bars."""
    page.evaluate("window.stayed = true")
    write(page, JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.locator("#result")).to_be_visible()
    expect(page.locator("#label")).to_have_text("Joy")
    expect(page.locator("#emoji")).to_have_text("😄")
    expect(page.locator("#unsure")).to_be_hidden()
    expect(page.locator("#version")).to_have_text(re.compile(r"^\d+$"))
    bars = page.locator("#result meter")
    expect(bars).to_have_count(7)
    values = bars.evaluate_all("bars => bars.map(bar => bar.value)")
    assert sum(values) == pytest.approx(1, abs=0.001)
    assert values[0] == max(values) > 0.5
    percent = page.locator("#result .value").all_inner_texts()
    assert percent[0] == f"{round(values[0] * 100)} %"
    assert page.evaluate("window.stayed")
    expect(page.get_by_role("button", name=BUTTON)).not_to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize("keys", ["Control+Enter", "Meta+Enter"])
def test_ctrl_enter_sends(page: Page, keys: str) -> None:
    """Hands stay on the keyboard."""
    write(page, SCARED)
    page.keyboard.press(keys)
    expect(page.locator("#label")).to_have_text("Fear")


def test_the_page_can_be_used_with_the_keyboard_alone(page: Page) -> None:
    """Every step is reached by Tab, seen by its outline, and works."""
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Your text")).to_be_focused()
    page.keyboard.type(JOYFUL)
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name=BUTTON)
    expect(button).to_be_focused()
    assert button.evaluate("button => getComputedStyle(button).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#label")).to_have_text("Joy")
    expect(button).to_be_focused()


def test_what_the_server_refuses_is_told_on_the_page(page: Page) -> None:
    """Five thousand and one characters, pasted by a script, are refused with the reason."""
    page.get_by_label("Your text").evaluate("field => { field.value = 'x'.repeat(5001); }")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_contain_text("5,000 characters")
    expect(page.locator("#result")).to_be_hidden()
    write(page, JOYFUL)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.locator("#label")).to_have_text("Joy")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_newer_question_replaces_an_older_one(page: Page) -> None:
    """Whoever presses twice sees the answer to what is in the field."""
    for text in (JOYFUL, SCARED) * 3:
        write(page, text)
        page.keyboard.press("Control+Enter")
    expect(page.locator("#label")).to_have_text("Fear")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#label")).to_have_text("Fear")


def test_an_unsure_answer_says_so(page: Page) -> None:
    """A guess looks different from a judgement."""
    write(page, "qwrtzx plmokn")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#unsure")).to_be_visible()
    expect(page.locator("#unsure")).to_have_text("not sure")


def test_markup_stays_text(page: Page) -> None:
    """Nothing that is typed becomes part of the page."""
    write(page, "<img src=x onerror=alert(1)> I am so happy")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result")).to_be_visible()
    expect(page.locator("main img")).to_have_count(0)


def test_the_answer_is_announced_and_the_page_has_its_landmarks(page: Page) -> None:
    """A screen reader hears the answer and finds its way."""
    expect(page.get_by_role("region", name="Answer")).to_have_attribute("aria-live", "polite")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    expect(page.get_by_role("main")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"
    described = page.get_by_label("Your text").get_attribute("aria-describedby")
    expect(page.locator(f"#{described}")).to_contain_text("5,000")


LEGIBLE = {  # what is read on each page
    "/": ["h1", "p", "th", "td", ".hint", "button", "textarea", "caption"],
    "/sign-in": ["h1", "label", ".hint", "code", "button"],
    "/api": ["h1", "p", "th", "td", "a", "code", ".method"],
}

NAMES = {"/": "page", "/sign-in": "sign-in", "/api": "reference"}


@pytest.mark.parametrize("path", LEGIBLE)
def test_pages_fit_every_width_and_are_legible_in_light_and_dark(
    stack: Stack, visits: Visits, path: str
) -> None:
    """Nobody scrolls sideways, and all text stands out from its ground (WCAG AA)."""
    page = visits(stack.url).page
    page.goto(path)
    if path == "/":
        write(page, JOYFUL)
        page.keyboard.press("Control+Enter")
        expect(page.locator("#result")).to_be_visible()
    for scheme, width in itertools.product(("light", "dark"), (360, 1280)):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        screenshot(page, f"{NAMES[path]}-{width}-{scheme}")
        assert widest_overflow(page) <= 0
        selectors = ["nav a", ".brand", *(f"main {name}" for name in LEGIBLE[path])]
        ratios = {selector: contrast(page, selector) for selector in selectors}
        assert min(ratios.values()) >= 4.5, ratios


def test_an_error_is_legible(stack: Stack, visits: Visits) -> None:
    """What went wrong can be read."""
    page = visits(stack.url, viewport={"width": 360, "height": 800}).page
    page.goto("/")
    page.get_by_label("Your text").evaluate("field => { field.value = 'x'.repeat(5001); }")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        screenshot(page, f"error-360-{scheme}")
        assert contrast(page, "#problem") >= 4.5
        assert widest_overflow(page) <= 0


def test_the_reference_page_lists_the_calls(stack: Stack, visits: Visits) -> None:
    """People read the API where they try it, and its links lead to the shapes."""
    page = visits(stack.url).page
    page.goto("/")
    page.get_by_role("navigation").get_by_role("link", name="API").click()
    expect(page).to_have_url(re.compile("/api$"))
    expect(page).to_have_title("API · Emojify")
    expect(page.get_by_role("heading", name="/api/v1/predictions", exact=False)).not_to_have_count(
        0
    )
    page.get_by_role("link", name="PredictionRequest", exact=True).first.click()
    expect(page.locator("#PredictionRequest")).to_be_in_viewport()
    page.get_by_role("link", name="openapi.json").click()
    expect(page.locator("body")).to_contain_text('"openapi"')
