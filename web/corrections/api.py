"""`/api/v1/corrections`: submit a correction, list corrections, follow one, delete one."""

from flask import Blueprint, request

from emojify_core.errors import InvalidInputError
from emojify_core.storage.corrections.records import CorrectionInput
from web.auth.identity import Identity
from web.corrections.schemas import (
    LONGEST_KEY,
    CorrectionAnswer,
    CorrectionPage,
    CorrectionRequest,
    KeyHeader,
    ListQuery,
    ProofQuery,
    UndoQuery,
)
from web.corrections.serializer import correction_json
from web.corrections.service import (
    RESTING,
    CorrectionService,
    delete_as_client,
    listed,
    submit_as_client,
    visible,
)
from web.http.openapi import describe, problems
from web.http.rate_limits import RateLimits
from web.http.request_parsing import read_json, read_query, wait_seconds
from web.http.responses import NO_STORE, JsonAnswer, page_links, wait_headers
from web.http.schemas import PreferHeader

PAGE = 50  # corrections in one answer


def corrections_blueprint(
    corrections: CorrectionService, identity: Identity, limits: RateLimits
) -> Blueprint:
    """Return the routes for clients; review_api.py has the administrator's."""
    blueprint = Blueprint("corrections", __name__, url_prefix="/api/v1/corrections")

    @blueprint.post("")
    @describe(
        "corrections",
        json=CorrectionRequest,
        headers=KeyHeader,
        HTTP_202=CorrectionAnswer,
        **problems(400, 403, 413, 415, 422, 429, 503),
    )
    @limits.corrections
    def submit() -> JsonAnswer:
        """Submit the label that a text really has; the model learns it in the background.

        The answer is 202 only after the correction is committed, so it cannot be lost. With an
        `Idempotency-Key`, resend the request safely after a broken connection. A resend without
        the first answer's cookie gets no cookie; follow `links.self`, which holds a proof. The text
        is kept until you delete the correction, or for 30 days if the model does not learn it.
        """
        body = read_json(CorrectionRequest)
        correction = CorrectionInput(**body.model_dump(), idempotency_key=_idempotency_key())
        stored, proof = submit_as_client(corrections, identity, correction)
        answer = correction_json(stored, proof)
        return answer, 202, {"Location": answer["links"]["self"], **NO_STORE}

    @blueprint.get("")
    @describe("corrections", query=ListQuery, HTTP_200=CorrectionPage, **problems(403, 422, 503))
    def index() -> JsonAnswer:
        """List your own corrections, newest first; the administrator sees all."""
        query = read_query(ListQuery)
        found = listed(corrections, identity, state=query.state, before=query.before, limit=PAGE)
        state = query.state and query.state.value
        links = page_links(found, PAGE, "corrections.index", state=state)
        administrator = identity.is_administrator()
        rows = [correction_json(each, administrator=administrator) for each in found]
        return {"corrections": rows, "links": links}, 200, NO_STORE

    @blueprint.get("/<correction_id>")
    @describe(
        "corrections",
        query=ProofQuery,
        headers=PreferHeader,
        HTTP_200=CorrectionAnswer,
        **problems(403, 404, 503),
    )
    def show(correction_id: str) -> JsonAnswer:
        """Return a correction's state and, once it is live, the receipt.

        With `Prefer: wait=N` the answer comes when the correction is live, refused or otherwise
        settled, or after N seconds. A correction in review is answered at once.
        """
        correction = visible(corrections, identity, correction_id)
        wait = wait_seconds()
        if wait and correction.state not in RESTING:
            correction = corrections.wait(correction_id, wait)
        proof = identity.proofs.shown(correction_id)
        administrator = identity.is_administrator()
        answer = correction_json(correction, proof, administrator=administrator)
        return answer, 200, wait_headers(wait)

    @blueprint.delete("/<correction_id>")
    @describe(
        "corrections",
        query=UndoQuery,
        HTTP_202=CorrectionAnswer,
        **problems(401, 403, 404, 422, 503),
    )
    def delete(correction_id: str) -> JsonAnswer:
        """Delete a correction: its text is erased at once, and the model is rebuilt without it.

        You can delete your own; the administrator can undo any. A model that learned it serves
        on meanwhile. The administrator's undo is rebuilt at once, owners' deletions together once
        an hour. A link with a proof deletes nothing.
        """
        why = read_query(UndoQuery).why
        deleted = delete_as_client(corrections, identity, correction_id, why)
        return correction_json(deleted), 202, NO_STORE

    return blueprint


def _idempotency_key() -> str | None:
    """Return the idempotency key. Raises InvalidInputError if it is too long."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY:
        raise InvalidInputError(
            f"The key may have at most {LONGEST_KEY} characters.", "Idempotency-Key"
        )
    return key or None
