"""The administrator's routes for corrections: accept, reject, export."""

from typing import Any

from flask import Blueprint, Response, request

from emojify_core.correction_states import CorrectionState
from web.auth.identity import ADMINISTRATOR, Identity
from web.corrections.export import export
from web.corrections.schemas import (
    CorrectionAnswer,
    Decision,
    ExportedCorrections,
    ExportQuery,
)
from web.corrections.serializer import correction_json
from web.corrections.service import CorrectionService
from web.http.openapi import describe, problems
from web.http.request_parsing import read_json, read_query
from web.http.responses import CONTENT_TYPES, NO_STORE, JsonAnswer

_DECISION: dict[str, Any] = {
    "json": Decision,
    "HTTP_200": CorrectionAnswer,
    **problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
}


def review_blueprint(corrections: CorrectionService, identity: Identity) -> Blueprint:
    """Return the routes, which all need the administrator's token."""
    blueprint = Blueprint("review", __name__, url_prefix="/api/v1/corrections")

    def decide(correction_id: str, to: CorrectionState) -> JsonAnswer:
        why = read_json(Decision).why if request.get_data() else ""
        correction = corrections.decide(correction_id, to, by=ADMINISTRATOR, why=why)
        return correction_json(correction), 200, NO_STORE

    @blueprint.post("/<correction_id>/accept")
    @describe("administration", **_DECISION)
    @identity.administrator_only
    def accept(correction_id: str) -> JsonAnswer:
        """Accept a correction that waits for review, or queue a failed one again."""
        return decide(correction_id, CorrectionState.QUEUED)

    @blueprint.post("/<correction_id>/reject")
    @describe("administration", **_DECISION)
    @identity.administrator_only
    def reject(correction_id: str) -> JsonAnswer:
        """Reject a correction that waits for review."""
        return decide(correction_id, CorrectionState.REJECTED)

    @blueprint.get("/export")
    @describe(
        "administration",
        query=ExportQuery,
        HTTP_200=ExportedCorrections,
        **problems(401, 403, 422, 503),
    )
    @identity.administrator_only
    def export_all() -> Response:
        """Return all corrections as a file: CSV or JSON Lines, oldest first.

        In CSV, cells that a spreadsheet would run as a formula begin with an apostrophe.
        """
        file_format = read_query(ExportQuery).format
        response = Response(
            export(corrections.repository, file_format), content_type=CONTENT_TYPES[file_format]
        )
        response.headers["Content-Disposition"] = f"attachment; filename=corrections.{file_format}"
        response.headers.update(NO_STORE)
        return response

    return blueprint
