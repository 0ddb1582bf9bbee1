"""One trial of an update: a candidate is fine-tuned, recalibrated and judged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from emojify_core.ml.correction_learning.fine_tuner import FineTuner
from emojify_core.ml.correction_learning.gate.judge import Thresholds, Verdict, judge
from emojify_core.ml.correction_learning.labelled_text import LabelledText, exclude_texts
from emojify_core.ml.correction_learning.margins import CachedClassifier
from emojify_core.ml.correction_learning.recalibration import recalibrate
from emojify_core.ml.correction_learning.time_limit import TimeLimit
from emojify_core.ml.correction_learning.update_data import UpdateData
from emojify_core.ml.inference.loaded_model import LoadedModel


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Trains and judges the candidates of one update."""

    tuner: FineTuner
    live: LoadedModel
    live_classifier: CachedClassifier
    base_classifier: CachedClassifier
    earlier: Sequence[LabelledText]
    data: UpdateData
    thresholds: Thresholds | None
    seconds: float  # of processor time to fine-tune one candidate
    on_step: Callable[[str], None]

    def train_and_judge(
        self, best: LoadedModel | None, corrections: Sequence[LabelledText]
    ) -> tuple[LoadedModel, Verdict]:
        """Learn `corrections` on top of `best`, or of the live model, and ask the gate.

        Raises LearningTimeError.
        """
        start = best or self.live
        earlier = exclude_texts(self.earlier, corrections)
        candidate = self.tuner.tune(start, corrections, earlier, TimeLimit(self.seconds))
        changed = candidate.changed_words > 0
        model = recalibrate(start, candidate.model, self.data) if changed else start
        self.on_step("trained")
        verdict = judge(
            model.predictor,
            self.live_classifier,
            self.base_classifier,
            corrections=corrections,
            earlier=earlier,
            data=self.data,
            thresholds=self.thresholds,
        )
        self.on_step("judged")
        return model, verdict
