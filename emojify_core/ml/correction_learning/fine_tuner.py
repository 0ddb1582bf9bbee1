"""From a model and corrections to a candidate in which they hold and little else changed.

Each sweep learns every text whose margin is too small by moving its rarest words (see
`embedding_updates`): corrections, earlier corrections, and replay rows that the moves degraded.
Every step is the smallest that suffices, which keeps the candidate close to the old model.
Nothing is random: the same model and corrections give the same candidate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emojify_core.errors import ModelError
from emojify_core.ml.correction_learning.embedding_updates import (
    EmbeddingUpdater,
    Table,
    update_scale,
)
from emojify_core.ml.correction_learning.labelled_text import LabelledText, exclude_texts
from emojify_core.ml.correction_learning.margin_gradient import MarginGradient
from emojify_core.ml.correction_learning.margins import log_odds_margins
from emojify_core.ml.correction_learning.replay import ReplaySet
from emojify_core.ml.correction_learning.time_limit import TimeLimit
from emojify_core.ml.correction_learning.tuning_goals import (
    Goal,
    TuningSettings,
    earlier_goals,
    new_goal,
)
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.data.word_frequencies import load_word_counts
from emojify_core.ml.inference.loaded_model import LoadedModel
from emojify_core.ml.model.artifact import VOCABULARY

# Recalibration moves margins a little; a text above this share of its margin is not learned again.
HELD_SHARE: Final = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A fine-tuned model before the gate."""

    model: LoadedModel
    changed_words: int
    steps: int


@dataclass(slots=True, eq=False)
class _Tuning:
    """The state of one fine-tune between sweeps."""

    start: LoadedModel
    limit: TimeLimit
    goals: Sequence[Goal]  # corrections and earlier corrections
    unmet: Sequence[Goal]  # goals to learn in the next sweep
    table: Table  # word vectors, changed in place
    model: LoadedModel  # with the table as of the last sweep
    degraded: Sequence[Goal] = ()  # replay rows to repair in the next sweep
    best: LoadedModel | None = None  # of the models that meet all goals, the first that ...
    fewest_degraded: int = 0  # ... degrades the fewest replay rows
    steps: int = 0

    def changed(self, table: Table) -> NDArray[np.bool_]:
        """Return which words' vectors in `table` differ from the start: (vocabulary,)."""
        changed: NDArray[np.bool_] = (self.start.weights["embeddings"] != table).any(axis=1)
        return changed


class FineTuner:
    """Fine-tunes models that descend from `base`; create it once per process.

    `replay` holds the rows that trained `base`, if available. `counts` gives each word's number
    of training rows (by default the project's own counts).
    """

    def __init__(
        self,
        base: LoadedModel,
        replay: LabelledTexts | None = None,
        counts: Mapping[str, int] | None = None,
        settings: TuningSettings | None = None,
    ) -> None:
        self._settings = settings or TuningSettings()
        self._vocabulary_sha256 = base.manifest.files[VOCABULARY].sha256
        self._gradient = MarginGradient(base.weights)
        self._gradient([base.weights["embeddings"][:1]], [0])  # trace now, not in an update
        counts = load_word_counts() if counts is None else counts
        scale = update_scale(base.vocabulary, counts, self._settings.steps)
        self._updater = EmbeddingUpdater(scale, self._gradient, self._settings.steps)
        self._replay = ReplaySet(base, replay, self._settings.replay_floor)

    def tune(
        self,
        start: LoadedModel,
        corrections: Sequence[LabelledText],
        earlier: Sequence[LabelledText] = (),
        limit: TimeLimit | None = None,
    ) -> Candidate:
        """Change a copy of `start` until all corrections hold, and all `earlier` that did.

        Some may still not hold after the last sweep; the gate judges that. Raises ModelError when
        `start` does not descend from the base, LearningTimeError when `limit` is over.
        """
        if start.manifest.files[VOCABULARY].sha256 != self._vocabulary_sha256:
            raise ModelError(
                "The live model has another vocabulary than the base it should descend from. "
                "Roll back to a version made from this base."
            )
        self._gradient.use_weights(start.weights)
        limit = limit or TimeLimit(inf)
        with limit.uncounted():
            tuning = self._begin(start, limit, corrections, earlier)
        for _ in range(self._settings.max_sweeps):
            if not tuning.unmet and not tuning.degraded:
                break
            self._sweep(tuning)
            self._assess(tuning)
        model = tuning.best or tuning.model
        changed = tuning.changed(model.weights["embeddings"])
        return Candidate(model, int(changed.sum()), tuning.steps)

    def _begin(
        self,
        start: LoadedModel,
        limit: TimeLimit,
        corrections: Sequence[LabelledText],
        earlier: Sequence[LabelledText],
    ) -> _Tuning:
        goals = [new_goal(one, self._settings) for one in corrections]
        margins = log_odds_margins(start.predictor, corrections)
        unmet = [
            goal
            for goal, margin in zip(goals, margins, strict=True)
            if margin < HELD_SHARE * goal.margin
        ]
        goals += earlier_goals(start, earlier, self._settings)
        return _Tuning(start, limit, goals, unmet, start.weights["embeddings"].copy(), start)

    def _sweep(self, tuning: _Tuning) -> None:
        """Repair the degraded replay rows, then learn the unmet goals."""
        # A repair uses only words that changed already. Other words would degrade further rows,
        # and each of those repairs would lead further away from the corrections.
        changed = tuning.changed(tuning.table)
        repairs = [goal.target(tuning.start) for goal in tuning.degraded]
        tuning.steps += self._updater.learn(tuning.table, repairs, changed, tuning.limit.check)
        targets = [goal.target(tuning.start) for goal in tuning.unmet]
        tuning.steps += self._updater.learn(tuning.table, targets, check_time=tuning.limit.check)

    def _assess(self, tuning: _Tuning) -> None:
        """Find what the sweep left to do, and keep its model if it is the best so far."""
        tuning.model = tuning.start.with_embeddings(tuning.table)
        texts = [goal.text for goal in tuning.goals]
        with tuning.limit.uncounted():  # it grows with the number of earlier corrections
            margins = log_odds_margins(tuning.model.predictor, texts)
        tuning.unmet = [
            goal
            for goal, margin in zip(tuning.goals, margins, strict=True)
            if margin < goal.min_margin
        ]
        changed = np.flatnonzero(tuning.changed(tuning.table)).tolist()
        degraded = self._replay.degraded(tuning.model, changed)
        tuning.degraded = [
            Goal(one, degraded[one] + self._settings.repair_bonus, degraded[one])
            for one in exclude_texts(degraded, texts)  # a correction overrules a replay row
        ]
        fewer = tuning.best is None or len(tuning.degraded) < tuning.fewest_degraded
        if fewer and not tuning.unmet:
            tuning.best, tuning.fewest_degraded = tuning.model, len(tuning.degraded)
