"""What the administrator does with corrections: accept, reject, undo, export."""

from typing import Any

from flask import Blueprint, Response, request

from emojify_core.correction_states import CorrectionState
from web.auth.identity import ADMINISTRATOR, Identity
from web.corrections.export import MEDIA_TYPES, export
from web.corrections.schemas import (
    CorrectionAnswer,
    Decision,
    ExportedCorrections,
    ExportQuery,
    UndoQuery,
)
from web.corrections.serializer import correction_json
from web.corrections.service import CorrectionService
from web.http.openapi import describe
from web.http.request_parsing import read_json, read_query
from web.http.responses import NO_STORE, JsonAnswer

_PROBLEMS: dict[str, Any] = {"HTTP_401": None, "HTTP_403": None, "HTTP_422": None, "HTTP_503": None}
_DECIDED: dict[str, Any] = _PROBLEMS | {
    "json": Decision,
    "HTTP_200": CorrectionAnswer,
    "HTTP_400": None,
    "HTTP_404": None,
    "HTTP_409": None,
    "HTTP_413": None,
    "HTTP_415": None,
}


def reviewing_blueprint(correcting: CorrectionService, identity: Identity) -> Blueprint:
    """Return the routes; each needs the administrator's token."""
    blueprint = Blueprint("reviewing", __name__, url_prefix="/api/v1/corrections")

    def decide(correction_id: str, to: CorrectionState) -> JsonAnswer:
        why = read_json(Decision).why if request.get_data() else ""
        decided = correcting.decide(correction_id, to, by=ADMINISTRATOR, why=why)
        return correction_json(decided), 200, NO_STORE

    @blueprint.post("/<correction_id>/accept")
    @describe("administration", **_DECIDED)
    @identity.administrator_only
    def accept(correction_id: str) -> JsonAnswer:
        """Accept a correction that waits for review, or give one another try."""
        return decide(correction_id, CorrectionState.QUEUED)

    @blueprint.post("/<correction_id>/reject")
    @describe("administration", **_DECIDED)
    @identity.administrator_only
    def reject(correction_id: str) -> JsonAnswer:
        """Reject a correction that waits for review."""
        return decide(correction_id, CorrectionState.REJECTED)

    @blueprint.delete("/<correction_id>")
    @describe(
        "administration", query=UndoQuery, HTTP_202=CorrectionAnswer, HTTP_404=None, **_PROBLEMS
    )
    @identity.administrator_only
    def undo(correction_id: str) -> JsonAnswer:
        """Undo a correction: its text is erased at once, the model rebuilt without it."""
        why = read_query(UndoQuery).why
        undone = correcting.undo(correction_id, by=ADMINISTRATOR, why=why)
        return correction_json(undone), 202, NO_STORE

    @blueprint.get("/export")
    @describe("administration", query=ExportQuery, HTTP_200=ExportedCorrections, **_PROBLEMS)
    @identity.administrator_only
    def exported() -> Response:
        """Return all corrections as a file: CSV or JSON Lines, oldest first.

        In CSV, cells that a spreadsheet would run as a formula begin with an apostrophe.
        """
        kind = read_query(ExportQuery).format
        answer = Response(export(correcting.corrections, kind), content_type=MEDIA_TYPES[kind])
        answer.headers["Content-Disposition"] = f"attachment; filename=corrections.{kind}"
        answer.headers.update(NO_STORE)
        return answer

    return blueprint
