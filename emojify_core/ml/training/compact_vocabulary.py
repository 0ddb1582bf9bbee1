"""Train with the vectors of the words that occur: the others get no gradient, yet cost time."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.data.training_data import TrainingData
from emojify_core.ml.text.encoding import Examples, Ids, TrainingExamples
from emojify_core.ml.text.vocabulary import PADDING, UNKNOWN

Words = NDArray[np.int32]


def compact(data: TrainingData) -> tuple[TrainingData, Words]:
    """Give `data` with only the words that occur in it, numbered anew, and their old numbers.

    Padding and the unknown word keep their numbers. `data.vocabulary` stays the whole one.
    """
    texts = (data.learned, data.recombined, data.free, data.validation)
    said = [row for part in texts for row in part.ids]
    used = np.unique(np.concatenate([np.array([PADDING, UNKNOWN], dtype=np.int32), *said]))
    number = np.zeros(len(data.vectors), dtype=np.int32)
    number[used] = np.arange(len(used), dtype=np.int32)

    def renumber(rows: Sequence[Ids]) -> list[Ids]:
        return [number[row] for row in rows]

    small = replace(
        data,
        vectors=data.vectors[used],
        learned=TrainingExamples(renumber(data.learned.ids), data.learned.targets),
        recombined=TrainingExamples(renumber(data.recombined.ids), data.recombined.targets),
        free=TrainingExamples(renumber(data.free.ids), data.free.targets),
        validation=Examples(renumber(data.validation.ids), data.validation.labels),
    )
    return small, used


def expand(
    vectors: NDArray[np.float32], used: Words, start: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Put the `used` words' vectors back among all others, which are as at the start."""
    table = start.copy()
    table[used] = vectors
    return table
