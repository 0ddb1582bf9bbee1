"""`/api/v1/corrections`: what a text really expresses, and what became of saying so."""

from contextlib import suppress

from flask import Blueprint, request, url_for

from emojify_core.errors import InvalidInputError, NotStoredError
from emojify_core.storage.corrections.records import Correction, CorrectionInput
from web.auth.identity import Identity
from web.corrections import service
from web.corrections.schemas import (
    LONGEST_KEY,
    CorrectionAnswer,
    CorrectionPage,
    CorrectionRequest,
    KeyHeader,
    ListQuery,
)
from web.corrections.serializer import correction_json
from web.corrections.service import SETTLED, CorrectionService
from web.http.openapi import describe
from web.http.rate_limits import RateLimits
from web.http.request_parsing import read_json, read_query, wait_seconds
from web.http.responses import NO_STORE, JsonAnswer, wait_headers
from web.http.schemas import PreferHeader

PAGE = 50  # corrections in one answer
UNKNOWN = "There is no correction of yours with this id."


def corrections_blueprint(
    correcting: CorrectionService, identity: Identity, limits: RateLimits
) -> Blueprint:
    """Return the routes for who makes corrections; reviewing.py has the administrator's."""
    blueprint = Blueprint("corrections", __name__, url_prefix="/api/v1/corrections")

    @blueprint.post("")
    @describe(
        "corrections",
        json=CorrectionRequest,
        headers=KeyHeader,
        HTTP_202=CorrectionAnswer,
        HTTP_400=None,
        HTTP_403=None,
        HTTP_413=None,
        HTTP_415=None,
        HTTP_422=None,
        HTTP_429=None,
        HTTP_503=None,
    )
    @limits.corrections
    def submit() -> JsonAnswer:
        """Say what a text really expresses; the model learns it in the background.

        The answer is 202 once the correction is committed, never before: from then on it cannot
        be lost. With an `Idempotency-Key` it may be sent again after a broken connection. The
        text is kept until the correction is undone.
        """
        body = read_json(CorrectionRequest)
        correction = CorrectionInput(**body.model_dump(), idempotency_key=_idempotency_key())
        stored = service.submit(correcting, identity, correction)
        where = url_for("corrections.show", correction_id=stored.id)
        return correction_json(stored), 202, {"Location": where, **NO_STORE}

    @blueprint.get("")
    @describe(
        "corrections",
        query=ListQuery,
        HTTP_200=CorrectionPage,
        HTTP_403=None,
        HTTP_422=None,
        HTTP_503=None,
    )
    def index() -> JsonAnswer:
        """List one's own corrections, newest first; the administrator's list holds all."""
        query = read_query(ListQuery)
        everybody, client = identity.is_administrator(), identity.client()
        found = []
        if everybody or client:
            found = correcting.corrections.page(
                client=None if everybody else client,
                state=query.state,
                before=query.before,
                limit=PAGE,
            )
        links = {"self": request.full_path.rstrip("?")}
        if len(found) == PAGE:
            links["next"] = url_for(
                "corrections.index",
                state=query.state and query.state.value,
                before=found[-1].sequence,
            )
        listed = [correction_json(each) for each in found]
        return {"corrections": listed, "links": links}, 200, NO_STORE

    @blueprint.get("/<correction_id>")
    @describe(
        "corrections",
        headers=PreferHeader,
        HTTP_200=CorrectionAnswer,
        HTTP_403=None,
        HTTP_404=None,
        HTTP_503=None,
    )
    def show(correction_id: str) -> JsonAnswer:
        """Return a correction's state and, once it is live, the receipt.

        With `Prefer: wait=N` the answer comes when it is live, refused or otherwise settled, or
        after N seconds.
        """
        found = visible(correcting, identity, correction_id)
        wait = wait_seconds()
        if wait and found.state not in SETTLED:
            found = correcting.wait(correction_id, wait)
        return correction_json(found), 200, wait_headers(wait)

    return blueprint


def visible(correcting: CorrectionService, identity: Identity, correction_id: str) -> Correction:
    """Return a correction of who asks, or for the administrator anybody's.

    Somebody else's is as if it were not there (NotStoredError).
    """
    everybody, client = identity.is_administrator(), identity.client()
    with suppress(NotStoredError):
        found = correcting.corrections.get(correction_id)
        if everybody or found.client == client:
            return found
    raise NotStoredError(UNKNOWN)


def _idempotency_key() -> str | None:
    """Return the idempotency key. Raises InvalidInputError if it is too long."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY:
        sentence = f"The key may have {LONGEST_KEY} characters."
        raise InvalidInputError(sentence, "Idempotency-Key")
    return key or None
