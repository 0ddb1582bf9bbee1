"""A prediction as JSON."""

from dataclasses import replace

import pytest
from flask import Flask

from emojify_core.answer import Answer
from emojify_core.labels import EMOTIONS, LABELS
from emojify_core.messages import Influence, PredictReply, State
from emojify_core.queue.prediction_queue import PredictionStatus
from web.predictions.schemas import Prediction
from web.predictions.serializer import prediction_json

JOYFUL = Answer((1.0, 0, 0, 0, 0, 0, 0), confident=True)


@pytest.fixture
def app() -> Flask:
    """Return an app with the one route that predictions link to."""
    app = Flask("test")
    app.add_url_rule("/api/v1/predictions/<prediction_id>", "predictions.show")
    return app


def shown(app: Flask, status: PredictionStatus) -> dict[str, object]:
    """Return the prediction as JSON, validated against its schema."""
    with app.test_request_context():
        body = prediction_json(status)
    Prediction.model_validate(body)
    return body


@pytest.mark.parametrize("place", range(7))
def test_the_result_is_the_best_label_with_its_emoji(app: Flask, place: int) -> None:
    """Label, emoji and confidence always belong together."""
    probabilities = tuple(0.4 if other == place else 0.1 for other in range(7))
    answers = (Answer(probabilities, confident=True),)
    reply = PredictReply(answers, single=True, model_version=3, milliseconds=1.5)
    body = shown(app, PredictionStatus("id", State.SUCCEEDED, reply))
    assert body["result"] == {
        "label": LABELS[place],
        "emoji": EMOTIONS[place].emoji,
        "confident": True,
        "confidence": 0.4,
        "probabilities": dict(zip(LABELS, probabilities, strict=True)),
        "emotional": None,
        "none": False,
        "understood": True,
        "model_version": 3,
        "milliseconds": 1.5,
        "explanation": None,
    }
    assert "results" not in body


def test_a_text_without_a_clear_emotion_keeps_its_label(app: Flask) -> None:
    """Clients that know nothing of `none` get what they always got."""
    answers = (replace(JOYFUL, confident=False, emotional=0.2, none=True, understood=False),)
    reply = PredictReply(answers, single=True, model_version=3)
    result = shown(app, PredictionStatus("id", State.SUCCEEDED, reply))["result"]
    assert isinstance(result, dict)
    assert (result["label"], result["emoji"], result["confidence"]) == ("joy", "😄", 1.0)
    assert [result[name] for name in ("emotional", "none", "understood")] == [0.2, True, False]


def test_results_of_a_list_keep_the_order_of_its_texts(app: Flask) -> None:
    """The n-th result or error belongs to the n-th text."""
    answers = (
        Answer(error=("blank", "Write at least one word.")),
        JOYFUL,
    )
    reply = PredictReply(answers, single=False, model_version=1)
    body = shown(app, PredictionStatus("id", State.SUCCEEDED, reply))
    first, second = body["results"]  # type: ignore[misc]
    assert first == {"error": {"code": "blank", "message": "Write at least one word."}}
    assert second["label"] == "joy"
    assert body["result"] is None


@pytest.mark.parametrize("state", State)
def test_every_state_without_a_reply_has_the_same_shape(app: Flask, state: State) -> None:
    """A client can parse a prediction at any moment."""
    body = shown(app, PredictionStatus("the-id", state, error=("lost", "It was lost.")))
    assert body == {
        "id": "the-id",
        "state": state.value,
        "result": None,
        "error": {"code": "lost", "message": "It was lost."},
        "links": {"self": "/api/v1/predictions/the-id"},
    }


def test_an_explanation_has_a_shading_strength_for_each_word(app: Flask) -> None:
    """A client can shade words without knowing the range of weights."""
    influences = (Influence(0, 2, 0.4), Influence(3, 8, 0.1), Influence(9, 11, -0.2))
    reply = PredictReply((JOYFUL,), single=True, model_version=1, influences=influences)
    body = shown(app, PredictionStatus("id", State.SUCCEEDED, reply))
    assert body["result"]["explanation"] == [  # type: ignore[index]
        {"start": 0, "end": 2, "weight": 0.4, "strength": 3},
        {"start": 3, "end": 8, "weight": 0.1, "strength": 1},
        {"start": 9, "end": 11, "weight": -0.2, "strength": 0},
    ]
