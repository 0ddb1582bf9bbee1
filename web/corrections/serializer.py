"""Corrections and model versions as the API and the page show them."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from emojify_core.labels import LABELS
from emojify_core.storage.corrections.records import Correction, Refusal, Version
from web.http.responses import timestamp


def correction_json(correction: Correction) -> dict[str, Any]:
    """Return the answer's body: see correction_schemas.CorrectionAnswer."""
    links = {"self": url_for("corrections.show", correction_id=correction.id)}
    return correction_row(correction) | {"links": links}


def correction_row(correction: Correction) -> dict[str, Any]:
    """Return the same without links, for files."""
    return {
        "id": correction.id,
        "state": correction.state.value,
        "text": correction.text,
        "label": correction.label,
        "reason": correction.reason,
        "created_at": timestamp(correction.created_at),
        "updated_at": timestamp(correction.updated_at),
        "receipt": _receipt(correction),
        "decided": _decided(correction),
    }


def version_json(version: Version, live: int) -> dict[str, Any]:
    """Return the answer's body: see model_schemas.ModelVersion."""
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
    """Return the answer's body: see model_schemas.RefusedCandidate."""
    return {
        "base_version": refusal.base_version,
        "corrections": list(refusal.correction_ids),
        "reason": refusal.reason,
        "figures": dict(refusal.figures),
        "created_at": timestamp(refusal.created_at),
    }


def _receipt(correction: Correction) -> dict[str, Any] | None:
    if correction.version is None or correction.before is None or correction.after is None:
        return None
    return {
        "before": _named(correction.before),
        "after": _named(correction.after),
        "model_version": correction.version,
        "seconds": correction.seconds,
    }


def _decided(correction: Correction) -> dict[str, Any] | None:
    if correction.decided_by is None:
        return None
    return {"by": correction.decided_by, "why": correction.decided_why or ""}


def _named(probabilities: Sequence[float]) -> dict[str, float]:
    return dict(zip(LABELS, probabilities, strict=True))
