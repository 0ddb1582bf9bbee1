"""`/healthz`: this process is up. `/readyz`: what it depends on answers."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint
from sqlalchemy import Engine

from emojify_core.errors import NotStoredError, QueueUnavailableError, StorageUnavailableError
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.queue.worker_presence import Presence, Worker
from emojify_core.storage.versions.live_pointer import read_pointer
from web.http.openapi import describe
from web.status.schemas import Health


def health_blueprint(queue: PredictionQueue, presence: Presence, engine: Engine) -> Blueprint:
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
        """Say whether predictions can be answered: Redis is there, and a worker listens.

        What is missing for learning does not stop them: that is listed as `degraded`.
        """
        ok: list[str] = []
        failing: dict[str, str] = {}
        degraded: dict[str, str] = {}
        try:
            queue.ping()
            ok.append("redis")
            workers = presence.workers()
            if any(worker.predicts for worker in workers):
                ok.append("worker")
            else:
                failing["worker"] = "no worker has reported in the last 15 seconds"
            if all(worker.predicts for worker in workers):
                degraded["trainer"] = "no trainer has reported; corrections wait for one"
            degraded |= _problems(workers)
        except QueueUnavailableError:
            failing["redis"] = "does not answer"
            failing["worker"] = "unknown without Redis"
        if problem := _database_problem(engine):
            degraded["database"] = problem
        else:
            ok.append("database")
        body = {"ok": ok, "failing": failing, "degraded": degraded}
        return body, 503 if failing else 200

    return blueprint


def _problems(workers: Sequence[Worker]) -> dict[str, str]:
    return {worker.name: worker.problem for worker in workers if worker.problem}


def _database_problem(engine: Engine) -> str:
    try:
        read_pointer(engine)
    except StorageUnavailableError:
        return "does not answer; predictions go on with the model that is loaded"
    except NotStoredError:
        return "holds no model yet; the first worker to start stores it"
    return ""
