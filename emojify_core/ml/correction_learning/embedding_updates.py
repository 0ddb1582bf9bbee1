"""Learn texts by the smallest change of their rarest words' vectors.

Only word vectors change, so a text without a changed word keeps its exact answer. The scale of
a word's update falls with the square of the number of training rows that contain it. Common
words, on which other answers rest, therefore stay where they are.

Each step follows this scaled gradient just as far as the margin still lacks. That is Newton's
step for one linear constraint (Kaczmarz, 1937); most texts need two to four. Several texts step
side by side, because the network runs many in little more time than one. A word that k of them
contain takes the mean of their steps (component averaging: Censor, Gordon and Gordon, 2001).
docs/decisions/0007-corrections-move-words.md explains why the other weights stay fixed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.text.encoding import Ids
from emojify_core.ml.text.reading.groups import GROUP
from emojify_core.ml.text.reading.symbols import symbols
from emojify_core.ml.text.vocabulary import FIRST_WORD_ID, Vocabulary

Vectors = NDArray[np.float32]  # (words of a text, dimensions)
Table = NDArray[np.float32]  # (vocabulary, dimensions)
# From texts' vectors and labels to each text's margin (logits) and d margin / d vectors.
Gradient = Callable[[Sequence[Vectors], Sequence[int]], Sequence[tuple[float, Vectors]]]

OVERSHOOT: Final = 0.05  # logits beyond the target, so that rounding does not cost another step
MIN_DIVISOR: Final = 1e-12


@dataclass(frozen=True, slots=True)
class StepSettings:
    """How far words may move; chosen on the validation rows."""

    rarity_offset: float = 2.0  # added to a word's count, so that unseen words do not go too far
    rarity_power: float = 2.0
    symbol_rows: int = 50  # the count of emoji and chat words, which the stories do not have
    min_relative_scale: float = 0.03  # words below this share of the text's largest scale stay
    max_step_norm: float = 1.0  # of one vector at a time; GloVe's norms are 3 to 7
    max_steps: int = 40


def update_scale(
    vocabulary: Vocabulary, counts: Mapping[str, int], settings: StepSettings
) -> NDArray[np.float64]:
    """Return the update scale of each word: (vocabulary,).

    The padding and unknown ids have scale 0 and never move, nor do words for groups of people:
    no correction may teach them an emotion. Symbols count as common words, because a correction
    of one text must not change what an emoji means everywhere.
    """
    symbol_rows = {symbol.token: settings.symbol_rows for symbol in symbols()}
    rows = np.array(
        [counts.get(word, symbol_rows.get(word, 0)) for word in vocabulary.words], dtype=np.float64
    )
    scale = (rows + settings.rarity_offset) ** -settings.rarity_power
    scale[[word == GROUP for word in vocabulary.words]] = 0
    return np.concatenate([np.zeros(FIRST_WORD_ID), scale])


@dataclass(frozen=True, slots=True, eq=False)
class MarginTarget:
    """A text and the margin that its label must reach."""

    ids: Ids  # (words,)
    label: int
    margin: float  # logits


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingUpdater:
    """Changes a table of word vectors until texts reach their margins."""

    scale: NDArray[np.float64]  # (vocabulary,), from `update_scale`
    gradient: Gradient
    settings: StepSettings

    def learn(
        self,
        table: Table,
        targets: Sequence[MarginTarget],
        allowed: NDArray[np.bool_] | None = None,
        check_time: Callable[[], None] = lambda: None,
    ) -> int:
        """Change `table` in place until every target is reached; return the number of steps.

        `allowed` (vocabulary,) limits which words may move. A target that is reached is not
        checked again, although other texts may move its words. After `settings.max_steps` the
        table stays as it is, so the caller must check the margins. `check_time` is called before
        each step and may raise an error.
        """
        scale = self.scale if allowed is None else self.scale * allowed
        remaining = list(targets)
        for steps in range(self.settings.max_steps):
            check_time()
            results = self.gradient(
                [table[one.ids] for one in remaining], [one.label for one in remaining]
            )
            short = [
                (one, margin, slope)
                for one, (margin, slope) in zip(remaining, results, strict=True)
                if margin < one.margin and scale[one.ids].any()
            ]
            if not short:
                return steps
            remaining = [one for one, _, _ in short]
            texts_with_word = np.zeros(len(scale))
            for one in remaining:
                texts_with_word[np.unique(one.ids)] += 1
            for one, margin, slope in short:
                words, step = self._step(one.ids, one.margin - margin, slope, scale)
                table[words] += (step / texts_with_word[words, None]).astype(np.float32)
        return self.settings.max_steps

    def _step(
        self, ids: Ids, missing: float, slope: Vectors, scale: NDArray[np.float64]
    ) -> tuple[Ids, NDArray[np.float64]]:
        """Return a text's distinct words (words,) and their vectors' changes (words, dimensions).

        `missing` is the margin still to gain, in logits; `slope` is d margin / d vectors.
        """
        words, places = np.unique(ids, return_inverse=True)
        scales = scale[words]
        relevant = scales >= self.settings.min_relative_scale * scales.max()
        slope_by_word = np.zeros((len(words), slope.shape[1]))
        np.add.at(slope_by_word, places, slope)  # a repeated word takes the sum of its slopes
        direction = np.where(relevant, scales, 0.0)[:, None] * slope_by_word
        gain = max(float((slope_by_word * direction).sum()), MIN_DIVISOR)  # margin per unit step
        longest = max(float(np.linalg.norm(direction, axis=1).max()), MIN_DIVISOR)
        size = min((missing + OVERSHOOT) / gain, self.settings.max_step_norm / longest)
        return words, size * direction
