"""`/api/v1/predictions`: submit texts, then ask for the result."""

from flask import Blueprint

from emojify_core.messages import FINAL_STATES
from emojify_core.queue.prediction_queue import PredictionStatus
from web.http.openapi import describe, problems
from web.http.rate_limits import RateLimits
from web.http.request_parsing import read_json, wait_seconds
from web.http.responses import JsonAnswer, wait_headers
from web.http.schemas import PreferHeader
from web.predictions.schemas import Prediction, PredictionRequest
from web.predictions.serializer import prediction_json
from web.predictions.service import PredictionService


def predictions_blueprint(predictions: PredictionService, limits: RateLimits) -> Blueprint:
    """Return the two routes."""
    blueprint = Blueprint("predictions", __name__, url_prefix="/api/v1/predictions")

    @blueprint.post("")
    @describe(
        "predictions",
        json=PredictionRequest,
        headers=PreferHeader,
        HTTP_200=Prediction,
        HTTP_202=Prediction,
        **problems(400, 413, 415, 422, 429, 503),
    )
    @limits.predictions
    def submit() -> JsonAnswer:
        """Ask which emotion one text, or each text of a list, expresses.

        The answer is 202 with the place to look for the result. With `Prefer: wait=N` the answer
        is 200 if the result is ready within N seconds (at most 10).
        """
        body = read_json(PredictionRequest)
        texts = (body.text,) if body.single else tuple(body.texts)
        wait = wait_seconds()
        status = predictions.submit(texts, single=body.single, wait=wait, explain=body.explain)
        return _answer(status, wait, 200 if status.state in FINAL_STATES else 202)

    @blueprint.get("/<prediction_id>")
    @describe("predictions", headers=PreferHeader, HTTP_200=Prediction, **problems(404, 503))
    def show(prediction_id: str) -> JsonAnswer:
        """Return a prediction's state and, once it succeeded, its result.

        With `Prefer: wait=N` the answer comes when the state is final, or after N seconds.
        """
        wait = wait_seconds()
        return _answer(predictions.find(prediction_id, wait=wait), wait, 200)

    return blueprint


def _answer(status: PredictionStatus, wait: int, code: int) -> JsonAnswer:
    body = prediction_json(status)
    return body, code, {"Location": body["links"]["self"], **wait_headers(wait)}
