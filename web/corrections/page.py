"""Correcting with a browser: the form under an answer, and a page that tells what became of it."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import InvalidInputError
from emojify_core.labels import LABELS
from emojify_core.storage.corrections.records import CorrectionInput
from emojify_core.storage.database.storable_text import is_storable
from emojify_core.text_validation import check_text
from web.auth.identity import ADMINISTRATOR, Identity
from web.corrections import service
from web.corrections.api import visible
from web.corrections.page_view import story
from web.corrections.schemas import LONGEST_KEY, UNSTORABLE
from web.corrections.service import CorrectionService
from web.http.rate_limits import RateLimits
from web.http.request_parsing import form_text, require_same_origin
from web.http.responses import Page, page


def correction_page_blueprint(
    correcting: CorrectionService, identity: Identity, limits: RateLimits
) -> Blueprint:
    """Return the pages, complete without JavaScript."""
    blueprint = Blueprint("correction_page", __name__, url_prefix="/corrections")

    @blueprint.post("")
    @limits.corrections
    def submit() -> Response:
        require_same_origin()
        stored = service.submit(correcting, identity, _read_form())
        return redirect(url_for("correction_page.show", correction_id=stored.id), 303)

    @blueprint.get("/<correction_id>")
    def show(correction_id: str) -> Page:
        found = visible(correcting, identity, correction_id)
        return page(
            "correction.html",
            administrator=identity.is_administrator(),
            **story(found, review=correcting.review),
        )

    @blueprint.post("/<correction_id>/<any(accept, reject, undo):decision>")
    @identity.administrator_only
    def decide(correction_id: str, decision: str) -> Response:
        require_same_origin()
        act: dict[str, Any] = {"by": ADMINISTRATOR, "why": "on the page"}
        if decision == "undo":
            correcting.undo(correction_id, **act)
        else:
            to = CorrectionState.QUEUED if decision == "accept" else CorrectionState.REJECTED
            correcting.decide(correction_id, to, **act)
        return redirect(url_for("correction_page.show", correction_id=correction_id), 303)

    return blueprint


def _read_form() -> CorrectionInput:
    """Read the form. Raises InvalidInputError, which names the field."""
    text = form_text()
    label, key = request.form.get("label", ""), request.form.get("key", "")[:LONGEST_KEY]
    prediction_id = request.form.get("prediction_id") or None
    if problem := check_text(text):
        raise InvalidInputError(problem.message, "text")
    if label not in LABELS:
        raise InvalidInputError("Choose one of the seven emotions.", "label")
    for field, value in (("text", text), ("prediction_id", prediction_id), ("key", key)):
        if not is_storable(value or ""):
            raise InvalidInputError(UNSTORABLE, field)
    return CorrectionInput(
        text=text, label=label, prediction_id=prediction_id, idempotency_key=key or None
    )
