"""Batches with a browser: a form for the file, and a page that tells how far it is."""

from typing import Any

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from emojify_core.batches.limits import MAX_FILE
from emojify_core.errors import InvalidInputError
from emojify_core.messages import State
from web.auth.identity import Identity
from web.batches.api import listed, take, visible
from web.batches.page_view import in_words, story
from web.batches.serializer import BatchPresenter
from web.batches.service import BatchService
from web.http.problems import Problem
from web.http.rate_limits import RateLimits
from web.http.request_parsing import require_same_origin
from web.http.responses import Page, page
from web.text_catalog import TextCatalog

_SHOWN = 10  # batches under the form


def batch_page_blueprint(
    batching: BatchService,
    presenter: BatchPresenter,
    identity: Identity,
    limits: RateLimits,
    say: TextCatalog,
) -> Blueprint:
    """Return the pages, complete without JavaScript."""
    blueprint = Blueprint("batch_page", __name__, url_prefix="/batches")

    def form(status: int = 200, **values: Any) -> Page:
        return page(
            "batches.html",
            status,
            batches=listed(batching, identity, limit=_SHOWN),
            keep=in_words(presenter.keep, say),
            largest=MAX_FILE,
            **values,
        )

    @blueprint.get("")
    def index() -> Page:
        return form()

    @blueprint.post("")
    @limits.batches
    def submit() -> Page | Response:
        require_same_origin()
        try:
            stored = take(batching, identity)
        except (InvalidInputError, Problem) as e:
            if isinstance(e, Problem) and not e.errors:  # nothing to mend in the form
                raise
            return form(422, problem=str(e))
        return redirect(url_for("batch_page.show", batch_id=stored.id), 303)

    @blueprint.get("/<batch_id>")
    def show(batch_id: str) -> Page:
        found = visible(batching, identity, batch_id)
        done = found.state is State.SUCCEEDED
        summary = batching.files.summary(batch_id) if done else None
        return page(
            "batch.html",
            keep=in_words(presenter.keep, say),
            expiry=presenter.expiry(found),
            **story(found, summary, say),
        )

    @blueprint.post("/<batch_id>/end")
    def end(batch_id: str) -> Response:
        require_same_origin()
        visible(batching, identity, batch_id)
        batching.end(batch_id)
        return redirect(url_for("batch_page.show", batch_id=batch_id), 303)

    return blueprint
