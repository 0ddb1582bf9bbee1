"""Corrections as JSON."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from emojify_core.labels import LABELS
from emojify_core.storage.corrections.records import Correction
from web.http.responses import timestamp


def correction_json(
    correction: Correction, proof: str | None = None, *, administrator: bool = False
) -> dict[str, Any]:
    """Return a correction in the shape of `schemas.CorrectionAnswer`; its link has the proof.

    A client with a proof need not be the owner, so it never sees an administrator's reason. The
    administrator sees whose it is.
    """
    return correction_row(correction) | {
        **({"decided": None} if proof else {}),
        **({"client": correction.client} if administrator else {}),
        "links": {"self": url_for("corrections.show", correction_id=correction.id, proof=proof)},
    }


def correction_row(correction: Correction) -> dict[str, Any]:
    """Return a correction without its links, for files."""
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


def _receipt(correction: Correction) -> dict[str, Any] | None:
    if correction.version is None or correction.before is None or correction.after is None:
        return None
    return {
        "before": _by_label(correction.before),
        "after": _by_label(correction.after),
        "model_version": correction.version,
        "seconds": correction.seconds,
    }


def _decided(correction: Correction) -> dict[str, Any] | None:
    if correction.decided_by is None:
        return None
    return {"by": correction.decided_by, "why": correction.decided_why or ""}


def _by_label(probabilities: Sequence[float]) -> dict[str, float]:
    return dict(zip(LABELS, probabilities, strict=True))
