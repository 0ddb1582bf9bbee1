"""`/healthz`: this process is up. `/readyz`: whether predictions can be answered."""

from typing import Any

from flask import Blueprint

from web.http.openapi import describe
from web.status.readiness import StatusSources, readiness
from web.status.schemas import Health

# What is wrong: the part of the stack, and a sentence about it.
_TROUBLES = {
    "redis": ("redis", ""),  # the error says more
    "no_worker": ("worker", "no worker has reported in the last 15 seconds"),
    "no_trainer": ("trainer", "no trainer has reported; corrections wait for one"),
    "database": ("database", ""),  # the error says more
    "no_model": ("database", "holds no model yet; the first worker to start stores it"),
}
_WITHOUT_DATABASE = "Predictions go on with the model that is loaded."


def health_blueprint(sources: StatusSources) -> Blueprint:
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
        found = readiness(sources)
        failing = dict(_TROUBLES[name] for name in found.failing)
        if "redis" in failing:
            failing |= {"redis": found.redis_trouble, "worker": "unknown without Redis"}
        degraded = dict(_TROUBLES[name] for name in found.degraded) | found.problems
        if "database" in found.degraded:
            degraded["database"] = f"{found.database_trouble} {_WITHOUT_DATABASE}"
        ok = [name for name in ("redis", "worker", "database") if name not in failing | degraded]
        return {"ok": ok, "failing": failing, "degraded": degraded}, 503 if failing else 200

    return blueprint
