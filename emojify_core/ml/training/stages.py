"""The stages of a training: which texts take part, how many in each step, and for how long."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.data.training_data import TrainingData
from emojify_core.ml.model.config import TrainingConfig
from emojify_core.ml.text.encoding import Ids, TrainingExamples, pad, shuffled_batches


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A part of a training with its own texts and its own learning rate."""

    epochs: int  # passes over the labelled rows
    learning_rate: float  # the peak
    sources: Sequence[TrainingExamples]  # none is empty
    sizes: Sequence[int]  # of each source, texts per step

    def batches(
        self, steps_per_epoch: int, random: np.random.Generator
    ) -> Iterator[tuple[Ids, NDArray[np.float32]]]:
        """Yield each step's ids (texts, longest) and goals (texts, classes + 3), without end."""
        ids = [source.ids for source in self.sources]
        for rows_of_sources in shuffled_batches(ids, self.sizes, steps_per_epoch, random):
            parts = list(zip(self.sources, rows_of_sources, strict=True))
            texts = [source.ids[row] for source, rows in parts for row in rows]
            yield pad(texts), np.concatenate([source.goals(rows) for source, rows in parts])


def stages(config: TrainingConfig, data: TrainingData) -> tuple[Stage, ...]:
    """Return the stages that the data allow: one without texts that teach the gate, else two."""
    first = _stage(
        config.epochs,
        config.learning_rate,
        (data.labelled, config.batch_size),
        (data.augmented, config.recombined_rows),
        (data.free, config.free_rows),
    )
    if not data.gated:
        return (first,)
    second = _stage(
        config.second_epochs,
        config.second_learning_rate,
        (data.labelled, config.batch_size),
        (data.augmented, config.second_recombined_rows),
        (data.goemotions, config.comment_rows),
        (data.made, config.made_rows),
    )
    return first, second


def _stage(epochs: int, learning_rate: float, *parts: tuple[TrainingExamples, int]) -> Stage:
    """Leave out what is empty, as GoEmotions is where nobody downloaded it."""
    filled = [(source, size) for source, size in parts if len(source)]
    return Stage(
        epochs, learning_rate, [source for source, _ in filled], [size for _, size in filled]
    )
