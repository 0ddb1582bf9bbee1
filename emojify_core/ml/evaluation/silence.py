"""How well a model tells texts that hold an emotion from those that hold none."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from emojify_core.ml.evaluation.behaviour.check import wilson_interval
from emojify_core.ml.evaluation.metrics import INTERVAL, RESAMPLES, Estimate
from emojify_core.ml.inference.predictor import Predictions

Floats = NDArray[np.float32] | NDArray[np.float64]
NOT_KNOWN: Final = Estimate(float("nan"), float("nan"), float("nan"))


def measure_silence(labelled: Predictions, neutral: Predictions) -> dict[str, Estimate]:
    """Measure the answers to texts with an emotion, and to texts that hold none.

    The area under the curve needs a gate, all but `shown_none` need neutral texts: without them
    the values are NaN.
    """
    return {
        "shown_none": share(labelled.none),
        "neutral_shown_none": share(neutral.none),
        "neutral_confident": share(neutral.confident),
        "auroc": estimate_auroc(labelled.emotional, neutral.emotional),
    }


def share(rows: NDArray[np.bool_]) -> Estimate:
    """Return the share of true rows (rows,) with Wilson's interval (1927)."""
    if not rows.size:
        return NOT_KNOWN
    value = float(rows.mean())
    return Estimate(value, *wilson_interval(value, rows.size))


def auroc(positive: Floats, negative: Floats) -> float:
    """Return the chance that a positive score (n,) exceeds a negative one (m,); ties count half.

    It is the area under the ROC curve, from the ranks (Hanley and McNeil, 1982).
    """
    ranks = rankdata(np.concatenate([positive, negative]))
    n, m = len(positive), len(negative)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def estimate_auroc(
    positive: Floats, negative: Floats, *, resamples: int = RESAMPLES, seed: int = 0
) -> Estimate:
    """Return the area and its bootstrap interval; each side is resampled by itself."""
    if not len(positive) or not len(negative) or np.isnan([*positive, *negative]).any():
        return NOT_KNOWN
    random = np.random.default_rng(seed)
    draws = [
        auroc(random.choice(positive, len(positive)), random.choice(negative, len(negative)))
        for _ in range(resamples)
    ]
    low, high = np.percentile(draws, INTERVAL)
    return Estimate(auroc(positive, negative), float(low), float(high))


def to_json(measures: Mapping[str, Estimate]) -> dict[str, dict[str, float | None]]:
    """Return measures for JSON; NaN becomes None."""
    return {
        name: {
            part: value if np.isfinite(value) else None
            for part, value in (("value", one.value), ("low", one.low), ("high", one.high))
        }
        for name, one in measures.items()
    }
