"""The replay set finds the training rows that an update degraded."""

import numpy as np
import pytest

from emojify_core.ml.correction_learning.replay import ReplaySet
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel
from emojify_core.ml.text.encoding import encode


@pytest.fixture(scope="module")
def rows(base: LoadedModel, starter: LabelledTexts) -> LabelledTexts:
    """Label some sentences as the base predicts them, so that every row is right."""
    texts = starter.texts[:40]
    return LabelledTexts(texts, base.predictor.predict(texts).probabilities.argmax(axis=1))


@pytest.fixture(scope="module")
def words(base: LoadedModel, rows: LabelledTexts) -> list[int]:
    """Return the word ids of the first row."""
    return np.unique(encode(rows.texts[0], base.predictor.reader)).tolist()


@pytest.fixture(scope="module")
def changed(base: LoadedModel, words: list[int]) -> LoadedModel:
    """Reverse the vectors of the first row's words."""
    table = base.weights["embeddings"].copy()
    table[words] *= -1
    return base.with_embeddings(table)


def test_the_base_degrades_no_row(base: LoadedModel, rows: LabelledTexts) -> None:
    """Each row keeps its own margin in the base, however large the floor."""
    every_word = range(len(base.vocabulary))
    assert not ReplaySet(base, rows, floor=100.0).degraded(base, every_word)


def test_rows_with_changed_words_are_degraded_below_their_margin(
    base: LoadedModel, changed: LoadedModel, rows: LabelledTexts, words: list[int]
) -> None:
    """A degraded row comes with the margin it needs: its old one, but at most the floor."""
    degraded = ReplaySet(base, rows, floor=0.3).degraded(changed, words)
    assert degraded
    for row, min_margin in degraded.items():
        assert set(words).intersection(encode(row.text, base.predictor.reader).tolist())
        assert 0 < min_margin <= 0.3


def test_rows_without_changed_words_are_not_checked(
    base: LoadedModel, changed: LoadedModel, rows: LabelledTexts
) -> None:
    """Their predictions cannot have changed."""
    assert not ReplaySet(base, rows, floor=0.3).degraded(changed, [])


def test_rows_that_the_base_gets_wrong_are_left_out(
    base: LoadedModel, changed: LoadedModel, rows: LabelledTexts, words: list[int]
) -> None:
    """The replay set protects right predictions only."""
    wrong = LabelledTexts(rows.texts, (rows.labels + 1) % 7)
    assert not ReplaySet(base, wrong, floor=0.3).degraded(changed, words)
