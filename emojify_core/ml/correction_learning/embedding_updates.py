"""Learn texts by moving the vectors of their rarest words, as little as will do.

Only word vectors move, so a text without any of the moved words gets the very answer it had. How
far a word may move falls with the square of the number of training rows that hold it: the common
words, on which other answers rest, stay where they are, and the change goes where few other texts
feel it. Along that scaled gradient each step goes just as far as the margin still lacks (Newton's
step for one linear constraint, as in Kaczmarz's method), which also makes the way short: two to
four steps for most texts. Several texts step side by side, since the network answers many at
once in little more time than one; a word that k of them hold moves by the mean of their steps
(component averaging: Censor, Gordon and Gordon, 2001). Why not all weights:
docs/decisions/0007-corrections-move-words.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.text.encoding import Ids
from emojify_core.ml.text.vocabulary import FIRST_WORD_ID, Vocabulary

Vectors = NDArray[np.float32]  # (words, dimensions)
Table = NDArray[np.float32]  # (vocabulary, dimensions)
# For each text its vectors and its label; back come its margin (logits) and d margin / d vectors.
Gradient = Callable[[Sequence[Vectors], Sequence[int]], Sequence[tuple[float, Vectors]]]

OVERSHOOT = 0.05  # logits beyond the target, so that the last step need not be repeated
SMALLEST_GAIN = 1e-12


@dataclass(frozen=True, slots=True)
class MoveSettings:
    """How words move; chosen on the validation rows."""

    rarity_offset: float = 2.0  # added to a word's count, so that unseen words do not fly off
    rarity_power: float = 2.0
    least_share: float = 0.03  # a word that could move less than this share of the freest, stays
    longest_step: float = 1.0  # of one vector at a time; GloVe's are 3 to 7 long
    most_steps: int = 40


def update_scale(
    vocabulary: Vocabulary, counts: Mapping[str, int], settings: MoveSettings
) -> NDArray[np.float64]:
    """How freely each word may move: (vocabulary,); filling and the unknown word never do."""
    rows = np.array([counts.get(word, 0) for word in vocabulary.words], dtype=np.float64)
    free = (rows + settings.rarity_offset) ** -settings.rarity_power
    return np.concatenate([np.zeros(FIRST_WORD_ID), free])


@dataclass(frozen=True, slots=True, eq=False)
class MarginTarget:
    """A text's word numbers and the lead, in logits, that its label shall reach."""

    ids: Ids
    label: int
    target: float


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingUpdater:
    """Teaches a table of word vectors some texts."""

    free: NDArray[np.float64]  # (vocabulary,), see `mobility`
    gradient: Gradient
    settings: MoveSettings

    def learn(
        self, table: Table, lessons: Sequence[MarginTarget], only: NDArray[np.bool_] | None = None
    ) -> int:
        """Change `table` in place until each lesson has reached its target; give the steps taken.

        `only` (vocabulary,) names the words that may move, if not all. A lesson that has reached
        its target is not looked at again, though others may move its words; at
        `settings.most_steps` it stops where it is. The caller sees what holds.
        """
        free = self.free if only is None else self.free * only
        open_ones = list(lessons)
        for taken in range(self.settings.most_steps):
            found = self.gradient(
                [table[one.ids] for one in open_ones], [one.label for one in open_ones]
            )
            lacking = [
                (one, margin, slope)
                for one, (margin, slope) in zip(open_ones, found, strict=True)
                if margin < one.target and free[one.ids].any()
            ]
            if not lacking:
                return taken
            open_ones = [one for one, _, _ in lacking]
            held_by = np.zeros(len(free))  # how many of them hold a word
            for one in open_ones:
                held_by[np.unique(one.ids)] += 1
            for one, margin, slope in lacking:
                words, step = self._step(one, one.target - margin, slope, free)
                table[words] += (step / held_by[words, None]).astype(np.float32)
        return self.settings.most_steps

    def _step(
        self, lesson: MarginTarget, lacks: float, slope: Vectors, free: NDArray[np.float64]
    ) -> tuple[Ids, NDArray[np.float64]]:
        """Give the words of a lesson and what to add to their vectors: (words, dimensions)."""
        words, places = np.unique(lesson.ids, return_inverse=True)
        scale = free[words]
        scale = np.where(scale >= self.settings.least_share * scale.max(), scale, 0.0)[:, None]
        by_word = np.zeros((len(words), slope.shape[1]))
        np.add.at(by_word, places, slope)  # a word said twice moves once, for both
        step = scale * by_word
        gain = max(float((by_word * step).sum()), SMALLEST_GAIN)  # margin a unit of it brings
        longest = max(float(np.linalg.norm(step, axis=1).max()), SMALLEST_GAIN)
        size = min((lacks + OVERSHOOT) / gain, self.settings.longest_step / longest)
        return words, size * step
