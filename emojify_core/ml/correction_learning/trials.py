"""Candidates of one update: each is trained, recalibrated and judged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from emojify_core.ml.correction_learning.bisection import Trial
from emojify_core.ml.correction_learning.fine_tuner import FineTuner
from emojify_core.ml.correction_learning.gate import Thresholds, Verdict, judge
from emojify_core.ml.correction_learning.labelled_text import LabelledText, exclude_texts
from emojify_core.ml.correction_learning.margins import CachedClassifier
from emojify_core.ml.correction_learning.recalibration import recalibrate
from emojify_core.ml.correction_learning.update_data import UpdateData
from emojify_core.ml.inference.loaded_model import LoadedModel


@dataclass(frozen=True, slots=True, eq=False)
class JudgedModel:
    """A recalibrated candidate that passed the gate."""

    model: LoadedModel
    verdict: Verdict


@dataclass(slots=True, eq=False)
class UpdateTrials:
    """Trains and judges the candidates of one update."""

    tuner: FineTuner
    live: LoadedModel
    live_classifier: CachedClassifier
    base_classifier: CachedClassifier
    earlier: Sequence[LabelledText]
    data: UpdateData
    thresholds: Thresholds | None
    on_step: Callable[[str], None]
    last_verdict: Verdict | None = None  # on the last candidate, passed or not

    def try_update(
        self, best: JudgedModel | None, corrections: Sequence[LabelledText]
    ) -> Trial[JudgedModel]:
        """Learn `corrections` on top of `best`, or of the live model, and ask the gate."""
        start = best.model if best else self.live
        earlier = exclude_texts(self.earlier, corrections)
        candidate = self.tuner.tune(start, corrections, earlier)
        changed = candidate.changed_words > 0
        model = recalibrate(start, candidate.model, self.data) if changed else start
        self.on_step("trained")
        verdict = self.last_verdict = judge(
            model.predictor,
            self.live_classifier,
            self.base_classifier,
            corrections=corrections,
            earlier=earlier,
            data=self.data,
            thresholds=self.thresholds,
        )
        self.on_step("judged")
        passed = JudgedModel(model, verdict) if verdict.passed else None
        return Trial(passed, verdict.reason, verdict.failing, verdict.figures)
