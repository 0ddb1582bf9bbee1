"""`/api/v1/batches`: list batches, follow one, end one."""

from flask import Blueprint

from emojify_core.messages import FINAL_STATES
from web.auth.identity import Identity
from web.batches.schemas import BatchAnswer, BatchPage
from web.batches.serializer import BatchSerializer
from web.batches.service import BatchService, listed, visible
from web.http.openapi import describe, problems
from web.http.request_parsing import read_query, wait_seconds
from web.http.responses import NO_STORE, JsonAnswer, page_links, wait_headers
from web.http.schemas import PageQuery, PreferHeader

PAGE = 50  # batches in one answer


def batches_blueprint(
    batches: BatchService, serializer: BatchSerializer, identity: Identity
) -> Blueprint:
    """Return the routes; upload_api.py and results_api.py have the others."""
    blueprint = Blueprint("batches", __name__, url_prefix="/api/v1/batches")

    @blueprint.get("")
    @describe("batches", query=PageQuery, HTTP_200=BatchPage, **problems(403, 422, 503))
    def index() -> JsonAnswer:
        """List your own batches, newest first; the administrator sees all."""
        found = listed(batches, identity, before=read_query(PageQuery).before, limit=PAGE)
        links = page_links(found, PAGE, "batches.index")
        administrator = identity.is_administrator()
        rows = [serializer.json(each, administrator=administrator) for each in found]
        return {"batches": rows, "links": links}, 200, NO_STORE

    @blueprint.get("/<batch_id>")
    @describe("batches", headers=PreferHeader, HTTP_200=BatchAnswer, **problems(403, 404, 503))
    def show(batch_id: str) -> JsonAnswer:
        """Return a batch's state and progress.

        With `Prefer: wait=N` the answer comes when the batch has ended, or after N seconds.
        """
        batch = visible(batches, identity, batch_id)
        wait = wait_seconds()
        if wait and batch.state not in FINAL_STATES:
            batch = batches.wait(batch_id, wait)
        administrator = identity.is_administrator()
        return serializer.json(batch, administrator=administrator), 200, wait_headers(wait)

    @blueprint.delete("/<batch_id>")
    @describe("batches", HTTP_200=BatchAnswer, **problems(403, 404, 503))
    def end(batch_id: str) -> JsonAnswer:
        """Cancel a batch; if it has succeeded, delete its file and its results now."""
        visible(batches, identity, batch_id)
        return serializer.json(batches.end(batch_id)), 200, NO_STORE

    return blueprint
