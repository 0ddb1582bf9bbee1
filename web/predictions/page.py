"""The page people use, complete without JavaScript; the scripts only save the reload."""

import secrets
from typing import Any

from flask import Blueprint, render_template, request

from emojify_core.labels import EMOTIONS, Emotion
from emojify_core.messages import FINAL_STATES
from emojify_core.text_validation import MAX_CHARACTERS, check_text
from web.http.problems import Problem
from web.http.rate_limits import RateLimits
from web.http.request_parsing import require_same_origin
from web.predictions.explanations import named, parts
from web.predictions.serializer import prediction_json
from web.predictions.service import PredictionService
from web.text_catalog import TextCatalog

FORM_WAIT = 5  # seconds a form post may be held; after that the page says "still working"


def page_blueprint(
    asking: PredictionService, limits: RateLimits, say: TextCatalog, *, review: bool
) -> Blueprint:
    """Return the page, for visitors with and without JavaScript."""
    blueprint = Blueprint("page", __name__)

    def render(status: int = 200, **values: Any) -> tuple[str, int, dict[str, str]]:
        page = render_template(
            "index.html",
            emotions=EMOTIONS,
            titles={emotion.name: emotion.title for emotion in EMOTIONS},
            max_characters=MAX_CHARACTERS,
            review=review,
            **values,
        )
        return page, status, {"Cache-Control": "no-store"}

    @blueprint.get("/")
    def index() -> tuple[str, int, dict[str, str]]:
        return render()

    @blueprint.post("/")
    @limits.predictions
    def answer_form() -> tuple[str, int, dict[str, str]]:
        require_same_origin()
        text = _text()
        if problem := check_text(text):
            return render(422, text=text, problem=problem.message)
        status = asking.submit((text,), single=True, wait=FORM_WAIT, explain=True)
        return render(text=text, **_seen(prediction_json(status), text, say))

    @blueprint.route("/predictions/<prediction_id>", methods=["GET", "POST"])
    def look_again(prediction_id: str) -> tuple[str, int, dict[str, str]]:
        # Posted by the form that carries the text along: we keep none to show again.
        status = asking.find(prediction_id, wait=FORM_WAIT)
        if status is None:
            raise Problem(404, "There is no prediction with this id.", code="unknown")
        text = _text()
        return render(text=text, **_seen(prediction_json(status), text, say))

    return blueprint


def _text() -> str:
    # A browser sends line ends as CR LF, which would count twice.
    return request.form.get("text", "").replace("\r\n", "\n")


def _seen(prediction: dict[str, Any], text: str, say: TextCatalog) -> dict[str, Any]:
    """Return what the template shows of a prediction: a result, a problem, or where to look."""
    result = prediction["result"]
    return {
        "result": result,
        "problem": prediction["error"] and prediction["error"]["message"],
        "pending": prediction["state"] not in FINAL_STATES,
        "prediction_id": prediction["id"],
        "key": secrets.token_urlsafe(16),  # so that a form sent twice is stored once
        "candidates": result and _candidates(result["probabilities"]),
        **_why(result, text, say),
    }


def _candidates(probabilities: dict[str, float]) -> list[Emotion]:
    """Return the emotions, the likeliest first."""
    return sorted(EMOTIONS, key=lambda emotion: -probabilities[emotion.name])


def _why(result: dict[str, Any] | None, text: str, say: TextCatalog) -> dict[str, Any]:
    """Return the text with its shaded words, and the sentence that says the same."""
    if not text or not result or result["explanation"] is None:
        return {}
    words = [say("try.word", word=word) for word in named(text, result["explanation"])]
    title = next(each.title for each in EMOTIONS if each.name == result["label"])
    listed = say("try.words", label=title, words=say("try.between").join(words))
    return {
        "parts": list(parts(text, result["explanation"])),
        "words": listed if words else say("try.no_word"),
    }
