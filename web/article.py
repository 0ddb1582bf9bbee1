"""The article's routes, answering as it does, on the same queue."""

from flask import Blueprint, g, request

from emojify_core.labels import LABELS
from emojify_core.messages import PredictRequest
from emojify_core.prediction_queue import PredictionQueue
from emojify_core.texts import check_text
from web.openapi import describe
from web.presenting import prediction_json
from web.problems import Problem
from web.reading import MAX_WAIT, require_same_origin
from web.schemas import LabelNumber


def article_blueprint(queue: PredictionQueue) -> Blueprint:
    """Return `POST /predict`."""
    blueprint = Blueprint("article", __name__)

    @blueprint.post("/predict")
    @describe(
        "article", HTTP_200=LabelNumber, HTTP_403=None, HTTP_413=None, HTTP_422=None, HTTP_503=None
    )
    def predict() -> dict[str, int]:
        """Answer the form field `name` with the number of its emotion, waiting for the worker."""
        require_same_origin()
        text = request.form.get("name", "")
        if problem := check_text(text):
            raise Problem(422, problem.message, code="invalid", errors=[("name", problem.message)])
        status = queue.submit(
            PredictRequest((text,), single=True, request_id=g.request_id), MAX_WAIT
        )
        result = prediction_json(status)["result"]
        if result is None:
            raise Problem(
                503,
                "The workers are busy or starting. Please try again shortly.",
                code="busy",
                headers={"Retry-After": "2"},
            )
        return {"prediction": LABELS.index(result["label"])}

    return blueprint
