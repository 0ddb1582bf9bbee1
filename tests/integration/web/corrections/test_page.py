"""The correction's form and page in a browser without JavaScript."""

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
from support.api_checks import assert_problem
from support.installation import JOYFUL

FORM = {"text": "They saw me <fall>\r\n& laughed.", "label": "shame"}
TEXT = "They saw me <fall>\n& laughed."
BEFORE = (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4)
AFTER = (0.0, 0.0, 0.0, 0.0, 0.0, 0.88, 0.12)
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

Serve = Callable[..., Flask]
S = CorrectionState


def sent(client: FlaskClient, **fields: str) -> str:
    """Submit the form; return the path of the correction's page."""
    response = client.post("/corrections", data=FORM | fields)
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def steps(page: str) -> dict[str, str]:
    """Return each step's title and kind."""
    found = re.findall(r'<li class="(\w+)" [^>]*>(\w[\w ]*)</li>', page)
    return {title: kind for kind, title in found}


def sentence(page: str) -> str:
    """Return what a screen reader announces."""
    found = re.search(r'<p id="status" role="status">([^<]+)</p>', page)
    assert found
    return found[1]


def test_a_prediction_offers_a_correction_form(client: FlaskClient) -> None:
    """The form carries the text along and says that it will be stored."""
    page = client.post("/", data={"text": JOYFUL}).text
    section = page[page.index('<section id="correction"') : page.index('<section id="progress"')]
    assert not re.match(r"<section[^>]* data-none", section)
    assert f'name="text" value="{JOYFUL}"' in section
    assert re.findall(r'name="label" value="(\w+)"', section) == list(LABELS)
    hidden = dict(re.findall(r'name="(prediction_id|key)" value="([^"]+)"', section))
    assert hidden.keys() == {"prediction_id", "key"}
    assert "We keep your text until you delete it" in section
    made = client.post("/corrections", data={"text": JOYFUL, "label": "guilt"} | hidden)
    assert made.status_code == 303
    again = client.post("/corrections", data={"text": JOYFUL, "label": "guilt"} | hidden)
    assert again.headers["Location"] == made.headers["Location"], "a form sent twice is stored once"
    other = client.post("/corrections", data=FORM | {"prediction_id": hidden["prediction_id"]})
    assert_problem(other, 422, "prediction_id")


def test_a_reloaded_prediction_keeps_the_text(client: FlaskClient) -> None:
    """A visitor who had to wait can still correct the result."""
    queued = client.post("/api/v1/predictions", json={"text": JOYFUL}).get_json()["id"]
    page = client.post(f"/predictions/{queued}", data={"text": JOYFUL}).text
    assert f"{JOYFUL}</textarea>" in page
    assert f'name="text" value="{JOYFUL}"' in page
    assert not re.search(r'<section id="correction"[^>]* data-none', page)
    without = client.get(f"/predictions/{queued}").text
    assert re.search(r'<section id="correction"[^>]* data-none', without), "nothing to correct"


def test_a_correction_has_its_own_page(visitor: FlaskClient, storage: Storage) -> None:
    """It shows the text, the label and the current step."""
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
        "Saved": "done",
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
    """It shows each step, then both predictions; then it stops refreshing."""
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
    assert re.search(r"Guilt\s+40%.*became.*Shame\s+88%", page, re.DOTALL)
    assert page.count('<svg class="bar ') == 2 * len(LABELS)
    assert f"Live in version {version} after 4 seconds." in page


@pytest.mark.parametrize("label", ["guilt", "shame"])
def test_the_page_does_not_call_an_unchanged_answer_learned(
    visitor: FlaskClient, storage: Storage, label: str
) -> None:
    """Who confirms a guess reads that nothing changed; who corrects one, that it was learned."""
    where = sent(visitor, text=f"They turned round, and it was {label}.", label=label)
    known = where.rpartition("/")[2]
    live = storage.versions.live()
    nearly = tuple(share + 0.001 for share in BEFORE)
    new = Publication(
        sha256="d" * 64,
        source=live.version.version,
        cause={"kind": "fine_tune"},
        metrics={},
        verdict=None,
        learned={known: Receipt(BEFORE, nearly if label == "guilt" else AFTER, 4.25)},
    )
    for state in (S.TRAINING, S.CHECKING):
        storage.corrections.move([known], state)
    storage.versions.publish(new, live.generation)
    said = sentence(visitor.get(where).text)
    assert ("nothing changed" in said, "Done" in said) == (label == "guilt", label == "shame")


ENDS = {
    "superseded": ("Replaced", "replaced this", "A later correction says that this text is joy."),
    "refused": ("Refused", "did not learn", "It would forget 3 of 9 earlier corrections."),
    "failed": ("Failed", "could not learn", "Training failed 1 times"),
    "removed": ("Undone", "was undone", ""),
}


@pytest.mark.parametrize("end", ENDS)
def test_the_page_says_why_a_correction_was_not_learned(
    visitor: FlaskClient, storage: Storage, end: str
) -> None:
    """The reason stands beside the last step, and the page stops refreshing."""
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


def test_in_review_mode_the_page_announces_the_review(
    serve: Serve, apart: Settings, storage: Storage
) -> None:
    """Only the administrator sees the buttons that decide."""
    app = serve(corrections="review")
    visitor, administrator = app.test_client(), app.test_client()
    assert "A person checks it first" in visitor.get("/").text
    where = sent(visitor, text="It was seen by all of them.")
    page = visitor.get(where).text
    assert "A person checks your correction before" in sentence(page)
    assert steps(page)["Review"] == "now"
    assert_problem(visitor.post(f"{where}/accept"), 401)
    secret = apart.secret("admin_token", apart.admin_token)
    administrator.post("/sign-in", data={"secret": secret})
    buttons = re.findall(r'action="(/corr[^"]+)"', administrator.get(where).text)
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
def test_an_invalid_form_is_refused_with_a_page(
    visitor: FlaskClient, storage: Storage, field: str, value: str
) -> None:
    """A person reads a sentence, a program the field; nothing is stored."""
    before = storage.corrections.page(limit=1)
    assert_problem(visitor.post("/corrections", data=FORM | {field: value}), 422, field)
    page = visitor.post("/corrections", data=FORM | {field: value}, headers=BROWSER)
    assert (page.status_code, page.mimetype) == (422, "text/html")
    assert re.search(r'class="problem" role="alert">\S', page.text)
    assert storage.corrections.page(limit=1) == before
