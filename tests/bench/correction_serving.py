"""Corrections to the whole stack over HTTP: time until live, and latency of other clients."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from background_client import predicting

from emojify_core.labels import LABELS
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from support.deadlines import eventually
from support.homes import fresh_home
from support.stack import RAISED, Stack

IDLE = 10.0  # seconds of predictions before the first correction
TRAINER_STARTS_WITHIN = 120  # seconds, including the import of TensorFlow
LIVE_WITHIN = 120  # seconds; a guard, the table shows the measurement
DECIDED = ("live", "refused", "failed", "superseded")


def measure_serving(
    corrections: Sequence[LabelledText], psychexp: Path | None
) -> list[dict[str, Any]]:
    """Send the corrections one at a time, then all at once to a fresh stack."""
    results = []
    for given, size in (("one at a time", 1), ("one batch", len(corrections))):
        variables = {} if psychexp is None else {"EMOJIFY_PSYCHEXP": str(psychexp)}
        with fresh_home() as home, Stack(home, EMOJIFY_RATE_LIMIT=RAISED, **variables) as stack:
            stack.start("local").says("ready to learn", within=TRAINER_STARTS_WITHIN)
            stack.until_ready()
            results.append({"given": given, **_give(stack, corrections, size)})
    return results


def _give(stack: Stack, corrections: Sequence[LabelledText], size: int) -> dict[str, Any]:
    with predicting(stack.port) as idle:
        time.sleep(IDLE)
    seconds: list[float] = []
    states: list[str] = []
    with predicting(stack.port) as busy:
        for start in range(0, len(corrections), size):
            since = time.monotonic()
            links = [_post(stack, one) for one in corrections[start : start + size]]
            for link in links:
                states.append(_decided(stack, link))
                seconds.append(time.monotonic() - since)
    return {
        "live": states.count("live"),
        "of": len(states),
        "seconds_median": float(np.median(seconds)),
        "seconds_most": max(seconds),
        "idle_p50_ms": float(np.percentile(idle, 50)),
        "idle_p99_ms": float(np.percentile(idle, 99)),
        "training_p50_ms": float(np.percentile(busy, 50)),
        "training_p99_ms": float(np.percentile(busy, 99)),
        "predictions": len(busy),
        "load": os.getloadavg()[0],
    }


def _post(stack: Stack, one: LabelledText) -> str:
    body = {"text": one.text, "label": LABELS[one.label]}
    answer = stack.http.post("/api/v1/corrections", json=body)
    assert answer.status_code == 202, answer.text
    link: str = answer.json()["links"]["self"]
    return link


def _decided(stack: Stack, link: str) -> str:
    def state() -> str:
        found: str = stack.http.get(link).json()["state"]
        return found if found in DECIDED else ""

    return eventually(state, within=LIVE_WITHIN, what="the correction is decided")
