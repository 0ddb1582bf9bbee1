"""Texts are learned by moving their rarest words; a linear function stands in for the network."""

from collections.abc import Sequence

import numpy as np
import pytest

from emojify_core.ml.correction_learning.embedding_updates import (
    EmbeddingUpdater,
    Gradient,
    MarginTarget,
    StepSettings,
    Table,
    Vectors,
    update_scale,
)
from emojify_core.ml.text.reading.groups import GROUP
from emojify_core.ml.text.vocabulary import FIRST_WORD_ID, UNKNOWN, Vocabulary

VOCABULARY = Vocabulary(["common", "rare", "other"])
COMMON, RARE, OTHER = range(FIRST_WORD_ID, FIRST_WORD_ID + 3)
COUNTS = {"common": 1_000, "rare": 1, "other": 1}


def linear(slope: float) -> Gradient:
    """Make a network whose margin is `slope` times the sum of all vector entries, less 1."""

    def gradient(texts: Sequence[Vectors], _labels: Sequence[int]) -> list[tuple[float, Vectors]]:
        return [(slope * float(one.sum()) - 1, np.full_like(one, slope)) for one in texts]

    return gradient


def target(*words: int, margin: float = 0.5) -> MarginTarget:
    """Make a target from word ids."""
    return MarginTarget(np.array(words), 0, margin)


def updater(gradient: Gradient) -> EmbeddingUpdater:
    """Make an updater with the default settings."""
    settings = StepSettings()
    return EmbeddingUpdater(update_scale(VOCABULARY, COUNTS, settings), gradient, settings)


def zeros() -> Table:
    """Make a table of vectors of four zeros."""
    return np.zeros((len(VOCABULARY), 4), dtype=np.float32)


def test_only_the_rare_word_moves_and_just_far_enough() -> None:
    """Common words, on which other predictions rest, stay where they are."""
    table = zeros()
    steps = updater(linear(1.0)).learn(table, [target(COMMON, RARE)])
    assert steps == 1
    assert table.sum() == pytest.approx(1.55)  # the target and the overshoot
    assert np.flatnonzero(table.any(axis=1)).tolist() == [RARE]


def test_a_text_of_common_words_alone_moves_them() -> None:
    """Every text with known words can be learned; the gate judges the cost."""
    table = zeros()
    updater(linear(1.0)).learn(table, [target(COMMON)])
    assert table[COMMON].sum() == pytest.approx(1.55)


def test_no_step_is_longer_than_the_limit() -> None:
    """Where the gradient is small, a word takes several bounded steps."""
    table = zeros()
    steps = updater(linear(0.1)).learn(table, [target(RARE)])
    # The sum must grow by 15.5; a step of norm 1 along the diagonal adds 2 of that.
    assert steps == 8
    assert table.sum() == pytest.approx(15.5, rel=1e-3)


def test_learning_stops_after_a_bounded_number_of_steps() -> None:
    """A text that cannot be learned takes a bounded time."""
    table = zeros()
    hopeless = updater(lambda texts, _labels: [(-1.0, np.ones_like(one)) for one in texts])
    assert hopeless.learn(table, [target(RARE)]) == StepSettings().max_steps


def test_only_allowed_words_move() -> None:
    """A repair moves only words that changed already."""
    table = zeros()
    allowed = np.zeros(len(VOCABULARY), dtype=bool)
    allowed[OTHER] = True
    updater(linear(1.0)).learn(table, [target(RARE, OTHER)], allowed)
    assert np.flatnonzero(table.any(axis=1)).tolist() == [OTHER]


def test_the_unknown_word_never_moves() -> None:
    """One text cannot change the prediction of every text with unknown words."""
    table = zeros()
    assert updater(linear(1.0)).learn(table, [target(UNKNOWN)]) == 0
    assert not table.any()


def test_a_repeated_word_counts_all_its_places() -> None:
    """The step is shorter when a word occurs twice, so it does not go too far."""
    table = zeros()
    updater(linear(1.0)).learn(table, [target(RARE, RARE)])
    assert 2 * table[RARE].sum() == pytest.approx(1.55)


def test_texts_that_share_a_word_move_it_by_the_mean() -> None:
    """Ten texts with one rare word move it as far as one of them does."""
    alone, together = zeros(), zeros()
    updater(linear(1.0)).learn(alone, [target(RARE)])
    updater(linear(1.0)).learn(together, [target(RARE)] * 10)
    assert together[RARE].sum() == pytest.approx(alone[RARE].sum())


def test_texts_without_shared_words_are_learned_independently() -> None:
    """Each text goes as far as it needs, and a text that is done moves no more."""
    table = zeros()
    updater(linear(1.0)).learn(table, [target(RARE, margin=0.5), target(OTHER, margin=2.0)])
    assert table[RARE].sum() == pytest.approx(1.55)
    assert table[OTHER].sum() == pytest.approx(3.05)
    assert not table[COMMON].any()


def test_no_targets_take_no_steps() -> None:
    """An empty sweep costs nothing."""
    table = zeros()
    assert updater(linear(1.0)).learn(table, []) == 0
    assert not table.any()


def test_words_for_groups_never_move_and_symbols_hardly() -> None:
    """A correction must neither teach a group an emotion nor an emoji another one."""
    vocabulary = Vocabulary(["common", "unseen", "😊", GROUP])
    common, unseen, smile, group = update_scale(vocabulary, COUNTS, StepSettings())[2:]
    assert group == 0
    assert common < smile < 0.03 * unseen
