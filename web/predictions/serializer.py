"""Predictions as JSON, for the API and for the page."""

from typing import Any

from flask import url_for

from emojify_core.answer import Answer
from emojify_core.labels import EMOTION_OF, LABELS
from emojify_core.messages import PredictReply
from emojify_core.queue.prediction_queue import PredictionStatus
from web.predictions.explanations import explanation_json


def prediction_json(status: PredictionStatus) -> dict[str, Any]:
    """Return the prediction as the API shows it: see schemas.Prediction."""
    body: dict[str, Any] = {
        "id": status.id,
        "state": status.state,
        "result": None,
        "error": None,
        "links": {"self": url_for("predictions.show", prediction_id=status.id)},
    }
    if status.error:
        body["error"] = {"code": status.error[0], "message": status.error[1]}
    if status.reply:
        results = [_result(answer, status.reply) for answer in status.reply.answers]
        if status.reply.single:
            body["result"] = results[0]
        else:
            body["results"] = results
    return body


def _result(answer: Answer, reply: PredictReply) -> dict[str, Any]:
    if answer.error:
        return {"error": {"code": answer.error[0], "message": answer.error[1]}}
    label, confidence = answer.best
    return {
        "label": label,
        "emoji": EMOTION_OF[label].emoji,
        "confident": answer.confident,
        "confidence": confidence,
        "probabilities": dict(zip(LABELS, answer.probabilities, strict=True)),
        "emotional": answer.emotional,
        "none": answer.none,
        "understood": answer.understood,
        "model_version": reply.model_version,
        "milliseconds": reply.milliseconds,
        "explanation": None if reply.influences is None else explanation_json(reply.influences),
    }
