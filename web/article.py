"""The article's routes, answering as it does, on the same queue."""

from flask import Blueprint, request

from emojify_core.labels import LABELS
from emojify_core.texts import check_text
from web.asking import Asking
from web.limits import Limits
from web.openapi import describe
from web.presenting import prediction_json
from web.problems import RETRY_SOON, Problem
from web.reading import MAX_WAIT, require_same_origin
from web.schemas import ArticleForm, LabelNumber


def article_blueprint(asking: Asking, limits: Limits) -> Blueprint:
    """Return `POST /predict`."""
    blueprint = Blueprint("article", __name__)

    @blueprint.post("/predict")
    @describe(
        "article",
        form=ArticleForm,
        HTTP_200=LabelNumber,
        HTTP_403=None,
        HTTP_413=None,
        HTTP_422=None,
        HTTP_429=None,
        HTTP_503=None,
    )
    @limits.predictions
    def predict() -> dict[str, int]:
        """Answer the form field `name` with the number of its emotion, waiting for the worker."""
        require_same_origin()
        text = request.form.get("name", "")
        if problem := check_text(text):
            raise Problem(422, problem.message, code="invalid", errors=[("name", problem.message)])
        status = asking.submit((text,), single=True, wait=MAX_WAIT)
        result = prediction_json(status)["result"]
        if result is None:
            raise Problem(
                503,
                "The workers are busy or starting. Please try again shortly.",
                code="busy",
                headers=RETRY_SOON,
            )
        return {"prediction": LABELS.index(result["label"])}

    return blueprint
