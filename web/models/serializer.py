"""Model versions and refused candidates as JSON."""

from typing import Any

from emojify_core.storage.versions.records import Refusal, Version
from web.http.responses import timestamp


def version_json(version: Version, live: int) -> dict[str, Any]:
    """Return a version in the shape of `schemas.ModelVersion`; `live` is the live version."""
    return {
        "version": version.version,
        "sha256": version.sha256,
        "parent": version.parent,
        "source": version.source,
        "state": "live" if version.version == live else "retired",
        "cause": dict(version.cause),
        "metrics": dict(version.metrics),
        "verdict": version.verdict and dict(version.verdict),
        "created_at": timestamp(version.created_at),
    }


def refusal_json(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal in the shape of `schemas.RefusedCandidate`."""
    return {
        "base_version": refusal.base_version,
        "corrections": list(refusal.correction_ids),
        "reason": refusal.reason,
        "figures": dict(refusal.figures),
        "created_at": timestamp(refusal.created_at),
    }
