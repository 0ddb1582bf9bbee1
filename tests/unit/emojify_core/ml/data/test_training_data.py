"""Labelled texts as encoded training data."""

import numpy as np

from emojify_core.ml.data.training_data import LabelledTexts, prepare_labelled
from emojify_core.ml.text.embeddings import WordVectors

GLOVE = WordVectors(("glad", "i", "am", "rare"), np.eye(4, 50, dtype=np.float32))


def test_encoded_rows_keep_their_order_and_labels() -> None:
    """Training and validation texts stay beside their own labels."""
    train = LabelledTexts(["glad", "i am"], np.array([0, 6]))
    validation = LabelledTexts(["am i", "glad glad", "zyx"], np.array([1, 2, 3]))
    data = prepare_labelled(train, validation, GLOVE, {}, vocabulary_size=3)
    assert data.vocabulary.words == ("glad", "i", "am")
    assert [ids.tolist() for ids in data.labelled.ids] == [[2], [3, 4]]
    assert data.labelled.targets.argmax(axis=1).tolist() == [0, 6]
    assert [ids.tolist() for ids in data.validation.ids] == [[4, 3], [2, 2], [1]]
    assert data.validation.labels.tolist() == [1, 2, 3]
    assert (len(data.labelled), len(data.validation), len(data.augmented)) == (2, 3, 0)
