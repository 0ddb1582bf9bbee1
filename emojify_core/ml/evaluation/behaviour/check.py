"""What one check of the suite found, and its interval."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emojify_core.labels import LABELS
from emojify_core.ml.evaluation.behaviour.lists import NONE
from emojify_core.ml.inference.predictor import Predictions

Z: Final = 1.959964  # of a two-sided 95 % interval
ROUNDING: Final = 1e-9  # .98 as a mean of shares may come out a little below .98


@dataclass(frozen=True, slots=True)
class Failure:
    """A sentence that did not pass."""

    text: str
    shown: str
    confident: bool
    wanted: str  # what passes, for people


@dataclass(frozen=True, slots=True)
class Check:
    """The share of sentences that passed."""

    name: str
    sentences: int
    rate: float  # share that passed
    low: float  # 95 % interval
    high: float
    threshold: float | None  # the lowest rate that is enough; None where nothing is promised
    failures: tuple[Failure, ...]

    @property
    def met(self) -> bool:
        """Whether the threshold is met; a check without one always is."""
        return self.threshold is None or self.rate >= self.threshold - ROUNDING

    def to_dict(self) -> dict[str, Any]:
        """Return everything for JSON."""
        return {**asdict(self), "met": self.met}


def shown(predictions: Predictions) -> list[str]:
    """Return what people see for each text: a label, or NONE."""
    labels = predictions.probabilities.argmax(axis=1).tolist()
    return [
        NONE if none else LABELS[label]
        for label, none in zip(labels, predictions.none.tolist(), strict=True)
    ]


def make_check(
    name: str,
    passed: NDArray[np.bool_],
    failures: Sequence[Failure],
    threshold: float | None,
    *,
    independent: int | None = None,
) -> Check:
    """Return the check of `passed` (sentences,).

    `independent` counts the trials where several sentences stand and fall together.
    """
    rate = float(passed.mean()) if passed.size else float("nan")
    low, high = wilson_interval(rate, passed.size if independent is None else independent)
    return Check(name, passed.size, rate, low, high, threshold, tuple(failures))


def wilson_interval(rate: float, trials: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson, 1927); all of 0 to 1 without trials."""
    if not trials:
        return 0.0, 1.0
    weight = Z**2 / trials
    middle = (rate + weight / 2) / (1 + weight)
    half = Z * sqrt(rate * (1 - rate) / trials + weight / (4 * trials)) / (1 + weight)
    return max(middle - half, 0.0), min(middle + half, 1.0)
