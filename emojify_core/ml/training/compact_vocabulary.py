"""Train only the embeddings of words that occur: other rows get no gradient but cost time."""

from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.data.training_data import Comments, TrainingData
from emojify_core.ml.text.encoding import LabelledIds, TrainingExamples
from emojify_core.ml.text.vocabulary import PADDING, UNKNOWN

Examples = TypeVar("Examples", TrainingExamples, LabelledIds)


def compact(data: TrainingData) -> tuple[TrainingData, NDArray[np.int32]]:
    """Renumber the words that occur in `data`; return it and the words' old ids, (used words,).

    Padding and the unknown word keep their ids. `data.vocabulary` stays complete.
    """
    judged = (data.validation, data.comments.emotional) if data.comments else (data.validation,)
    parts = (data.labelled, data.augmented, data.free, data.goemotions, data.made, *judged)
    texts = [ids for part in parts for ids in part.ids]
    texts += data.comments.neutral if data.comments else ()
    used = np.unique(np.concatenate([np.array([PADDING, UNKNOWN], dtype=np.int32), *texts]))
    new_id = np.zeros(len(data.embeddings), dtype=np.int32)  # (vocabulary,), by old id
    new_id[used] = np.arange(len(used), dtype=np.int32)

    def renumber(examples: Examples) -> Examples:
        return replace(examples, ids=[new_id[ids] for ids in examples.ids])

    compacted = replace(
        data,
        embeddings=data.embeddings[used],
        labelled=renumber(data.labelled),
        augmented=renumber(data.augmented),
        free=renumber(data.free),
        goemotions=renumber(data.goemotions),
        made=renumber(data.made),
        comments=data.comments
        and Comments(
            renumber(data.comments.emotional), [new_id[ids] for ids in data.comments.neutral]
        ),
        validation=renumber(data.validation),
    )
    return compacted, used


def expand(
    trained: NDArray[np.float32], used: NDArray[np.int32], initial: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return `initial` (vocabulary, dimensions) with the `used` rows replaced.

    `trained` is (used words, dimensions).
    """
    embeddings = initial.copy()
    embeddings[used] = trained
    return embeddings
