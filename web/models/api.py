"""`/api/v1/models`: the versions of the model, who serves which, and going back to one."""

from typing import Any

from flask import Blueprint

from emojify_core.errors import NotStoredError, QueueUnavailableError
from emojify_core.queue.worker_presence import Presence
from emojify_core.storage.versions.repository import VersionRepository
from web.auth.identity import Identity
from web.corrections.serializer import refusal_json, version_json
from web.http.openapi import describe
from web.http.problems import RETRY_SOON, Problem
from web.http.request_parsing import read_json
from web.models.schemas import Activation, Models, ModelVersion
from web.models.service import RollbackService, validate_version

SHOWN = 200  # versions in one answer, and refusals


def models_blueprint(
    versions: VersionRepository, presence: Presence, activating: RollbackService, identity: Identity
) -> Blueprint:
    """Return the routes."""
    blueprint = Blueprint("models", __name__, url_prefix="/api/v1/models")

    def live() -> int:
        try:
            return versions.live().version.version
        except NotStoredError as e:
            sentence = "No worker has stored the first model yet. Please try again shortly."
            raise Problem(503, sentence, code="no_model", headers=RETRY_SOON) from e

    @blueprint.get("")
    @describe("models", HTTP_200=Models, HTTP_503=None)
    def index() -> dict[str, Any]:
        """List the versions, newest first, the workers with what they serve, and refusals."""
        now = live()
        try:
            workers = [worker for worker in presence.workers() if worker.predicts]
        except QueueUnavailableError:
            workers = []
        return {
            "live": now,
            "versions": [version_json(each, now) for each in versions.newest_first(SHOWN)],
            "workers": [
                {"name": worker.name, "model_version": worker.model_version} for worker in workers
            ],
            "refusals": [refusal_json(each) for each in versions.refusals(SHOWN)],
        }

    @blueprint.get("/<int:version>")
    @describe("models", HTTP_200=ModelVersion, HTTP_404=None, HTTP_503=None)
    def show(version: int) -> dict[str, Any]:
        """Return one version."""
        return version_json(versions.get(validate_version(version)), live())

    @blueprint.post("/<int:version>/activate")
    @describe(
        "administration",
        json=Activation,
        HTTP_200=ModelVersion,
        HTTP_400=None,
        HTTP_401=None,
        HTTP_403=None,
        HTTP_404=None,
        HTTP_409=None,
        HTTP_413=None,
        HTTP_415=None,
        HTTP_422=None,
        HTTP_503=None,
    )
    @identity.administrator_only
    def activate(version: int) -> dict[str, Any]:
        """Go back (or forth) to a version: a new one is appended that holds its files."""
        body = read_json(Activation)
        now = activating.activate(version, why=body.why, requeue=body.requeue)
        return version_json(now, now.version)

    return blueprint
