"""Learn a text by moving the vectors of its rarest words, as little as will do.

Only word vectors move, so a text without any of the moved words gets the very answer it had. How
far a word may move falls with the square of the number of training rows that hold it: the common
words, on which other answers rest, stay where they are, and the change goes where few other texts
feel it. Along that scaled gradient each step goes just as far as the margin still lacks (Newton's
step for one linear constraint, as in Kaczmarz's method), which also makes the way short: two to
four steps for most texts. Why not all weights: docs/decisions/0007-corrections-move-words.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.batches import Ids
from emojify_core.ml.vocabulary import SPECIALS, Vocabulary

Table = NDArray[np.float32]  # (vocabulary, dimensions)
# Vectors (words, dimensions) and a label to its margin (logits) and d margin / d vectors.
Gradient = Callable[[NDArray[np.float32], int], tuple[float, NDArray[np.float32]]]

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


def mobility(
    vocabulary: Vocabulary, counts: Mapping[str, int], settings: MoveSettings
) -> NDArray[np.float64]:
    """How freely each word may move: (vocabulary,); filling and the unknown word never do."""
    rows = np.array([counts.get(word, 0) for word in vocabulary.words], dtype=np.float64)
    free = (rows + settings.rarity_offset) ** -settings.rarity_power
    return np.concatenate([np.zeros(SPECIALS), free])


@dataclass(frozen=True, slots=True, eq=False)
class WordMover:
    """Teaches a table of word vectors one text at a time."""

    free: NDArray[np.float64]  # (vocabulary,), see `mobility`
    gradient: Gradient
    settings: MoveSettings

    def learn(
        self,
        table: Table,
        ids: Ids,
        label: int,
        target: float,
        only: NDArray[np.bool_] | None = None,
    ) -> int:
        """Change `table` in place until `label` leads by `target` logits; give the steps taken.

        `only` (vocabulary,) names the words that may move, if not all. At `settings.most_steps`
        it stops where it is; the caller sees what holds.
        """
        words, places = np.unique(ids, return_inverse=True)
        scale = self.free[words] if only is None else self.free[words] * only[words]
        scale = np.where(scale >= self.settings.least_share * scale.max(), scale, 0.0)[:, None]
        for taken in range(self.settings.most_steps):
            margin, by_place = self.gradient(table[ids], label)
            if margin >= target or not scale.any():
                return taken
            by_word = np.zeros((len(words), table.shape[1]))
            np.add.at(by_word, places, by_place)  # a word said twice moves once, for both
            step = scale * by_word
            gain = max(float((by_word * step).sum()), SMALLEST_GAIN)  # margin a unit of it brings
            longest = max(float(np.linalg.norm(step, axis=1).max()), SMALLEST_GAIN)
            size = min((target + OVERSHOOT - margin) / gain, self.settings.longest_step / longest)
            table[words] += (size * step).astype(np.float32)
        return self.settings.most_steps
