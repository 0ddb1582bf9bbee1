"""The gate: a candidate goes live only if it learned, forgot nothing and harmed nothing.

The gate judges harm by the flips on held-out rows: those right before and wrong now, or the
reverse. Six hundred rows cannot resolve half a point of macro-F1. One row is a sixth of a point,
and ten flips scatter by half a point. Each bound therefore asks for harm beyond chance: an exact
one-sided McNemar test (1947) on the flips, or a drop that exceeds its limit by a standard error.
The gate also compares with the base, so that small losses of many updates cannot add up unseen.
Held-out rows say nothing about most sentences, so plain ones are anchors: see anchors.py. How fair
the candidate is to groups of people, fairness.py tells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from emojify_core.labels import EMOTIONS
from emojify_core.ml.correction_learning.gate.anchors import spoiled
from emojify_core.ml.correction_learning.gate.fairness import unfairness
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.margins import Classifier, log_odds_margins
from emojify_core.ml.correction_learning.update_data import UpdateData
from emojify_core.ml.evaluation.metrics import confusion_matrix, macro_f1
from emojify_core.ml.evaluation.paired_comparison import Comparison, PairedCounts, compare


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The limits of the gate."""

    min_margin: float = 0.05  # of each correction, in log odds, so that it holds firmly
    earlier_kept: float = 0.9  # share that must still hold of the earlier corrections that held
    alpha: float = 0.05  # significance of McNemar's test, against the live model and the base
    macro_f1_drop: float = 0.005  # against the base
    recall_drop: float = 0.05  # of one class, against the live model ...
    recall_drop_base: float = 0.08  # ... and against the base
    standard_errors: float = 1.0  # by which a drop must exceed its limit to count

    def to_dict(self) -> dict[str, float]:
        """Return the limits for JSON, under the names that stored verdicts have."""
        limits = asdict(self)
        return {"least_lead": limits.pop("min_margin"), **limits}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's decision and every figure behind it."""

    passed: bool
    reason: str  # a sentence for people
    figures: Mapping[str, Any]  # ready for JSON
    failing: tuple[str, ...] = ()  # ids of the corrections that do not hold


def judge(  # noqa: PLR0913 - three models and what judges them
    candidate: Classifier,
    live: Classifier,
    base: Classifier,
    *,
    corrections: Sequence[LabelledText],
    earlier: Sequence[LabelledText],
    data: UpdateData,
    thresholds: Thresholds | None = None,
) -> Verdict:
    """Judge `candidate`, fine-tuned from `live` to learn `corrections`.

    `live` was taught the `earlier` corrections. `data` must not contain the texts of either (see
    `UpdateData.without`).
    """
    limits = thresholds or Thresholds()
    margins = log_odds_margins(candidate, corrections)
    failing = tuple(
        one.id
        for one, margin in zip(corrections, margins, strict=True)
        if margin < limits.min_margin
    )
    held = log_odds_margins(live, earlier) > 0
    kept = int((held & (log_odds_margins(candidate, earlier) > 0)).sum())
    rows = data.gate
    predicted = {
        name: model.predict(rows.texts).probabilities.argmax(axis=1)  # (rows,)
        for name, model in (("candidate", candidate), ("live", live), ("base", base))
    }
    against_live = compare(predicted["live"], predicted["candidate"], rows.labels)
    against_base = compare(predicted["base"], predicted["candidate"], rows.labels)
    spoiled_anchors = spoiled(candidate, live, base, data.anchors)
    unfair = unfairness(candidate, live, base, data.fairness)
    complaints = [
        *_not_learned(len(failing), len(corrections)),
        *spoiled_anchors,
        *unfair,
        *_forgotten(kept, int(held.sum()), limits),
        *_harm(against_live, "the model in use", limits.recall_drop, limits),
        *_harm(against_base, "the base model", limits.recall_drop_base, limits),
        *_macro_f1_loss(against_base, limits),
    ]
    figures = {
        "corrections": {"held": len(corrections) - len(failing), "of": len(corrections)},
        "earlier": {"kept": kept, "of": int(held.sum())},
        "anchors": {"spoiled": len(spoiled_anchors), "of": len(data.anchors)},
        "fairness": {"complaints": len(unfair), "of": len(data.fairness)},
        "data": data.name,
        "models": {
            name: {
                "accuracy": round(float((labels == rows.labels).mean()), 4),
                "macro_f1": round(macro_f1(confusion_matrix(labels, rows.labels)), 4),
            }
            for name, labels in predicted.items()
        },
        "against_live": against_live.to_dict(),
        "against_base": against_base.to_dict(),
        "complaints": complaints,
        "thresholds": limits.to_dict(),
    }
    reason = "It learned its corrections and shows no harm on the held-out texts."
    return Verdict(not complaints, complaints[0] if complaints else reason, figures, failing)


def _not_learned(failing: int, corrections: int) -> list[str]:
    if not failing:
        return []
    if corrections == 1:
        return ["The correction could not be learned: the model still gives another answer."]
    return [f"{failing} of {corrections} corrections could not be learned together."]


def _forgotten(kept: int, held: int, limits: Thresholds) -> list[str]:
    if kept >= limits.earlier_kept * held:
        return []
    return [f"It would forget {held - kept} of {held} earlier corrections."]


def _harm(against: Comparison, other: str, recall_drop: float, limits: Thresholds) -> list[str]:
    """Complain about more rows lost than chance explains, overall and in each class."""
    overall, complaints = against.overall, []
    if overall.p_value < limits.alpha:
        complaints.append(
            f"Compared with {other}, it would get {overall.worse} held-out texts wrong that were "
            f"right, and only {overall.better} right that were wrong."
        )
    for emotion, counts in zip(EMOTIONS, against.by_class, strict=True):
        if _exceeds(counts.loss, counts, recall_drop, limits):
            complaints.append(
                f"Compared with {other}, it would no longer recognise {emotion.title.lower()} in "
                f"{counts.worse} of {counts.rows} held-out texts, and newly in only "
                f"{counts.better}."
            )
    return complaints


def _macro_f1_loss(against_base: Comparison, limits: Thresholds) -> list[str]:
    drop = against_base.macro_f1_drop
    if not _exceeds(drop, against_base.overall, limits.macro_f1_drop, limits):
        return []
    points = np.round(drop * 100, 1)
    return [f"The model would be {points} points of macro-F1 below the base model."]


def _exceeds(drop: float, counts: PairedCounts, limit: float, limits: Thresholds) -> bool:
    """Tell whether a drop is above its limit by more than chance explains."""
    return drop - limits.standard_errors * counts.standard_error > limit
