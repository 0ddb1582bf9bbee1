"""The correction's form and page as a browser without JavaScript gets them, and `POST /update`."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from emojify_core.correction_states import CorrectionState
from emojify_core.labels import LABELS
from emojify_core.settings import Settings
from emojify_core.storage.corrections.records import Receipt
from emojify_core.storage.factory import Storage
from emojify_core.storage.versions.publish import Publication
from support.api_checks import assert_problem, parse_as
from support.installation import JOYFUL
from web.article.schemas import UpdateText

FORM = {"text": "They saw me <fall>\r\n& laughed.", "label": "shame"}
TEXT = "They saw me <fall>\n& laughed."
BEFORE = (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4)
AFTER = (0.0, 0.0, 0.0, 0.0, 0.0, 0.88, 0.12)
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

Serve = Callable[..., Flask]
S = CorrectionState


def sent(client: FlaskClient, **fields: str) -> str:
    """Send the form; return the path of the correction's page."""
    response = client.post("/corrections", data=FORM | fields)
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def steps(page: str) -> dict[str, str]:
    """Return the titles of the steps with their kinds."""
    found = re.findall(r'<li class="(\w+)" [^>]*>(\w[\w ]*)</li>', page)
    return {title: kind for kind, title in found}


def sentence(page: str) -> str:
    """Return what a screen reader announces."""
    found = re.search(r'<p id="status" role="status">([^<]+)</p>', page)
    assert found
    return found[1]


def test_an_answer_offers_to_be_corrected(client: FlaskClient) -> None:
    """The form carries along what was asked, and says that it will be kept."""
    page = client.post("/", data={"text": JOYFUL}).text
    section = page[page.index('<section id="correction"') : page.index('<section id="progress"')]
    assert not re.match(r"<section[^>]* data-none", section)
    assert f'name="text" value="{JOYFUL}"' in section
    assert re.findall(r'name="label" value="(\w+)"', section) == list(LABELS)
    hidden = dict(re.findall(r'name="(prediction_id|key)" value="([^"]+)"', section))
    assert hidden.keys() == {"prediction_id", "key"}
    assert "Your text is kept for this, until the correction is undone" in section
    made = client.post("/corrections", data={"text": JOYFUL, "label": "guilt"} | hidden)
    assert made.status_code == 303
    again = client.post("/corrections", data={"text": JOYFUL, "label": "guilt"} | hidden)
    assert again.headers["Location"] == made.headers["Location"], "pressed twice, stored once"
    other = client.post("/corrections", data=FORM | {"prediction_id": hidden["prediction_id"]})
    assert_problem(other, 422, "prediction_id")


def test_a_text_survives_the_second_look(client: FlaskClient) -> None:
    """Who had to wait for the answer can correct it as anybody else."""
    queued = client.post("/api/v1/predictions", json={"text": JOYFUL}).get_json()["id"]
    page = client.post(f"/predictions/{queued}", data={"text": JOYFUL}).text
    assert f"{JOYFUL}</textarea>" in page
    assert f'name="text" value="{JOYFUL}"' in page
    assert not re.search(r'<section id="correction"[^>]* data-none', page)
    without = client.get(f"/predictions/{queued}").text
    assert re.search(r'<section id="correction"[^>]* data-none', without), "nothing to correct"


def test_a_correction_has_a_page_of_its_own(visitor: FlaskClient, storage: Storage) -> None:
    """The text as it was asked about, the label, and where it is on its way."""
    where = sent(visitor)
    stored = storage.corrections.get(where.rpartition("/")[2])
    assert (stored.text, stored.label, stored.state) == (TEXT, "shame", "queued")
    response = visitor.get(where)
    assert response.mimetype == "text/html"
    assert response.headers["Cache-Control"] == "no-store"
    page = response.text
    assert "They saw me &lt;fall&gt;\n&amp; laughed.</blockquote>" in page
    assert "waits for the trainer" in sentence(page)
    assert steps(page) == {
        "Kept": "done",
        "Queued": "now",
        "Training": "next",
        "Checking": "next",
        "Live": "next",
    }
    assert page.count('aria-current="step"') == 1
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "Administration" not in page
    stranger = visitor.application.test_client().get(where, headers=BROWSER)
    assert (stranger.status_code, stranger.mimetype) == (404, "text/html")
    assert "You have no correction" in stranger.text


def test_the_page_follows_a_correction_until_it_is_live(
    visitor: FlaskClient, storage: Storage
) -> None:
    """Learning, checking, then the new answer beside the old one; then it refreshes no more."""
    where = sent(visitor, text="Everybody turned round to me.")
    known = where.rpartition("/")[2]
    for state, title in ((S.TRAINING, "Training"), (S.CHECKING, "Checking")):
        storage.corrections.move([known], state)
        assert steps(visitor.get(where).text)[title] == "now"
    live = storage.versions.live()
    new = Publication(
        sha256="c" * 64,
        source=live.version.version,
        cause={"kind": "fine_tune"},
        metrics={},
        verdict=None,
        learned={known: Receipt(BEFORE, AFTER, 4.25)},
    )
    version = storage.versions.publish(new, live.generation).version
    page = visitor.get(where).text
    assert set(steps(page).values()) == {"done"}
    assert "http-equiv" not in page
    assert re.search(r'<div id="progress" class="card" data-settled', page)
    assert re.search(r"Guilt\s+40 %.*became.*Shame\s+88 %", page, re.DOTALL)
    assert page.count('<svg class="bar ') == 2 * len(LABELS)
    assert f"Model version {version}, 4.2 seconds" in page


ENDS = {
    "superseded": ("Replaced", "taken the place", "A later correction says that this text is joy."),
    "refused": ("Refused", "would do harm", "It would forget 3 of 9 earlier corrections."),
    "failed": ("Failed", "could not learn", "Training broke 1 times"),
    "removed": ("Undone", "was undone", ""),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_correction_that_is_not_learned_says_why(
    visitor: FlaskClient, storage: Storage, end: str
) -> None:
    """In plain words, and as the last step; nobody waits for something that will not come."""
    text = f"They laughed, and it was {end}."
    where = sent(visitor, text=text)
    known = where.rpartition("/")[2]
    if end == "superseded":
        sent(visitor, text=text, label="joy")
    elif end == "removed":
        storage.corrections.erase_text(known, by="administrator", why="")
    else:
        storage.corrections.move([known], S.TRAINING)
    if end == "refused":
        storage.versions.record_refusal(
            base_version=1, correction_ids=[known], figures={}, reason=ENDS[end][2], final=True
        )
    if end == "failed":
        storage.corrections.fail_attempt(known, "broke", limit=1)
    page = visitor.get(where).text
    title, said, reason = ENDS[end]
    assert steps(page)[title] == "stopped"
    assert said in sentence(page)
    assert reason in page
    assert "http-equiv" not in page
    assert (text in page) == (end != "removed")


def test_in_review_mode_the_page_says_that_somebody_looks_first(
    serve: Serve, apart: Settings, storage: Storage
) -> None:
    """And an administrator decides on the same page, which for others has no such buttons."""
    app = serve(review=True)
    visitor, administrator = app.test_client(), app.test_client()
    assert "Somebody looks at it first" in visitor.get("/").text
    where = sent(visitor, text="It was seen by all of them.")
    page = visitor.get(where).text
    assert "Somebody looks at it before" in sentence(page)
    assert steps(page)["Review"] == "now"
    assert_problem(visitor.post(f"{where}/accept"), 401)
    secret = apart.secret("admin_token", apart.admin_token)
    administrator.post("/sign-in", data={"secret": secret})
    buttons = re.findall(r'action="([^"]+)"', administrator.get(where).text)
    assert [f"{where}/{each}" for each in ("accept", "reject", "undo")] == buttons
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert_problem(administrator.post(f"{where}/accept", headers=foreign), 403)
    assert administrator.post(f"{where}/accept").headers["Location"] == where
    assert steps(visitor.get(where).text)["Queued"] == "now"
    assert_problem(administrator.post(f"{where}/reject"), 409)
    administrator.post(f"{where}/undo")
    assert storage.corrections.get(where.rpartition("/")[2]).text == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", "x" * 5001),
        ("text", "a\0b"),
        ("label", ""),
        ("label", "envy"),
        ("prediction_id", "x"),
        ("prediction_id", "\0"),
        ("key", "\0"),
    ],
)
def test_a_form_that_cannot_be_used_is_refused_with_a_page(
    visitor: FlaskClient, storage: Storage, field: str, value: str
) -> None:
    """A person reads a sentence, a program the field; nothing is stored."""
    before = storage.corrections.page(limit=1)
    assert_problem(visitor.post("/corrections", data=FORM | {field: value}), 422, field)
    page = visitor.post("/corrections", data=FORM | {field: value}, headers=BROWSER)
    assert (page.status_code, page.mimetype) == (422, "text/html")
    assert re.search(r'class="problem" role="alert">\S', page.text)
    assert storage.corrections.page(limit=1) == before


@pytest.mark.parametrize("value", [*map(str, range(7)), *LABELS])
def test_the_article_s_route_takes_a_correction(
    visitor: FlaskClient, storage: Storage, value: str
) -> None:
    """By number or name, stored as any other one, answered with a sentence."""
    form = {"sentence": f"Nobody told me about {value}.", "dropdown_value": value}
    response = visitor.post("/update", data=form)
    assert response.status_code == 200
    assert parse_as(response, UpdateText).update_text.startswith("Thank you.")
    (newest,) = storage.corrections.page(limit=1)
    label = LABELS[int(value)] if value.isdecimal() else value
    assert (newest.text, newest.label, newest.state) == (form["sentence"], label, "queued")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "sentence"),
        ({"sentence": "  ", "dropdown_value": "1"}, "sentence"),
        ({"sentence": "a\0b", "dropdown_value": "1"}, "sentence"),
        ({"sentence": "Oh no."}, "dropdown_value"),
        ({"sentence": "Oh no.", "dropdown_value": "7"}, "dropdown_value"),
        ({"sentence": "Oh no.", "dropdown_value": "-1"}, "dropdown_value"),
        ({"sentence": "Oh no.", "dropdown_value": "²"}, "dropdown_value"),
    ],
)
def test_the_article_s_route_names_the_field_it_cannot_use(
    visitor: FlaskClient, form: dict[str, str], field: str
) -> None:
    """Its callers learn what is wrong, too."""
    response = visitor.post("/update", data=form)
    assert_problem(response, 422, field)
    assert "Set-Cookie" not in response.headers
