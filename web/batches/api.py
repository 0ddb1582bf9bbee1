"""`/api/v1/batches`: files of many texts, and how far they are."""

from contextlib import suppress

from flask import Blueprint, request, url_for

from emojify_core.batches.reading.layout import Options
from emojify_core.errors import InvalidInputError, NotStoredError
from emojify_core.messages import FINAL_STATES
from emojify_core.storage.batches.records import Batch
from web.auth.identity import Identity
from web.batches.schemas import (
    BODY,
    LONGEST_NAME,
    BatchAnswer,
    BatchListQuery,
    BatchPage,
    UploadQuery,
)
from web.batches.serializer import BatchPresenter
from web.batches.service import BatchService
from web.batches.uploads import discard_rest, read_upload
from web.http.openapi import describe, problems
from web.http.problems import Problem
from web.http.rate_limits import RateLimits
from web.http.request_parsing import read_query, read_values, wait_seconds
from web.http.responses import NO_STORE, JsonAnswer, wait_headers
from web.http.schemas import PreferHeader

PAGE = 50  # batches in one answer
UNKNOWN = "There is no batch of yours with this id."


def batches_blueprint(
    batching: BatchService, presenter: BatchPresenter, identity: Identity, limits: RateLimits
) -> Blueprint:
    """Return the routes; batch_results.py has those of what came out."""
    blueprint = Blueprint("batches", __name__, url_prefix="/api/v1/batches")

    @blueprint.post("")
    @describe(
        "batches",
        query=UploadQuery,
        body=BODY,
        HTTP_202=BatchAnswer,
        **problems(400, 403, 413, 422, 429, 503),
    )
    @limits.batches
    def submit() -> JsonAnswer:
        """Send a file whose rows are to be answered, as the body or in a form.

        The answer is 202 once the file is stored whole: from then on the batch will end, whatever
        breaks. A row that cannot be answered gets an error of its own. What is not told by the
        options is found out; `column` in the answer says where the texts were found.
        """
        stored = take(batching, identity)
        where = url_for("batches.show", batch_id=stored.id)
        return presenter.json(stored), 202, {"Location": where, **NO_STORE}

    @blueprint.get("")
    @describe(
        "batches",
        query=BatchListQuery,
        HTTP_200=BatchPage,
        **problems(403, 422, 503),
    )
    def index() -> JsonAnswer:
        """List one's own batches, newest first; the administrator's list holds all."""
        found = listed(batching, identity, before=read_query(BatchListQuery).before, limit=PAGE)
        links = {"self": request.full_path.rstrip("?")}
        if len(found) == PAGE:
            links["next"] = url_for("batches.index", before=found[-1].sequence)
        shown = [presenter.json(each) for each in found]
        return {"batches": shown, "links": links}, 200, NO_STORE

    @blueprint.get("/<batch_id>")
    @describe(
        "batches",
        headers=PreferHeader,
        HTTP_200=BatchAnswer,
        **problems(403, 404, 503),
    )
    def show(batch_id: str) -> JsonAnswer:
        """Return how far a batch is.

        With `Prefer: wait=N` the answer comes when it is over, or after N seconds.
        """
        found = visible(batching, identity, batch_id)
        wait = wait_seconds()
        if wait and found.state not in FINAL_STATES:
            found = batching.wait(batch_id, wait)
        return presenter.json(found), 200, wait_headers(wait)

    @blueprint.delete("/<batch_id>")
    @describe("batches", HTTP_200=BatchAnswer, **problems(403, 404, 503))
    def end(batch_id: str) -> JsonAnswer:
        """Cancel a batch; of one that has succeeded, delete the file and the results now."""
        visible(batching, identity, batch_id)
        ended = batching.end(batch_id)
        return presenter.json(ended), 200, NO_STORE

    return blueprint


def take(batching: BatchService, identity: Identity) -> Batch:
    """Make a batch of the file that the request brings. Raises what Batching.take raises."""
    client = identity.client_or_new()  # before the file: who may not send one is told at once
    upload = read_upload()
    told = {"name": upload.name[-LONGEST_NAME:]} | upload.fields | request.args.to_dict()
    # A form sends what nobody filled in as well.
    said = read_values(UploadQuery, {name: value for name, value in told.items() if value})
    options = Options(content_type=upload.content_type, **said.model_dump())
    try:
        stored = batching.take(client, upload, options)
    except (InvalidInputError, Problem):
        discard_rest()
        raise
    identity.remember(client)
    return stored


def listed(
    batching: BatchService, identity: Identity, *, limit: int, before: int | None = None
) -> list[Batch]:
    """Return batches of who asks, newest first; for the administrator everybody's."""
    everybody, client = identity.is_administrator(), identity.client()
    if not (everybody or client):
        return []
    return batching.storage.batches.page(
        client=None if everybody else client, before=before, limit=limit
    )


def visible(batching: BatchService, identity: Identity, batch_id: str) -> Batch:
    """Return a batch of who asks, or for the administrator anybody's.

    Somebody else's is as if it were not there (NotStoredError).
    """
    everybody, client = identity.is_administrator(), identity.client()
    with suppress(NotStoredError):
        found = batching.storage.batches.get(batch_id)
        if everybody or found.client == client:
            return found
    raise NotStoredError(UNKNOWN)
