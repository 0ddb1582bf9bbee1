"""A person corrects a prediction, and the running model learns it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from support.browser import SCRIPTS, Visit
from support.deadlines import eventually
from support.page_checks import check_view, findings
from support.stack import Stack

API = "/api/v1/corrections"
LEARNS_WITHIN = 60  # seconds; the trainer may still be reading TensorFlow
UNLIKELY = {"The train left without me.": "Sadness", "A stranger carried my bag.": "Joy"}

Visits = Callable[..., Visit]


@pytest.fixture(scope="module")
def administrator(stack: Stack) -> dict[str, str]:
    """Return the administrator's header."""
    token = (stack.home / "admin_token.secret").read_text(encoding="ascii")
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def learned(stack: Stack) -> dict[str, Any]:
    """Make a correction through the API; return it once it is live."""
    body = {"text": "The curtain fell on my head.", "label": "joy"}
    assert stack.predict(body["text"])["result"]["label"] != body["label"]
    made = stack.http.post(API, json=body)
    assert made.status_code == 202

    def live() -> dict[str, Any]:
        found: dict[str, Any] = stack.http.get(
            made.headers["Location"], headers={"Prefer": "wait=10"}
        ).json()
        assert found["state"] in {"queued", "training", "checking", "live"}, found
        return found if found["state"] == "live" else {}

    return eventually(live, within=LEARNS_WITHIN, what="the correction is live")


def predict(page: Page, text: str) -> None:
    """Ask for the prediction of a text and wait for it."""
    page.goto("/")
    page.get_by_label("Your text").fill(text)
    page.get_by_role("button", name="Find the emoji").click()
    expect(page.locator("#correction")).to_be_visible()


def correct(page: Page, label: str) -> None:
    """Choose the right emoji and send it."""
    page.get_by_role("radio", name=label).check()
    page.get_by_role("button", name="Teach it").click()


def expect_learned(page: Page, label: str) -> None:
    """Wait until the page shows that the correction is live, with the new prediction."""
    status = page.locator("#status")
    expect(status).to_contain_text("Done", timeout=LEARNS_WITHIN * 1000)
    expect(page.locator(".steps .done")).to_have_count(5)
    expect(page.locator(".change .side").last).to_contain_text(label)
    expect(page.locator(".before-after tbody tr")).to_have_count(7)


@SCRIPTS
def test_a_correction_is_followed_until_it_is_live(
    stack: Stack, visits: Visits, *, scripts: bool
) -> None:
    """The page shows each step, and then the model predicts the corrected label."""
    text, label = list(UNLIKELY.items())[scripts]
    page = visits(stack.url, java_script_enabled=scripts).page
    predict(page, text)
    assert stack.predict(text)["result"]["label"] != label.lower()
    if scripts:
        page.evaluate("window.stayed = true")
    correct(page, label)
    expect(page.locator("#status")).to_contain_text(re.compile("correction"))
    expect_learned(page, label)
    if scripts:
        assert page.evaluate("window.stayed"), "without a reload"
        expect(page.locator("#words")).to_contain_text(label)  # the card shows the new answer
        expect(page.locator("#progress")).to_be_focused()
        check_view(page, "try-learned")
        page.get_by_role("link", name="This correction's page").click()
    expect(page).to_have_url(re.compile(r"/corrections/[\w-]{32}$"))
    expect(page.get_by_role("blockquote")).to_have_text(text)
    expect_learned(page, label)
    if scripts:
        check_view(page, "correction")
    page.get_by_role("link", name="Try another text").click()
    predict(page, text)
    assert stack.predict(text)["result"]["label"] == label.lower()


def test_the_main_flow_works_with_the_keyboard_alone(page: Page) -> None:
    """Every step is reachable and shows a focus outline."""
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Your text")).to_be_focused()
    page.keyboard.type("I was alone on the platform.")
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name="Find the emoji")
    expect(button).to_be_focused()
    assert outlined(page, "button:focus")
    page.keyboard.press("Enter")
    expect(page.locator("#correction")).to_be_visible()
    expect(button).to_be_focused()
    joy = page.get_by_role("radio", name="Joy")
    for _ in range(12):  # past the examples and the words that mattered
        page.keyboard.press("Tab")
        assert outlined(page, ":focus") or outlined(page, "label:has(:focus)")
        if joy.evaluate("radio => radio === document.activeElement"):
            break
    expect(joy).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Anger")).to_be_checked()
    assert outlined(page, ".choices label:has(:checked)")
    group = page.get_by_role("group", name="Wrong? Pick the right one:")
    expect(group.get_by_role("radio")).to_have_count(7)
    assert findings(page) == [], "what is chosen can be read"
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Teach it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_be_focused()
    status = page.locator("#status")
    expect(status).to_contain_text(re.compile("Done|did not learn"), timeout=LEARNS_WITHIN * 1000)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="This correction's page")).to_be_focused()


def outlined(page: Page, selector: str) -> bool:
    """Return whether an element shows the focus outline."""
    style: str = page.locator(selector).first.evaluate("e => getComputedStyle(e).outlineStyle")
    return style == "solid"


@pytest.mark.browser
def test_a_new_text_clears_the_choice_and_keeps_the_correction(page: Page) -> None:
    """The page follows the sent correction further."""
    predict(page, "The bus was late once more.")
    correct(page, "Anger")
    expect(page.locator("#progress blockquote")).to_have_text("The bus was late once more.")
    page.get_by_label("Your text").fill("I was alone on the platform.")
    page.get_by_role("button", name="Find the emoji").click()
    expect(page.locator("#quote")).to_contain_text("platform")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Teach it")).to_be_visible()
    expect(page.locator("#progress blockquote")).to_have_text("The bus was late once more.")
    status = page.locator("#status")
    expect(status).to_contain_text(re.compile("Done|did not learn"), timeout=LEARNS_WITHIN * 1000)
    page.get_by_label("Your text").fill("We won the match!")
    expect(page.locator("#quote")).to_contain_text("match")
    expect(page.locator("#progress")).to_be_hidden()


@pytest.mark.browser
def test_on_a_phone_a_correction_takes_three_taps(stack: Stack, visits: Visits) -> None:
    """The field, a candidate and the button; the page scrolls, nobody has to."""
    phone = {"width": 390, "height": 844}
    page = visits(stack.url, viewport=phone, has_touch=True, is_mobile=True).page
    page.goto("/")
    page.get_by_label("Your text").tap()
    page.keyboard.type("She forgot my birthday again.")
    candidate = page.locator("button.candidate").last
    expect(candidate).to_be_in_viewport(ratio=1)
    chosen = candidate.get_attribute("data-emotion")
    candidate.tap()
    assert chosen
    expect(page.get_by_role("radio", name=chosen.title())).to_be_checked()
    teach = page.get_by_role("button", name="Teach it")
    expect(teach).to_be_in_viewport(ratio=1)
    teach.tap()
    expect(page.locator("#status")).to_contain_text(re.compile("orrection"))


@pytest.mark.browser
def test_a_correction_needs_a_chosen_emoji(page: Page) -> None:
    """The browser's own validation asks for it."""
    predict(page, "I was alone on the platform.")
    page.get_by_role("button", name="Teach it").click()
    expect(page.locator("#progress")).to_be_hidden()
    assert page.locator("#correct").evaluate("form => form.matches(':invalid')")


def test_every_worker_serves_a_live_correction(stack: Stack, learned: dict[str, Any]) -> None:
    """The receipt names the version; predictions made later use it or a newer one."""
    receipt = learned["receipt"]
    assert receipt["before"]["joy"] < receipt["after"]["joy"] == max(receipt["after"].values())
    answer = stack.predict(learned["text"])["result"]
    assert answer["label"] == "joy"
    assert answer["model_version"] >= receipt["model_version"]

    def caught_up() -> bool:  # a worker reports every five seconds
        models = stack.http.get("/api/v1/models").json()
        served = {each["model_version"] for each in models["workers"]}
        return served == {models["live"]} and models["live"] >= receipt["model_version"]

    eventually(caught_up, within=30, what="the list shows what each worker serves")


def test_flower_lists_the_learning_task_without_its_text(
    stack: Stack, learned: dict[str, Any]
) -> None:
    """The task has a readable name."""
    assert learned["state"] == "live"
    columns = {"draw": "1", "start": "0", "length": "100"}
    columns["search[value]"] = "emojify.learn_corrections"
    order = {"order[0][column]": "0", "order[0][dir]": "asc", "columns[0][data]": "name"}

    def table() -> str:
        answer = stack.http.post(f"{stack.flower_url}/tasks/datatable", data=columns | order)
        return answer.text if "emojify.learn_corrections" in answer.text else ""

    assert "curtain" not in eventually(table, within=30, what="Flower lists the learning")


def test_an_administrator_undoes_a_correction_on_its_page(
    stack: Stack, visits: Visits, administrator: dict[str, str], learned: dict[str, Any]
) -> None:
    """The text is gone at once; soon the model is rebuilt without it."""
    page = visits(stack.url).page
    page.goto("/sign-in")
    page.get_by_label("administrator's token").fill("something else")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not valid here")
    secret = administrator["Authorization"].removeprefix("Bearer ")
    page.get_by_label("administrator's token").fill(secret)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"/corrections/{learned['id']}")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#status")).to_contain_text("undone")
    expect(page.get_by_role("blockquote")).to_have_count(0)

    def forgotten() -> bool:
        label: str = stack.predict(learned["text"])["result"]["label"]
        return label != "joy"

    eventually(forgotten, within=LEARNS_WITHIN, what="the model is rebuilt without it")
    gone = stack.http.get(f"{API}/{learned['id']}").json()
    assert (gone["state"], gone["text"]) == ("removed", "")
    page.goto("/sign-in")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    answer = page.goto(f"/corrections/{learned['id']}")
    assert answer
    assert answer.status == 404


def test_a_rollback_to_the_first_version_is_served(
    stack: Stack, administrator: dict[str, str]
) -> None:
    """No prediction fails meanwhile."""
    body = {"why": "a test", "requeue": False}
    back = stack.http.post("/api/v1/models/1/activate", json=body, headers=administrator)
    assert back.status_code == 200
    first = stack.http.get("/api/v1/models/1").json()
    assert back.json()["sha256"] == first["sha256"]

    def follows() -> bool:
        prediction = stack.predict("The train left without me.")
        assert prediction["state"] == "succeeded"
        served: int = prediction["result"]["model_version"]
        return served >= back.json()["version"]

    eventually(follows, within=10, what="the worker serves the first version's files again")
