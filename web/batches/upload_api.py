"""`POST /api/v1/batches`: a client sends a file."""

from collections.abc import Iterator

from flask import Blueprint, request, url_for

from emojify_core.batches.reading.ingest import look
from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.batches.reading.report import Reading
from emojify_core.errors import InvalidInputError
from emojify_core.limits import MAX_PREVIEW
from emojify_core.storage.batches.records import Batch
from web.auth.identity import Identity
from web.batches.schemas import BatchAnswer
from web.batches.serializer import BatchSerializer
from web.batches.service import BatchService
from web.batches.upload_schemas import BODY, LONGEST_NAME, ReadingAnswer, UploadQuery
from web.batches.uploads import read_upload
from web.http.openapi import describe, problems
from web.http.rate_limits import RateLimits
from web.http.request_parsing import read_values
from web.http.responses import NO_STORE, JsonAnswer


def batch_upload_blueprint(
    batches: BatchService, serializer: BatchSerializer, identity: Identity, limits: RateLimits
) -> Blueprint:
    """Return the route."""
    blueprint = Blueprint("batch_upload", __name__, url_prefix="/api/v1/batches")

    @blueprint.post("")
    @describe(
        "batches",
        query=UploadQuery,
        body=BODY,
        HTTP_200=ReadingAnswer,
        HTTP_202=BatchAnswer,
        **problems(400, 403, 413, 422, 429, 503, 507),
    )
    @limits.batches
    def submit() -> JsonAnswer:
        """Send a file of texts, as the request's body or in a form.

        The answer is 202 once the whole file is stored; from then on the batch ends even if a
        worker breaks. A row without a usable text gets an error of its own. Options that you
        leave out are detected; `column` in the answer names the column with the texts. Where the
        reading is unsure, the answer is 422: `reading` in it holds the candidates. With
        `preview=true` the answer is 200, how the file would be read; nothing is stored.
        """
        batch = take(batches, identity)
        if isinstance(batch, Reading):
            return batch.to_json(), 200, NO_STORE
        location = url_for("batches.show", batch_id=batch.id)
        return serializer.json(batch), 202, {"Location": location, **NO_STORE}

    return blueprint


def take(
    batches: BatchService, identity: Identity, given: dict[str, str] | None = None
) -> Batch | Reading:
    """Store the request's file as a batch of the client, and remember the client in its cookie.

    The options are added to `given`, so that a form can show them again. If the client asks for
    a preview, return how the file would be read, and store nothing. Raises OverloadedError, and
    what BatchService.take and read_upload raise.
    """
    client = identity.client_or_new()  # refuses a wrong key before the file is read
    with batches.transfer_slots.hold():
        upload = read_upload()
        sent = {"name": upload.name[-LONGEST_NAME:]} | upload.fields | _arguments()
        # A browser also sends the fields that nobody filled in.
        filled = {name: value for name, value in sent.items() if value}
        if given is not None:
            given.update(upload.fields)
        query = read_values(UploadQuery, filled)
        values = query.model_dump(exclude={"preview"})
        options = LayoutOptions(content_type=upload.content_type, **values)
        if query.preview:
            return _preview(upload.blocks, options)
        batch = batches.take(
            client,
            identity.network(client),
            upload.blocks,
            options,
            announced=request.content_length,
        )
    identity.remember(client)
    return batch


def _preview(blocks: Iterator[bytes], options: LayoutOptions) -> Reading:
    """Look at a file, and receive the rest of its beginning.

    Many clients read no answer before they have sent everything.
    """
    left = MAX_PREVIEW
    try:
        return look(blocks, options)
    finally:
        while left > 0 and (block := next(blocks, b"")):
            left -= len(block)


def _arguments() -> dict[str, str]:
    """Return the URL's options. Raises InvalidInputError for one that is given twice."""
    for name, values in request.args.lists():
        if len(values) > 1:
            raise InvalidInputError("Give this option once: one column is answered.", name)
    return request.args.to_dict()
