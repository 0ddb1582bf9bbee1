"""Batches in a browser: a form for the file, and a page that shows its progress."""

from typing import Any

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from emojify_core.batches.reading.report import Reading, UnsureReadingError
from emojify_core.errors import InvalidInputError
from emojify_core.limits import MAX_FILE
from emojify_core.messages import State
from web.auth.identity import Identity
from web.batches.page_view import batch_view, in_words
from web.batches.serializer import BatchSerializer
from web.batches.service import BatchService, listed, visible
from web.batches.upload_api import take
from web.batches.upload_schemas import CHOICES
from web.http.problems import Problem
from web.http.rate_limits import RateLimits
from web.http.request_parsing import require_same_origin
from web.http.responses import Page, page
from web.text_catalog import TextCatalog

_SHOWN = 10  # batches under the form


def batch_page_blueprint(
    batches: BatchService,
    serializer: BatchSerializer,
    identity: Identity,
    limits: RateLimits,
    say: TextCatalog,
) -> Blueprint:
    """Return the routes of the pages, which work without JavaScript."""
    blueprint = Blueprint("batch_page", __name__, url_prefix="/batches")

    def form(status: int = 200, **values: Any) -> Page:
        return page(
            "batches.html",
            status,
            batches=listed(batches, identity, limit=_SHOWN),
            keep=in_words(serializer.retention, say),
            largest=MAX_FILE,
            choices=CHOICES,
            **{"given": {}} | values,
        )

    @blueprint.get("")
    def index() -> Page:
        return form()

    @blueprint.post("")
    @limits.batches
    def submit() -> Page | Response:
        require_same_origin()
        given: dict[str, str] = {}
        try:
            batch = take(batches, identity, given)
        except UnsureReadingError as e:
            doubts = [doubt.sentence for doubt in e.reading.doubts]
            return form(422, given=given, doubts=doubts, candidates=e.reading.candidates)
        except (InvalidInputError, Problem) as e:
            if isinstance(e, Problem) and not e.errors:  # the form cannot correct it
                raise
            return form(422, given=given, problem=str(e))
        if isinstance(batch, Reading):
            raise Problem(422, "Ask the API for a preview.", code="invalid")
        return redirect(url_for("batch_page.show", batch_id=batch.id), 303)

    @blueprint.get("/<batch_id>")
    def show(batch_id: str) -> Page:
        batch = visible(batches, identity, batch_id)
        succeeded = batch.state is State.SUCCEEDED
        summary = batches.files.read_summary(batch_id) if succeeded else None
        return page(
            "batch.html",
            keep=in_words(serializer.retention, say),
            expiry=serializer.expiry(batch),
            **batch_view(batch, summary, say),
        )

    @blueprint.post("/<batch_id>/end")
    def end(batch_id: str) -> Response:
        require_same_origin()
        visible(batches, identity, batch_id)
        batches.end(batch_id)
        return redirect(url_for("batch_page.show", batch_id=batch_id), 303)

    return blueprint
