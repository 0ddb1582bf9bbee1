"""Two models on the same labelled rows: what got worse, what got better, and whether by chance."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from emojify_core.labels import LABELS
from emojify_core.ml.evaluation.metrics import confusion_matrix, macro_f1

Predicted = NDArray[np.integer]  # (rows,), positions in LABELS


@dataclass(frozen=True, slots=True)
class PairedCounts:
    """How an old and a new model differ on some rows: on all, or on those of one class."""

    rows: int
    worse: int  # right before, wrong now
    better: int  # wrong before, right now

    @property
    def loss(self) -> float:
        """Net share of the rows lost; negative for a gain."""
        return (self.worse - self.better) / max(self.rows, 1)

    @property
    def standard_error(self) -> float:
        """Standard error of `loss` under the null hypothesis that `p_value` tests."""
        return sqrt(self.worse + self.better) / max(self.rows, 1)

    @property
    def p_value(self) -> float:
        """Exact one-sided McNemar test (McNemar, 1947): P(at least this many rows get worse).

        Under the null hypothesis each flipped row is as likely to get worse as better.
        """
        flipped = max(self.worse + self.better, 1)  # SciPy needs one; with none, p is 1 anyway
        return float(binomtest(self.worse, flipped, alternative="greater").pvalue)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A new model against an old one."""

    overall: PairedCounts
    by_class: tuple[PairedCounts, ...]  # in LABELS order
    macro_f1_drop: float  # 0.01 is one point

    def to_dict(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        return {
            "rows": self.overall.rows,
            "worse": self.overall.worse,
            "better": self.overall.better,
            "p_value": round(self.overall.p_value, 4),
            "accuracy_drop": round(self.overall.loss, 4),
            "macro_f1_drop": round(self.macro_f1_drop, 4),
            "standard_error": round(self.overall.standard_error, 4),
            "recall_drop": {
                label: round(counts.loss, 4)
                for label, counts in zip(LABELS, self.by_class, strict=True)
            },
        }


def compare(before: Predicted, after: Predicted, labels: NDArray[np.int64]) -> Comparison:
    """Compare two models' predicted classes (rows,) on the same rows with `labels` (rows,)."""
    was_right, is_right = before == labels, after == labels
    f1_before, f1_after = (macro_f1(confusion_matrix(one, labels)) for one in (before, after))
    return Comparison(
        _count(was_right, is_right),
        tuple(
            _count(was_right[labels == label], is_right[labels == label])
            for label in range(len(LABELS))
        ),
        f1_before - f1_after,
    )


def _count(was_right: NDArray[np.bool_], is_right: NDArray[np.bool_]) -> PairedCounts:
    worse, better = was_right & ~is_right, ~was_right & is_right
    return PairedCounts(len(was_right), int(worse.sum()), int(better.sum()))
