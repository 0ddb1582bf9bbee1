"""`/api/v1/predictions` as programs use it."""

import time

import pytest
from flask.testing import FlaskClient

from emojify_core.labels import EMOTIONS, LABELS
from emojify_core.queue.celery_app import LOST_AFTER, RESULT_EXPIRES
from emojify_core.queue.prediction_ids import IdSigner
from support.api_checks import API, parse_as
from support.installation import CLEAR, JOYFUL
from web.predictions.schemas import Prediction, PredictionResult, TextError

WAIT = {"Prefer": "wait=10"}
EMOJI = {emotion.name: emotion.emoji for emotion in EMOTIONS}


def test_prefer_wait_returns_the_result_in_one_call(client: FlaskClient) -> None:
    """With `Prefer: wait` a client need not poll."""
    response = client.post(API, json={"text": JOYFUL}, headers=WAIT)
    assert response.status_code == 200
    assert response.headers["Preference-Applied"] == "wait=10"
    assert response.headers["Cache-Control"] == "no-store"
    result = parse_as(response, Prediction).result
    assert result
    assert (result.label, result.emoji, result.confident) == ("joy", "😄", True)
    assert list(result.probabilities) == list(LABELS), "in the order of the labels"
    assert result.confidence == max(result.probabilities.values()) > 0.5


def test_a_queued_prediction_is_found_by_its_id(client: FlaskClient) -> None:
    """Without `Prefer: wait` the answer is 202 and a link to the result."""
    queued = client.post(API, json={"text": JOYFUL})
    assert queued.status_code == 202
    body = parse_as(queued, Prediction)
    assert body.state == "queued"
    assert queued.headers["Location"] == body.links.self == f"{API}/{body.id}"
    assert "Preference-Applied" not in queued.headers
    found = client.get(queued.headers["Location"], headers=WAIT)
    assert found.status_code == 200
    done = parse_as(found, Prediction)
    assert done.id == body.id
    assert done.result
    assert done.result.label == "joy"


def test_a_list_gets_results_in_order_and_an_error_for_each_bad_text(client: FlaskClient) -> None:
    """One blank line does not cost the client 255 results."""
    texts = [*CLEAR, "", " \n", "x" * 5001, "half \ud83d", JOYFUL]
    response = client.post(API, json={"texts": texts}, headers=WAIT)
    assert response.status_code == 200
    results = parse_as(response, Prediction).results
    assert results
    seen = [r.label if isinstance(r, PredictionResult) else r.error.code for r in results]
    assert seen == [*CLEAR.values(), "blank", "blank", "too_long", "not_unicode", "joy"]
    for result in results:
        if isinstance(result, TextError):
            assert result.error.message.endswith(".")
        else:
            assert result.emoji == EMOJI[result.label]


def test_explain_returns_each_word_s_weight_and_strength(client: FlaskClient) -> None:
    """The words that support the label are found, and the probabilities do not change."""
    text = "😀 I was so happy!"
    response = client.post(API, json={"text": text, "explain": True}, headers=WAIT)
    result = parse_as(response, Prediction).result
    assert result
    assert result.milliseconds
    assert result.explanation
    words = {text[each.start : each.end]: each for each in result.explanation}
    assert list(words) == ["😀", "I", "was", "so", "happy"]
    assert words["happy"].strength == 3
    assert words["happy"].weight == max(each.weight for each in result.explanation)
    assert words["was"].strength == 0
    plain = client.post(API, json={"text": text}, headers=WAIT).get_json()["result"]
    assert plain["explanation"] is None
    assert plain["probabilities"] == result.probabilities, "an explanation changes no probability"


def test_an_explanation_is_stored_with_the_result(client: FlaskClient) -> None:
    """Positions and weights are stored, the text is not."""
    queued = client.post(API, json={"text": "We won the match!", "explain": True})
    found = client.get(queued.headers["Location"], headers=WAIT)
    result = parse_as(found, Prediction).result
    assert result
    assert result.explanation
    assert "match" not in found.text


def test_a_list_of_one_text_gets_a_list(client: FlaskClient) -> None:
    """The shape of the result follows the shape of the request."""
    answer = client.post(API, json={"texts": [JOYFUL]}, headers=WAIT).get_json()
    assert answer["result"] is None
    assert [result["label"] for result in answer["results"]] == ["joy"]


def test_the_largest_list_is_answered(client: FlaskClient) -> None:
    """The documented limits can be reached together."""
    texts = ["happy " * 130 + "x"] * 256  # 781 characters each, 199,936 together
    response = client.post(API, json={"texts": texts}, headers=WAIT)
    assert response.status_code == 200, response.text
    assert len(response.get_json()["results"]) == 256


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5000,
        "\N{PILE OF POO}" * 5000,
        "a\u0301" * 2500,
        "\x00\x1b[31m\u202e red",
        "'; DROP TABLE corrections; --",
        "<script>alert(1)</script>",
        "ใจดี 幸せ سعيد",
        "\ufeffhello",
        "{{ 7 * 7 }} ${7*7} %s %n",
    ],
)
def test_any_unicode_text_is_answered(client: FlaskClient, text: str) -> None:
    """Any text gets one of the seven labels."""
    response = client.post(API, json={"text": text}, headers=WAIT)
    assert response.get_json()["result"]["label"] in LABELS, response.text


@pytest.mark.parametrize("text", ["qwrtzx plmokn", "幸せ", "12345", "😀"])
def test_a_text_without_a_known_word_is_not_confident(client: FlaskClient, text: str) -> None:
    """A guess is marked as a guess."""
    response = client.post(API, json={"text": text}, headers=WAIT)
    assert response.get_json()["result"]["confident"] is False


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("wait=5", "wait=5"),
        ("wait=10", "wait=10"),
        ("wait=11", "wait=10"),
        ("wait=86400", "wait=10"),
        ("wait=" + "9" * 5000, "wait=10"),
        ("respond-async, wait=5", "wait=5"),
        ("respond-async,wait=5;foo=bar", "wait=5"),
        ('wait="5"', "wait=5"),
        ("Wait=5", "wait=5"),
        (" wait = 5 ", "wait=5"),
        ("wait=0", None),
        ("wait=-1", None),
        ("wait=1.5", None),
        ("wait=ten", None),
        ("wait=", None),
        ("wait", None),
        ("wait=²", None),
        ("return=minimal", None),
        ("", None),
        ('=;,="', None),
    ],
)
def test_prefer_wait_is_honoured_up_to_ten_seconds_or_ignored(
    client: FlaskClient, prefer: str, applied: str | None
) -> None:
    """A preference is never an error (RFC 7240), and the response says which was applied."""
    response = client.post(API, json={"text": JOYFUL}, headers={"Prefer": prefer})
    assert response.status_code == (200 if applied else 202), response.text
    assert response.headers.get("Preference-Applied") == applied


def test_a_wait_without_a_result_ends_in_time(client: FlaskClient, signer: IdSigner) -> None:
    """The request is held for the wait that the client asked for, and no longer."""
    started = time.monotonic()
    response = client.get(f"{API}/{signer.new()}", headers={"Prefer": "wait=1"})
    assert 0.9 < time.monotonic() - started < 8
    assert response.status_code == 200
    assert parse_as(response, Prediction).state == "queued"


@pytest.mark.parametrize(
    ("age", "state", "code"),
    [(LOST_AFTER + 1, "failed", "lost"), (RESULT_EXPIRES + 1, "expired", "expired")],
)
def test_a_prediction_without_a_result_fails_or_expires(
    client: FlaskClient, signer: IdSigner, age: float, state: str, code: str
) -> None:
    """Polling always ends with a reason."""
    response = client.get(f"{API}/{signer.new(now=time.time() - age)}")
    assert response.status_code == 200
    prediction = parse_as(response, Prediction)
    assert (prediction.state, prediction.error and prediction.error.code) == (state, code)
