"""Model versions and refused candidates as JSON."""

from collections.abc import Mapping
from typing import Any

from emojify_core.storage.versions.records import Refusal, Version
from web.http.responses import timestamp

# An administrator may write a person's name or request into a reason.
_ADMINISTRATOR_ONLY = frozenset({"by", "why"})


def version_json(version: Version, live: int, *, administrator: bool) -> dict[str, Any]:
    """Return a version in the shape of `schemas.ModelVersion`; `live` is the live version.

    Only an administrator reads who decided, and why.
    """
    return {
        "version": version.version,
        "sha256": version.sha256,
        "parent": version.parent,
        "source": version.source,
        "state": "live" if version.version == live else "retired",
        "cause": dict(version.cause) if administrator else _public(version.cause),
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


def _public(value: Any) -> Any:
    """Return a cause without the administrator's fields, at any depth."""
    if isinstance(value, Mapping):
        kept = {name: each for name, each in value.items() if name not in _ADMINISTRATOR_ONLY}
        return {name: _public(each) for name, each in kept.items()}
    return [_public(each) for each in value] if isinstance(value, list) else value
