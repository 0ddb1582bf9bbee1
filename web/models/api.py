"""`/api/v1/models`: model versions, the workers that serve them, and rollback."""

from typing import Any

from flask import Blueprint

from emojify_core.errors import NotStoredError
from emojify_core.queue.worker_presence import Presence
from web.auth.identity import Identity
from web.http.openapi import describe, problems
from web.http.problems import RETRY_SOON, Problem
from web.http.request_parsing import read_json
from web.http.responses import NO_STORE, JsonAnswer
from web.models.schemas import Activation, Models, ModelVersion, Rebuild
from web.models.serializer import refusal_json, version_json
from web.models.service import RebuildService, RollbackService, validate_version

SHOWN = 200  # versions, and refusals, in one answer


def models_blueprint(
    presence: Presence, rollback: RollbackService, rebuilds: RebuildService, identity: Identity
) -> Blueprint:
    """Return the routes."""
    blueprint = Blueprint("models", __name__, url_prefix="/api/v1/models")
    versions = rollback.versions

    def live() -> int:
        try:
            return versions.live().version.version
        except NotStoredError as e:
            message = "No worker has stored the first model yet. Please try again shortly."
            raise Problem(503, message, code="no_model", headers=RETRY_SOON) from e

    @blueprint.get("")
    @describe("models", HTTP_200=Models, **problems(403, 503))
    def index() -> JsonAnswer:
        """List versions and refusals, newest first, and the version that each worker serves."""
        administrator, live_version = identity.is_administrator(), live()
        answer = {
            "live": live_version,
            "versions": [
                version_json(each, live_version, administrator=administrator)
                for each in versions.newest_first(SHOWN)
            ],
            "workers": [
                {"name": worker.name, "model_version": worker.model_version}
                for worker in presence.workers_if_reachable() or ()
                if worker.predicts
            ],
            "refusals": [refusal_json(each) for each in versions.refusals(SHOWN)],
        }
        return answer, 200, NO_STORE

    @blueprint.get("/<int:version>")
    @describe("models", HTTP_200=ModelVersion, **problems(403, 404, 503))
    def show(version: int) -> JsonAnswer:
        """Return one version."""
        administrator = identity.is_administrator()
        found = versions.get(validate_version(version))
        return version_json(found, live(), administrator=administrator), 200, NO_STORE

    @blueprint.post("/<int:version>/activate")
    @describe(
        "administration",
        json=Activation,
        HTTP_200=ModelVersion,
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
    )
    @identity.administrator_only
    def activate(version: int) -> dict[str, Any]:
        """Activate an earlier version: append a new version that holds its files."""
        body = read_json(Activation)
        appended = rollback.activate(version, why=body.why, requeue=body.requeue)
        return version_json(appended, appended.version, administrator=True)

    @blueprint.post("/rebuild")
    @describe("administration", HTTP_202=Rebuild, **problems(401, 403, 503))
    @identity.administrator_only
    def rebuild() -> JsonAnswer:
        """Rebuild the model without erased corrections now, not in the next hour."""
        return {"erased": rebuilds.request()}, 202, NO_STORE

    return blueprint
