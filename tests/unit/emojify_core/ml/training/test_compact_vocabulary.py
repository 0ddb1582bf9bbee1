"""Training with the words that occur alone changes nothing but the time."""

import numpy as np

from emojify_core.ml.data.training_data import TrainingData
from emojify_core.ml.training.compact_vocabulary import compact, expand


def test_every_text_keeps_its_vectors(tiny_data: TrainingData) -> None:
    """Numbers change, what they stand for does not."""
    small, used = compact(tiny_data)
    assert used[:2].tolist() == [0, 1]
    assert len(small.vectors) == len(used) <= len(tiny_data.vectors)
    for before, after in (
        (tiny_data.learned, small.learned),
        (tiny_data.validation, small.validation),
    ):
        for old, new in zip(before.ids, after.ids, strict=True):
            assert (tiny_data.vectors[old] == small.vectors[new]).all()


def test_what_was_not_trained_is_as_it_was() -> None:
    """And the table that was given stays untouched."""
    start = np.zeros((5, 2), np.float32)
    table = expand(np.ones((2, 2), np.float32), np.array([1, 3], np.int32), start)
    assert table[:, 0].tolist() == [0, 1, 0, 1, 0]
    assert not start.any()
