"""From a model and corrections to a candidate: the corrections hold, little else has moved.

Sweep by sweep, each text that does not lead by enough is learned by moving its rarest words
(see `word_moves`): the corrections, the earlier corrections, and those training rows that the
moves have spoilt. The pull towards the old model is in the steps: each is the smallest that does.
Nothing here is random: the same model and corrections give the same candidate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emojify_core.errors import ModelError
from emojify_core.ml.correction_learning.embedding_updates import (
    EmbeddingUpdater,
    MarginTarget,
    MoveSettings,
    update_scale,
)
from emojify_core.ml.correction_learning.labelled_text import LabelledText, other_texts
from emojify_core.ml.correction_learning.margin_gradient import MarginGradient
from emojify_core.ml.correction_learning.margins import log_odds_margins
from emojify_core.ml.correction_learning.replay import ReplaySet
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.data.word_frequencies import load_word_counts
from emojify_core.ml.inference.loaded_model import LoadedModel
from emojify_core.ml.model.artifact import VOCABULARY
from emojify_core.ml.text.encoding import encode

ROUNDING: Final = 1e-6  # of leads, so that an untouched text is not taken for a lesser one
ENOUGH: Final = 0.8  # of the lead: a new temperature alone is no reason to learn a text again


@dataclass(frozen=True, slots=True)
class TuningSettings:
    """When a text counts as learned (leads in log odds, see `leads`); chosen on validation rows."""

    lead: float = log(1.25)  # a learned label is a quarter more probable than the next
    least_lead: float = log(1.1)  # below this a text is taken up again
    vote: float = 0.25  # share added to the lead by each further person who said the same ...
    most_votes: int = 3  # ... up to this many in all
    rehearsed_lead: float = 0.03  # of spoilt training rows: just right again ...
    floor: float = 0.3  # ... and spoilt is a row that leads by less than before and than this
    sweeps: int = 8  # over all texts; one undoes a little of another where they share rare words
    moves: MoveSettings = field(default_factory=MoveSettings)


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A changed model, not judged yet."""

    model: LoadedModel
    moved: int  # words whose vectors changed
    steps: int


@dataclass(frozen=True, slots=True)
class _Goal:
    text: LabelledText
    lead: float  # to be reached
    least: float  # below it the text is taken up again


class FineTuner:
    """Made once in a process, used for every update of the models that descend from `base`.

    `replay` is what `base` learned from, where it is at hand; `counts` say how often each word
    occurred in it (by default the project's own).
    """

    def __init__(
        self,
        base: LoadedModel,
        replay: LabelledTexts | None = None,
        counts: Mapping[str, int] | None = None,
        settings: TuningSettings | None = None,
    ) -> None:
        self._settings = settings or TuningSettings()
        self._words = base.manifest.files[VOCABULARY].sha256
        self._gradient = MarginGradient(base.weights)
        self._gradient([base.weights["embeddings"][:1]], [0])  # traces it now, not in an update
        counts = load_word_counts() if counts is None else counts
        free = update_scale(base.vocabulary, counts, self._settings.moves)
        self._mover = EmbeddingUpdater(free, self._gradient, self._settings.moves)
        self._rehearsal = ReplaySet(base, replay, self._settings.floor)

    def tune(
        self,
        start: LoadedModel,
        corrections: Sequence[LabelledText],
        earlier: Sequence[LabelledText] = (),
    ) -> Candidate:
        """Change a copy of `start` until all corrections lead, and all `earlier` that did.

        What does not hold after all sweeps is left so: the gate sees it. Raises ModelError for a
        `start` that does not descend from the base.
        """
        if start.manifest.files[VOCABULARY].sha256 != self._words:
            raise ModelError(
                "The live model has another vocabulary than the one it should descend from. "
                "Roll back to a version made from this base."
            )
        self._gradient.use(start.weights)
        goals = [self._goal(one) for one in corrections] + self._kept(start, earlier)
        new = goals[: len(corrections)]
        before = log_odds_margins(start.predictor, corrections)
        lacking = [
            goal for goal, lead in zip(new, before, strict=True) if lead < ENOUGH * goal.lead
        ]
        spoilt: list[_Goal] = []
        model, table, steps = start, start.weights["embeddings"].copy(), 0
        best, fewest = None, 0
        for _ in range(self._settings.sweeps):
            if not lacking and not spoilt:
                break
            steps += self._sweep(start, table, lacking, spoilt)
            model = start.with_embeddings(table)
            now = log_odds_margins(model.predictor, [goal.text for goal in goals])
            lacking = [goal for goal, lead in zip(goals, now, strict=True) if lead < goal.least]
            moved = _changed(start.weights["embeddings"], table)
            spoilt = self._spoilt(model, moved, goals)
            if not lacking and (best is None or len(spoilt) < fewest):
                best, fewest = model, len(spoilt)
        model = best or model
        moved = _changed(start.weights["embeddings"], model.weights["embeddings"])
        return Candidate(model, int(moved.sum()), steps)

    def _sweep(
        self,
        start: LoadedModel,
        table: NDArray[np.float32],
        lacking: Sequence[_Goal],
        spoilt: Sequence[_Goal],
    ) -> int:
        """Teach `table` each text; give the steps taken."""
        # Training rows are mended with the words that spoilt them, or one repair would call for
        # the next, further and further from the corrections.
        moved = _changed(start.weights["embeddings"], table)
        steps = self._mover.learn(table, [_lesson(goal, start) for goal in spoilt], moved)
        return steps + self._mover.learn(table, [_lesson(goal, start) for goal in lacking])

    def _spoilt(
        self, model: LoadedModel, moved: NDArray[np.bool_], goals: Sequence[_Goal]
    ) -> list[_Goal]:
        """Give the training rows to be mended; a correction of such a text overrules it."""
        words = np.flatnonzero(moved).tolist()
        least = self._rehearsal.spoilt(model, words)
        wanted = set(other_texts(least, [goal.text for goal in goals]))
        more = self._settings.rehearsed_lead
        return [_Goal(one, by + more, by) for one, by in least.items() if one in wanted]

    def _goal(self, one: LabelledText) -> _Goal:
        more = min(one.votes, self._settings.most_votes) - 1
        lead = self._settings.lead * (1 + self._settings.vote * more)
        return _Goal(one, lead, self._settings.least_lead)

    def _kept(self, start: LoadedModel, earlier: Sequence[LabelledText]) -> list[_Goal]:
        """Ask of what held before that it goes on to hold, by no more than it did."""
        return [
            _Goal(
                one,
                min(lead, self._settings.lead),
                min(lead, self._settings.least_lead) - ROUNDING,
            )
            for one, lead in zip(
                earlier, log_odds_margins(start.predictor, earlier).tolist(), strict=True
            )
            if lead > 0
        ]


def _lesson(goal: _Goal, start: LoadedModel) -> MarginTarget:
    """Say the goal in word numbers and logits; leads are odds as they are served."""
    ids = encode(goal.text.text, start.vocabulary)
    return MarginTarget(ids, goal.text.label, goal.lead * start.manifest.temperature)


def _changed(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Say which words' vectors differ: (vocabulary,)."""
    changed: NDArray[np.bool_] = (before != after).any(axis=1)
    return changed
