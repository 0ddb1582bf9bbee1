"""Whether a candidate may replace the live model: it learned, it forgot nothing, it harmed nothing.

Harm is judged on held-out rows by which answers flipped. Six hundred rows cannot resolve half a
point of macro-F1 (one row is a sixth of a point, and ten flips scatter by half a point), so each
bound is on what the rows show beyond chance: an exact one-sided McNemar test on the flips, and
limits that must be exceeded by more than a standard error of the flips. A candidate is compared
with the live model, and with the shipped base, so that small losses cannot add up unseen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from emojify_core.labels import EMOTIONS
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.margins import Classifier, log_odds_margins
from emojify_core.ml.correction_learning.update_data import UpdateData
from emojify_core.ml.evaluation.metrics import confusion_matrix, macro_f1
from emojify_core.ml.evaluation.paired_comparison import Comparison, PairedCounts, compare


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much is too much."""

    least_lead: float = 0.05  # log odds of a correction over the next answer, so it holds firmly
    earlier_kept: float = 0.9  # share of the earlier corrections that held and must still hold
    alpha: float = 0.05  # McNemar's test, against the live model and against the base
    macro_f1_drop: float = 0.005  # against the base
    recall_drop: float = 0.05  # of one class against the live model ...
    recall_drop_base: float = 0.08  # ... and against the base
    standard_errors: float = 1.0  # by which a drop must exceed its bound to count


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says, and every figure it looked at."""

    passed: bool
    reason: str  # a sentence for people
    figures: Mapping[str, Any]  # ready for JSON
    failing: tuple[str, ...] = ()  # ids of the corrections that do not hold


def judge(  # noqa: PLR0913 - three models and what they are asked
    candidate: Classifier,
    live: Classifier,
    base: Classifier,
    *,
    corrections: Sequence[LabelledText],
    earlier: Sequence[LabelledText],
    data: UpdateData,
    thresholds: Thresholds | None = None,
) -> Verdict:
    """Judge `candidate`, made from `live` to learn `corrections`; `live` holds `earlier` ones.

    None of their texts may be among the `data` rows (see `UpdateData.without`).
    """
    limits = thresholds or Thresholds()
    lead = log_odds_margins(candidate, corrections)
    failing = tuple(
        one.id for one, by in zip(corrections, lead, strict=True) if by < limits.least_lead
    )
    held = log_odds_margins(live, earlier) > 0
    kept = int((held & (log_odds_margins(candidate, earlier) > 0)).sum())
    rows = data.gate
    answers = {
        name: model.predict(rows.texts).probabilities.argmax(axis=1)
        for name, model in (("candidate", candidate), ("live", live), ("base", base))
    }
    since_live = compare(answers["live"], answers["candidate"], rows.labels)
    since_base = compare(answers["base"], answers["candidate"], rows.labels)
    complaints = [
        *_learning(len(failing), len(corrections)),
        *_forgetting(kept, int(held.sum()), limits),
        *_harm(since_live, "the model in use", limits.recall_drop, limits),
        *_harm(since_base, "the model it all began with", limits.recall_drop_base, limits),
        *_decline(since_base, limits),
    ]
    figures = {
        "corrections": {"held": len(corrections) - len(failing), "of": len(corrections)},
        "earlier": {"kept": kept, "of": int(held.sum())},
        "data": data.name,
        "models": {
            name: {
                "accuracy": round(float((given == rows.labels).mean()), 4),
                "macro_f1": round(macro_f1(confusion_matrix(given, rows.labels)), 4),
            }
            for name, given in answers.items()
        },
        "against_live": since_live.to_dict(),
        "against_base": since_base.to_dict(),
        "complaints": complaints,
        "thresholds": asdict(limits),
    }
    fine = "It holds what it was taught and shows no harm on the held-out texts."
    return Verdict(not complaints, complaints[0] if complaints else fine, figures, failing)


def _learning(failing: int, corrections: int) -> list[str]:
    if not failing:
        return []
    if corrections == 1:
        return ["The correction could not be learned: the model still answers otherwise."]
    return [f"{failing} of {corrections} corrections could not be learned together."]


def _forgetting(kept: int, held: int, limits: Thresholds) -> list[str]:
    if kept >= limits.earlier_kept * held:
        return []
    return [f"It would forget {held - kept} of {held} earlier corrections."]


def _harm(since: Comparison, whom: str, recall_drop: float, limits: Thresholds) -> list[str]:
    flips, complaints = since.flips, []
    if flips.p_value < limits.alpha:
        complaints.append(
            f"Compared with {whom}, it would answer {flips.worse} held-out texts wrongly that "
            f"were right, and only {flips.better} the other way round."
        )
    for emotion, of_class in zip(EMOTIONS, since.by_class, strict=True):
        if _exceeds(of_class.loss, of_class, recall_drop, limits):
            complaints.append(
                f"Compared with {whom}, it would no longer recognise {emotion.title.lower()} in "
                f"{of_class.worse} of {of_class.rows} held-out texts, and newly in only "
                f"{of_class.better}."
            )
    return complaints


def _decline(since: Comparison, limits: Thresholds) -> list[str]:
    if not _exceeds(since.macro_f1_drop, since.flips, limits.macro_f1_drop, limits):
        return []
    points = np.round(since.macro_f1_drop * 100, 1)
    return [f"With it the model would be {points} points of macro-F1 below the one it began with."]


def _exceeds(drop: float, flips: PairedCounts, bound: float, limits: Thresholds) -> bool:
    """Whether a drop is above its bound by more than chance explains."""
    return drop - limits.standard_errors * flips.standard_error > bound
