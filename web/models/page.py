"""The Models view: versions, refusals, who serves what, and going back with a confirmation."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from emojify_core.errors import NotStoredError, QueueUnavailableError, TransitionError
from emojify_core.queue.worker_presence import Presence, Worker
from web.auth.identity import Identity
from web.http.rate_limits import RateLimits
from web.http.request_parsing import read_values, require_same_origin
from web.http.responses import Page, page
from web.models.page_view import History, story
from web.models.schemas import Activation
from web.models.service import RollbackService, validate_version
from web.text_catalog import TextCatalog

SHOWN = 50  # versions, and refusals


def model_page_blueprint(
    activating: RollbackService,
    presence: Presence,
    identity: Identity,
    limits: RateLimits,
    say: TextCatalog,
) -> Blueprint:
    """Return the pages, complete without JavaScript."""
    versions, models = activating.versions, activating.models
    blueprint = Blueprint("model_page", __name__, url_prefix="/models")

    def workers() -> list[Worker] | None:
        try:
            return presence.workers()
        except QueueUnavailableError:
            return None

    def question(version: int, status: int = 200, **values: Any) -> Page:
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
            live = 0  # no worker has stored the first one yet
        history = History(versions.newest_first(SHOWN), live, versions.refusals(SHOWN))
        told = story(history, workers(), holds=models.holds, say=say)
        return page("models.html", **told)

    @blueprint.get("/<int:version>/back")
    def ask(version: int) -> Page:
        return question(version)

    @blueprint.post("/<int:version>/back")
    @limits.sign_ins
    def activate(version: int) -> Page | Response:
        require_same_origin()
        form = request.form
        wanted = read_values(Activation, {"why": form.get("why", ""), "requeue": "requeue" in form})
        if not identity.is_administrator() and not identity.administrator.is_token(
            form.get("token", "")
        ):
            return question(
                version, 403, problem=say("rollback.wrong"), why=wanted.why, requeue=wanted.requeue
            )
        try:
            activating.activate(version, why=wanted.why, requeue=wanted.requeue)
        except TransitionError as e:
            return question(version, 409, problem=str(e), why=wanted.why, requeue=wanted.requeue)
        return redirect(url_for("model_page.index"), 303)

    return blueprint
