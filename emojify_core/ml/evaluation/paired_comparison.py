"""Two models on the same labelled rows: what got worse, what better, and whether it is chance."""

from dataclasses import dataclass
from math import comb, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emojify_core.labels import LABELS
from emojify_core.ml.evaluation.metrics import confusion_matrix, macro_f1

Answers = NDArray[np.integer]  # (rows,), positions in LABELS


@dataclass(frozen=True, slots=True)
class PairedCounts:
    """Rows of one kind, all or those of one class, under an old and a new model."""

    rows: int
    worse: int  # right before, wrong now
    better: int  # wrong before, right now

    @property
    def loss(self) -> float:
        """Net share of the rows lost; negative for a gain."""
        return (self.worse - self.better) / max(self.rows, 1)

    @property
    def standard_error(self) -> float:
        """Of `loss`, as far as it comes from which rows happen to be here."""
        return sqrt(self.worse + self.better) / max(self.rows, 1)

    @property
    def p_value(self) -> float:
        """Exact one-sided McNemar test: how often chance alone would make it as bad as this.

        Each row that changed is then as likely to be worse as better.
        """
        changed = self.worse + self.better
        as_bad = sum(comb(changed, worse) for worse in range(self.worse, changed + 1))
        return float(as_bad / 2**changed)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A new model against an old one."""

    flips: PairedCounts
    by_class: tuple[PairedCounts, ...]  # in LABELS order
    macro_f1_drop: float  # 0.01 is one point

    def to_dict(self) -> dict[str, Any]:
        """Give the figures for JSON."""
        return {
            "rows": self.flips.rows,
            "worse": self.flips.worse,
            "better": self.flips.better,
            "p_value": round(self.flips.p_value, 4),
            "accuracy_drop": round(self.flips.loss, 4),
            "macro_f1_drop": round(self.macro_f1_drop, 4),
            "standard_error": round(self.flips.standard_error, 4),
            "recall_drop": {
                label: round(one.loss, 4) for label, one in zip(LABELS, self.by_class, strict=True)
            },
        }


def compare(before: Answers, after: Answers, labels: NDArray[np.int64]) -> Comparison:
    """Compare two models' answers (rows,) to the same rows with `labels` (rows,)."""
    was_right, is_right = before == labels, after == labels
    f1_before, f1_after = (macro_f1(confusion_matrix(one, labels)) for one in (before, after))
    return Comparison(
        _count(was_right, is_right),
        tuple(
            _count(was_right[labels == place], is_right[labels == place])
            for place in range(len(LABELS))
        ),
        f1_before - f1_after,
    )


def _count(was_right: NDArray[np.bool_], is_right: NDArray[np.bool_]) -> PairedCounts:
    return PairedCounts(
        len(was_right), int((was_right & ~is_right).sum()), int((~was_right & is_right).sum())
    )
