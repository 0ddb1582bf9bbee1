"""The two routes of the tutorial article, with its form fields and its answers."""

from flask import Blueprint, request

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import InvalidInputError
from emojify_core.labels import LABELS
from emojify_core.storage.corrections.records import CorrectionInput
from emojify_core.storage.database.storable_text import is_storable
from emojify_core.text_validation import check_text
from web.article.schemas import ArticleForm, ArticleUpdateForm, LabelNumber, UpdateText
from web.auth.identity import Identity
from web.corrections.schemas import UNSTORABLE
from web.corrections.service import CorrectionService, submit_as_client
from web.http.limits import MAX_WAIT
from web.http.openapi import describe, problems
from web.http.problems import RETRY_SOON, Problem
from web.http.rate_limits import RateLimits
from web.http.request_parsing import require_same_origin
from web.predictions.service import PredictionService

THANKS = {  # by the correction's first state
    CorrectionState.QUEUED: "Thank you. The model is learning that this is {label}.",
    CorrectionState.RECEIVED: "Thank you. If the model is sure of its answer, others must agree.",
    CorrectionState.REVIEW: "Thank you. An administrator reviews this before the model learns it.",
}

_NUMBERS = frozenset(map(str, range(len(LABELS))))


def article_blueprint(
    predictions: PredictionService,
    corrections: CorrectionService,
    identity: Identity,
    limits: RateLimits,
) -> Blueprint:
    """Return `POST /predict` and `POST /update`."""
    blueprint = Blueprint("article", __name__)

    @blueprint.post("/predict")
    @describe(
        "article",
        form=ArticleForm,
        HTTP_200=LabelNumber,
        **problems(403, 413, 422, 429, 503),
    )
    @limits.predictions
    def predict() -> dict[str, int]:
        """Return the number of the emotion that the form field `name` expresses.

        The request waits for the worker, for 10 seconds at most.
        """
        require_same_origin()
        text = request.form.get("name", "")
        if problem := check_text(text):
            raise InvalidInputError(problem.message, "name")
        reply = predictions.submit((text,), single=True, wait=MAX_WAIT).reply
        if reply is None:
            raise Problem(
                503,
                "The workers are busy or starting. Please try again shortly.",
                code="busy",
                headers=RETRY_SOON,
            )
        return {"prediction": LABELS.index(reply.answers[0].best.label)}

    @blueprint.post("/update")
    @describe(
        "article",
        form=ArticleUpdateForm,
        HTTP_200=UpdateText,
        **problems(403, 413, 422, 429, 503),
    )
    @limits.corrections
    def update() -> dict[str, str]:
        """Store a correction: a text in the field `sentence`, its label in `dropdown_value`.

        The trainer learns it in the background, like every correction.
        """
        require_same_origin()
        text, label = request.form.get("sentence", ""), request.form.get("dropdown_value", "")
        label = LABELS[int(label)] if label in _NUMBERS else label
        if problem := check_text(text):
            raise InvalidInputError(problem.message, "sentence")
        if label not in LABELS:
            raise InvalidInputError(
                "Send a number from 0 to 6, or a label's name.", "dropdown_value"
            )
        if not is_storable(text):
            raise InvalidInputError(UNSTORABLE, "sentence")
        given = CorrectionInput(text=text, label=label)
        stored = submit_as_client(corrections, identity, given).correction
        return {"update_text": THANKS[stored.state].format(label=label)}

    return blueprint
