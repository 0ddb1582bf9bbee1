"""`/api/v1/batches/{id}/results` and `/summary`: the results of a batch."""

import unicodedata
from itertools import chain
from pathlib import PurePath
from urllib.parse import quote

from flask import Blueprint, Response

from emojify_core.batches.results.table import ResultFormat
from emojify_core.errors import NotStoredError
from emojify_core.messages import State
from emojify_core.storage.batches.records import Batch
from web.auth.identity import Identity
from web.batches.schemas import BatchResults, BatchSummary, ResultsQuery
from web.batches.service import BatchService, visible
from web.http.openapi import describe, problems
from web.http.problems import Problem
from web.http.request_parsing import read_query
from web.http.responses import CONTENT_TYPES, NO_STORE, JsonAnswer


def batch_results_blueprint(batches: BatchService, identity: Identity) -> Blueprint:
    """Return the two routes."""
    blueprint = Blueprint("batch_results", __name__, url_prefix="/api/v1/batches/<batch_id>")

    @blueprint.get("/results")
    @describe(
        "batches",
        query=ResultsQuery,
        HTTP_200=BatchResults,
        **problems(403, 404, 409, 410, 422, 503),
    )
    def results(batch_id: str) -> Response:
        """Download every row in the file's order, with its result.

        A row has all columns of the file, then label, emoji, confidence, seven probabilities,
        model version, error, and `emotional`, `none`, `understood` and `confident` as in a
        prediction. If the file has such a column already, whatever its case, all of these get a
        prefix. Before the batch has succeeded the answer is 409.
        """
        file_format = ResultFormat(read_query(ResultsQuery).format)
        batch = _succeeded(visible(batches, identity, batch_id))
        try:
            first, rest = batches.results(batch, file_format)
        except NotStoredError as e:
            raise _expired() from e
        response = Response(chain([first], rest), content_type=CONTENT_TYPES[file_format.suffix])
        response.call_on_close(rest.close)
        response.headers.update(NO_STORE)
        response.headers.set("Content-Disposition", "attachment", **_file_names(batch, file_format))
        return response

    @blueprint.get("/summary")
    @describe(
        "batches",
        HTTP_200=BatchSummary,
        **problems(403, 404, 409, 410, 503),
    )
    def summary(batch_id: str) -> JsonAnswer:
        """Return the number of rows by label and without emotion, and the least certain rows."""
        batch = _succeeded(visible(batches, identity, batch_id))
        found = batches.files.read_summary(batch.id)
        if found is None:
            raise _expired()
        return found | {"reading": batches.files.read_reading(batch.id)}, 200, NO_STORE

    return blueprint


def _file_names(batch: Batch, file_format: ResultFormat) -> dict[str, str]:
    """Return the name of the results file, and its ASCII form for old clients (RFC 6266)."""
    uploaded = PurePath(batch.name.replace("\\", "/")).name.removesuffix(".gz")
    stem = "".join(filter(str.isprintable, PurePath(uploaded).stem)) or batch.id
    name = f"{stem}.emojified.{file_format.suffix}"
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": ascii_name, "filename*": f"UTF-8''{quote(name, safe='')}"}


def _succeeded(batch: Batch) -> Batch:
    """Return the batch. Raises Problem 409 or 410 when it has no results."""
    match batch.state:
        case State.SUCCEEDED:
            return batch
        case State.EXPIRED:
            raise _expired()
        case State.QUEUED | State.RUNNING:
            raise Problem(
                409,
                f"The batch is {batch.state} and has no results yet. Ask again when it has "
                "succeeded.",
                code="not_done",
            )
        case _:
            raise Problem(
                409,
                batch.reason or f"The batch is {batch.state} and has no results.",
                code=f"batch_{batch.state}",
            )


def _expired() -> Problem:
    return Problem(410, "The results were deleted. Send the file again.", code="expired")
