"""The Models page: versions, refusals, workers, and a form that confirms a rollback."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from emojify_core.errors import NotStoredError, TransitionError
from emojify_core.queue.worker_presence import Presence
from web.auth.identity import Identity
from web.http.rate_limits import RateLimits
from web.http.request_parsing import read_values, require_same_origin
from web.http.responses import Page, page
from web.models.page_view import History, models_view
from web.models.schemas import Activation
from web.models.service import RollbackService, validate_version
from web.text_catalog import TextCatalog

SHOWN = 50  # versions, and refusals


def model_page_blueprint(
    rollback: RollbackService,
    presence: Presence,
    identity: Identity,
    limits: RateLimits,
    say: TextCatalog,
) -> Blueprint:
    """Return the routes of the pages, which work without JavaScript."""
    versions = rollback.versions
    blueprint = Blueprint("model_page", __name__, url_prefix="/models")

    def confirmation(version: int, status: int = 200, **values: Any) -> Page:
        return page(
            "rollback.html",
            status,
            version=versions.get(validate_version(version)).version,
            live=versions.live().version.version,
            administrator=identity.is_administrator(),
            **values,
        )

    @blueprint.get("")
    def index() -> Page:
        try:
            live = versions.live().version.version
        except NotStoredError:
            live = 0  # no worker has stored the first model yet
        history = History(versions.newest_first(SHOWN), live, versions.refusals(SHOWN))
        values = models_view(
            history,
            presence.workers_if_reachable(),
            holds=rollback.models.holds,
            administrator=identity.is_administrator(),
            say=say,
        )
        return page("models.html", **values)

    @blueprint.get("/<int:version>/back")
    def ask(version: int) -> Page:
        return confirmation(version)

    @blueprint.post("/<int:version>/back")
    @limits.sign_ins
    def activate(version: int) -> Page | Response:
        require_same_origin()
        form = request.form
        sent = {"why": form.get("why", ""), "requeue": "requeue" in form}
        fields = read_values(Activation, sent).model_dump()
        token = form.get("token", "")
        if not (identity.is_administrator() or identity.is_token(token)):
            identity.record_failure()
            return confirmation(version, 403, problem=say("rollback.wrong"), **fields)
        try:
            rollback.activate(version, **fields)
        except TransitionError as e:
            return confirmation(version, 409, problem=str(e), **fields)
        return redirect(url_for("model_page.index"), 303)

    return blueprint
