"""Leaving out unused words changes only the training time."""

import numpy as np

from emojify_core.ml.data.training_data import TrainingData
from emojify_core.ml.training.compact_vocabulary import compact, expand


def test_every_text_keeps_its_vectors(tiny_data: TrainingData) -> None:
    """Word ids change; the vectors behind them do not."""
    compacted, used = compact(tiny_data)
    assert used[:2].tolist() == [0, 1]
    assert len(compacted.embeddings) == len(used) <= len(tiny_data.embeddings)
    for before, after in (
        (tiny_data.labelled, compacted.labelled),
        (tiny_data.validation, compacted.validation),
    ):
        for old, new in zip(before.ids, after.ids, strict=True):
            assert (tiny_data.embeddings[old] == compacted.embeddings[new]).all()


def test_untrained_words_keep_their_initial_vectors() -> None:
    """The initial table itself stays unchanged, too."""
    initial = np.zeros((5, 2), np.float32)
    embeddings = expand(np.ones((2, 2), np.float32), np.array([1, 3], np.int32), initial)
    assert embeddings[:, 0].tolist() == [0, 1, 0, 1, 0]
    assert not initial.any()
