"""The Try page. It works without JavaScript; the scripts only save the reload."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request

from emojify_core.labels import EMOTION_OF, EMOTIONS, NO_EMOTION
from emojify_core.limits import MAX_CHARACTERS
from emojify_core.queue.prediction_queue import PredictionStatus
from emojify_core.text_validation import check_text
from web.http.rate_limits import RateLimits
from web.http.request_parsing import form_text, require_same_origin
from web.http.responses import Page, page
from web.predictions.page_view import prediction_view
from web.predictions.serializer import prediction_json
from web.predictions.service import PredictionService
from web.text_catalog import TextCatalog

FORM_WAIT = 5  # seconds that a form may wait for its result


def page_blueprint(
    predictions: PredictionService,
    limits: RateLimits,
    say: TextCatalog,
    is_reviewed: Callable[[], bool],
) -> Blueprint:
    """Return the page, for visitors with and without JavaScript.

    `is_reviewed` tells whether an administrator first looks at this visitor's corrections.
    """
    blueprint = Blueprint("page", __name__)

    def form(status: int = 200, **values: Any) -> Page:
        return page(
            "index.html",
            status,
            emotions=EMOTIONS,
            emotion_of=EMOTION_OF,
            no_emotion=NO_EMOTION,
            max_characters=MAX_CHARACTERS,
            review=is_reviewed(),
            **values,
        )

    def result(status: PredictionStatus, text: str) -> Page:
        return form(text=text, **prediction_view(prediction_json(status), text, say))

    @blueprint.get("/")
    def index() -> Page:
        # A link may bring a text. Only the script asks about it: following a link costs nothing.
        return form(text=request.args.get("text", "")[: MAX_CHARACTERS + 1])

    @blueprint.post("/")
    @limits.predictions
    def submit() -> Page:
        require_same_origin()
        text = form_text()
        if problem := check_text(text):
            return form(422, text=text, problem=problem.message)
        return result(predictions.submit((text,), single=True, wait=FORM_WAIT, explain=True), text)

    # The form that asks again posts the text along, because the server does not store it.
    @blueprint.route("/predictions/<prediction_id>", methods=["GET", "POST"])
    def show(prediction_id: str) -> Page:
        return result(predictions.find(prediction_id, wait=FORM_WAIT), form_text())

    return blueprint
