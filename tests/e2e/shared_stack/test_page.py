"""The Try view in a real browser: write a text, read its prediction."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from support.browser import SCRIPTS, Visit, stop_clock
from support.installation import CLEAR, JOYFUL
from support.page_checks import check_view
from support.stack import Stack

Visits = Callable[..., Visit]
SCARED = next(text for text, label in CLEAR.items() if label == "fear")
BUTTON = "Find the emoji"
API = "**/api/v1/predictions"


def write(page: Page, text: str) -> None:
    """Fill in the text field, found by its label."""
    page.get_by_label("Your text").fill(text)


def predict(page: Page, text: str) -> None:
    """Write a text and send it."""
    write(page, text)
    page.get_by_role("button", name=BUTTON).click()


def test_a_text_gets_its_emoji_without_a_reload(page: Page) -> None:
    """The page shows emotion, emoji, seven bars, the important words and the model version."""
    check_view(page, "try-empty")
    page.evaluate("window.stayed = true")
    predict(page, JOYFUL)
    expect(page.locator("#label")).to_have_text("Joy")
    expect(page.locator("#emoji")).to_have_text("😄")
    expect(page.locator("#unsure")).to_be_hidden()
    expect(page.locator("#made")).to_have_text(re.compile(r"^Model version \d+, [\d.]+ ms$"))
    bars = page.locator("#answer .bar rect")
    expect(bars).to_have_count(7)
    shares = bars.evaluate_all("bars => bars.map(bar => parseFloat(bar.getAttribute('width')))")
    assert sum(shares) == pytest.approx(100, abs=0.1)
    assert shares[0] == max(shares) > 50
    percent = page.locator("#answer .value").all_inner_texts()
    assert percent == [as_shown(share) for share in shares]
    assert page.evaluate("window.stayed")
    expect(page.get_by_role("button", name=BUTTON)).not_to_have_attribute("aria-disabled", "true")
    check_view(page, "try-sure")


def as_shown(share: float) -> str:
    """Return a percentage as the bars show it: nothing is rounded to all or none."""
    number = round(share)
    limits = {0: "<1%" if share else "0%", 100: ">99%" if share < 100 else "100%"}
    return limits.get(number, f"{number}%")


def test_the_important_words_are_shaded_and_markup_stays_text(page: Page) -> None:
    """A sentence says the same as the shading; no typed markup becomes part of the page."""
    predict(page, "🎉 I was so happy.\nReally!")
    expect(page.locator("#quote")).to_have_text("🎉 I was so happy.\nReally!", use_inner_text=True)
    strongest = page.locator("#quote mark[data-strength='3']")
    expect(strongest).to_have_text("happy")
    expect(page.locator("#words")).to_contain_text("Strongest clues for Joy: “happy”")
    predict(page, "<img src=x onerror=alert(1)> I am so happy")
    expect(page.locator("#quote")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator("main img")).to_have_count(0)


def test_an_example_is_predicted_with_one_click(page: Page) -> None:
    """Its text then stands in the field."""
    examples = page.get_by_role("group", name="Or try one of these").get_by_role("button")
    expect(examples).to_have_count(7)
    example = examples.first.inner_text()
    examples.first.click()
    expect(page.locator("#label")).to_have_text("Joy")
    expect(page.get_by_label("Your text")).to_have_value(example)
    expect(page).to_have_url(re.compile("/$"))


def test_a_pause_in_typing_sends_one_request(stack: Stack, visits: Visits) -> None:
    """A blank text, a hidden tab and an unchanged text send none."""
    visit = visits(stack.url)
    page = visit.page
    stop_clock(page)
    page.goto("/")

    def requests() -> int:
        return sum("/api/" in url for url in visit.requests)

    page.get_by_label("Your text").press_sequentially(JOYFUL)
    page.clock.run_for(500)
    assert requests() == 0, "half a second is no pause"
    page.clock.run_for(500)
    expect(page.locator("#label")).to_have_text("Joy")
    assert requests() == 1
    page.get_by_label("Your text").press_sequentially("x")
    page.get_by_label("Your text").press("Backspace")
    page.clock.run_for(5_000)
    write(page, "   ")
    page.clock.run_for(5_000)
    page.evaluate(HIDE)
    write(page, SCARED)
    page.clock.run_for(5_000)
    assert requests() == 1
    expect(page.locator("#label")).to_have_text("Joy")


HIDE = "Object.defineProperty(document, 'hidden', { value: true })"


def test_typing_on_aborts_the_outdated_request(page: Page) -> None:
    """A prediction for half a sentence never replaces that of the whole."""
    held: list[Route] = []
    page.route(API, lambda route: held.append(route), times=1)  # noqa: PLW0108  (not a builtin)
    write(page, SCARED)
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "true")
    with page.expect_event("requestfailed") as dropped:
        write(page, JOYFUL)
    assert dropped.value.failure == "net::ERR_ABORTED"
    expect(page.locator("#label")).to_have_text("Joy")
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "false")


@pytest.mark.browser
def test_typing_on_ends_the_waiting_message(page: Page) -> None:
    """The page no longer waits for the outdated prediction."""
    predict(page, JOYFUL)
    expect(page.locator("#label")).to_have_text("Joy")
    page.route("**/api/v1/predictions/*", lambda _route: None)
    page.route(API, lambda route: route.fulfill(status=202, json=OPEN), times=1)
    predict(page, SCARED)
    expect(page.locator("#pending")).to_be_visible()
    expect(page.locator("#answer").get_by_role("status")).to_contain_text("Waiting for a")
    expect(page.locator("#correction")).to_be_hidden()
    assert "".join(page.locator("#answer .value").all_inner_texts()) == "", (
        "no bars of an older prediction"
    )
    expect(page.locator("#quote")).to_have_text("")
    page.evaluate(HIDE)  # a hidden page sends nothing when typing pauses
    write(page, JOYFUL)
    expect(page.locator("#pending")).to_be_hidden()
    expect(page.get_by_text("Your emoji appears here.")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#label")).to_have_text("Joy")


@pytest.mark.browser
def test_a_form_sent_before_the_scripts_load_is_answered(page: Page) -> None:
    """The server's answer stays until there is a newer one."""
    page.route("**/try.js", lambda route: route.abort())
    page.goto("/")
    page.unroute_all()
    predict(page, JOYFUL)
    expect(page).to_have_url(re.compile("/#answer$"))
    expect(page.locator("#label")).to_have_text("Joy")
    page.route(API, lambda _route: None)
    write(page, SCARED)
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "true")
    page.evaluate(HIDE)
    write(page, "I")
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#label")).to_be_visible()


OPEN = {"id": "x", "state": "queued", "links": {"self": "/api/v1/predictions/x"}}


@pytest.mark.browser
@SCRIPTS
def test_on_a_phone_the_prediction_scrolls_into_view(
    stack: Stack, visits: Visits, *, scripts: bool
) -> None:
    """After a press of the button and after a pause; the text in the field stays in view."""
    phone = {"width": 390, "height": 844}
    page = visits(stack.url, java_script_enabled=scripts, viewport=phone).page
    page.goto("/")
    hint = page.get_by_text("Answers as you type")
    if scripts:
        write(page, JOYFUL)
        expect(page.locator("#label")).to_have_text("Joy")
        expect(page.locator(".verdict")).to_be_in_viewport(ratio=1)
        expect(page.get_by_label("Your text")).to_be_in_viewport(ratio=1)
        expect(hint).to_be_visible()
    else:
        expect(hint).to_be_hidden()
    predict(page, SCARED)
    expect(page.locator("#label")).to_have_text("Fear")
    expect(page.locator(".verdict")).to_be_in_viewport(ratio=1)


def test_ctrl_enter_sends(page: Page) -> None:
    """Ctrl or Meta with Enter presses the button."""
    page.evaluate(HIDE)  # a hidden page sends nothing when typing pauses
    for keys, text, label in (("Control", SCARED, "Fear"), ("Meta", JOYFUL, "Joy")):
        write(page, text)
        page.keyboard.press(f"{keys}+Enter")
        expect(page.locator("#label")).to_have_text(label)


def test_the_newest_request_wins(page: Page) -> None:
    """The page shows the prediction of the text in the field."""
    for text in (JOYFUL, SCARED) * 3:
        write(page, text)
        page.keyboard.press("Control+Enter")
    expect(page.locator("#label")).to_have_text("Fear")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#label")).to_have_text("Fear")


def test_an_unsure_prediction_offers_two_candidates(page: Page) -> None:
    """It looks different from a sure one."""
    predict(page, "She forgot my birthday again.")
    expect(page.get_by_text("Not sure. One of these two?", exact=True)).to_be_visible()
    expect(page.locator("#label")).to_be_hidden()
    candidates = page.locator(".candidate").all_inner_texts()
    rows = page.locator("#answer .bars tr").all_inner_texts()
    likeliest = sorted(rows, key=lambda row: -int(row.split()[-1].strip("<>%")))[:2]
    assert [each.split()[1] for each in candidates] == [each.split()[1] for each in likeliest]
    check_view(page, "try-unsure")
    page.set_viewport_size({"width": 320, "height": 800})
    hidden = page.locator(".verdict").evaluate("e => e.scrollWidth - e.clientWidth")
    assert hidden <= 0, "the narrowest window shows both"


def test_a_screen_reader_gets_one_sentence_and_landmarks(
    page: Page,
) -> None:
    """It does not read seven rows of figures."""
    predict(page, JOYFUL)
    said = page.locator("#answer").get_by_role("status")
    expect(said).to_have_text(re.compile(r"^Joy, .*\d+% likely\. Strongest clues for Joy: “pas"))
    predict(page, "She forgot my birthday again.")
    expect(said).to_have_text(re.compile(r"^Not sure\. One of these two\? Anger, \w+\. Strongest"))
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    expect(page.get_by_role("main")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"
    described = page.get_by_label("Your text").get_attribute("aria-describedby")
    expect(page.locator(f"#{described}")).to_contain_text("5,000")


@pytest.mark.browser
def test_the_page_says_what_is_stored(page: Page) -> None:
    """Beside the field, before anybody writes."""
    expect(page.get_by_text("Your text is not logged")).to_be_visible()
    page.get_by_role("link", name="Batch").click()
    expect(page.get_by_text("for 7 days, then delete them")).to_be_visible()


OTHERS = {"/sign-in": "", "/api": "section:nth-of-type(n + 4)", "/nowhere": ""}


@pytest.mark.browser
@pytest.mark.parametrize(("path", "alike"), OTHERS.items(), ids=OTHERS)
def test_the_other_pages_pass_the_same_checks(
    stack: Stack, visits: Visits, path: str, alike: str
) -> None:
    """Layout and accessibility of every linked page."""
    page = visits(stack.url).page
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    check_view(page, path.strip("/"), exclude=alike)


@pytest.mark.browser
def test_the_reference_page_lists_operations_and_shapes(page: Page) -> None:
    """Its links lead to the shapes and the OpenAPI document."""
    page.get_by_role("navigation").get_by_role("link", name="API").click()
    expect(page).to_have_url(re.compile("/api$"))
    expect(page).to_have_title("API · Emojify")
    expect(page.get_by_role("heading", name="/api/v1/predictions")).not_to_have_count(0)
    page.get_by_role("link", name="PredictionRequest", exact=True).first.click()
    expect(page.locator("#PredictionRequest")).to_be_in_viewport()
    page.get_by_role("link", name="openapi.json").click()
    expect(page.locator("body")).to_contain_text('"openapi"')
