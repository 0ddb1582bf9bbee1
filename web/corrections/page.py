"""Corrections in a browser: the form under a prediction, and a page that follows one."""

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
from web.corrections.page_view import correction_view
from web.corrections.schemas import LONGEST_KEY, UNSTORABLE
from web.corrections.service import (
    CorrectionService,
    delete_as_client,
    is_owner,
    submit_as_client,
    visible,
)
from web.http.rate_limits import RateLimits
from web.http.request_parsing import form_text, require_same_origin
from web.http.responses import Page, page


def correction_page_blueprint(
    corrections: CorrectionService, identity: Identity, limits: RateLimits
) -> Blueprint:
    """Return the routes of the pages, which work without JavaScript."""
    blueprint = Blueprint("correction_page", __name__, url_prefix="/corrections")

    @blueprint.post("")
    @limits.corrections
    def submit() -> Response:
        require_same_origin()
        stored, proof = submit_as_client(corrections, identity, _read_form())
        where = url_for("correction_page.show", correction_id=stored.id, proof=proof)
        return redirect(where, 303)

    @blueprint.get("/<correction_id>")
    def show(correction_id: str) -> Page:
        correction = visible(corrections, identity, correction_id)
        return page(
            "correction.html",
            administrator=identity.is_administrator(),
            owner=is_owner(identity, correction),
            **correction_view(
                correction,
                review=corrections.admission.reviews(is_stranger=correction.network is not None),
            ),
        )

    @blueprint.post("/<correction_id>/delete")
    def delete(correction_id: str) -> Response:
        require_same_origin()
        delete_as_client(corrections, identity, correction_id, "on the page")
        return redirect(url_for("correction_page.show", correction_id=correction_id), 303)

    @blueprint.post("/<correction_id>/<any(accept, reject, undo):decision>")
    @identity.administrator_only
    def decide(correction_id: str, decision: str) -> Response:
        require_same_origin()
        decision_record: dict[str, Any] = {"by": ADMINISTRATOR, "why": "on the page"}
        if decision == "undo":
            corrections.undo(correction_id, **decision_record)
        else:
            to = CorrectionState.QUEUED if decision == "accept" else CorrectionState.REJECTED
            corrections.decide(correction_id, to, **decision_record)
        return redirect(url_for("correction_page.show", correction_id=correction_id), 303)

    return blueprint


def _read_form() -> CorrectionInput:
    """Return the form as a correction. Raises InvalidInputError."""
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
