"""`/healthz`: this process is up. `/readyz`: what it depends on answers."""

from typing import Any

from flask import Blueprint

from emojify_core.errors import QueueUnavailableError
from emojify_core.prediction_queue import PredictionQueue
from emojify_core.presence import Presence
from web.openapi import describe
from web.schemas import Health


def health_blueprint(queue: PredictionQueue, presence: Presence) -> Blueprint:
    """Return the two routes."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    @describe("health", HTTP_200=Health)
    def healthz() -> dict[str, Any]:
        """Say that the process is up; it asks nothing else."""
        return {"ok": ["web"], "failing": {}}

    @blueprint.get("/readyz")
    @describe("health", HTTP_200=Health, HTTP_503=Health)
    def readyz() -> tuple[dict[str, Any], int]:
        """Say whether predictions can be answered: Redis is there, and a worker listens."""
        ok: list[str] = []
        failing: dict[str, str] = {}
        try:
            queue.ping()
            ok.append("redis")
            if any(worker.predicts for worker in presence.workers()):
                ok.append("worker")
            else:
                failing["worker"] = "no worker has reported in the last 15 seconds"
        except QueueUnavailableError:
            failing["redis"] = "does not answer"
            failing["worker"] = "unknown without Redis"
        return {"ok": ok, "failing": failing}, 503 if failing else 200

    return blueprint
