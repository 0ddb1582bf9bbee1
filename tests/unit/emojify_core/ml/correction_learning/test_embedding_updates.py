"""Learning texts by moving their rarest words, on a linear stand-in for the network."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from emojify_core.ml.correction_learning.embedding_updates import (
    EmbeddingUpdater,
    Gradient,
    MarginTarget,
    MoveSettings,
    update_scale,
)
from emojify_core.ml.text.vocabulary import FIRST_WORD_ID, UNKNOWN, Vocabulary

WORDS = Vocabulary(["common", "rare", "other"])
COMMON, RARE, OTHER = range(FIRST_WORD_ID, FIRST_WORD_ID + 3)
COUNTS = {"common": 1_000, "rare": 1, "other": 1}

Vectors = NDArray[np.float32]


def slope(by: float) -> Gradient:
    """Make a network whose margin is `by` times the sum of all numbers of all vectors, less 1."""

    def gradient(texts: Sequence[Vectors], _labels: Sequence[int]) -> list[tuple[float, Vectors]]:
        return [(by * float(one.sum()) - 1, np.full_like(one, by)) for one in texts]

    return gradient


def lesson(*words: int, target: float = 0.5) -> MarginTarget:
    """Make one from word numbers."""
    return MarginTarget(np.array(words), 0, target)


def mover(gradient: Gradient) -> EmbeddingUpdater:
    """Make one with the usual settings."""
    settings = MoveSettings()
    return EmbeddingUpdater(update_scale(WORDS, COUNTS, settings), gradient, settings)


def table() -> Vectors:
    """Start with vectors of four zeros."""
    return np.zeros((len(WORDS), 4), dtype=np.float32)


def test_only_the_rare_word_moves_and_just_far_enough() -> None:
    """Learning leaves alone the words that other texts rest on."""
    vectors = table()
    steps = mover(slope(1.0)).learn(vectors, [lesson(COMMON, RARE)])
    assert steps == 1
    assert vectors.sum() == pytest.approx(1.55)  # the target, a touch beyond
    assert np.flatnonzero(vectors.any(axis=1)).tolist() == [RARE]


def test_a_text_of_common_words_alone_moves_them() -> None:
    """Nothing is out of reach for being common; the gate judges what it costs."""
    vectors = table()
    mover(slope(1.0)).learn(vectors, [lesson(COMMON)])
    assert vectors[COMMON].sum() == pytest.approx(1.55)


def test_no_step_is_longer_than_allowed() -> None:
    """Where the network is flat, words walk; they do not leap."""
    vectors = table()
    steps = mover(slope(0.1)).learn(vectors, [lesson(RARE)])
    # 15.5 in all, along the diagonal 2 units a step: eight steps
    assert steps == 8
    assert vectors.sum() == pytest.approx(15.5, rel=1e-3)


def test_it_gives_up_after_a_bounded_number_of_steps() -> None:
    """A text that cannot be learned costs a bounded time."""
    vectors = table()
    hopeless = mover(lambda texts, _labels: [(-1.0, np.ones_like(one)) for one in texts])
    steps = hopeless.learn(vectors, [lesson(RARE)])
    assert steps == MoveSettings().most_steps


def test_words_that_may_not_move_stay() -> None:
    """A repair keeps to the words it was allowed."""
    vectors = table()
    only = np.zeros(len(WORDS), dtype=bool)
    only[OTHER] = True
    mover(slope(1.0)).learn(vectors, [lesson(RARE, OTHER)], only)
    assert np.flatnonzero(vectors.any(axis=1)).tolist() == [OTHER]


def test_the_unknown_word_never_moves() -> None:
    """One stranger's text cannot change what all unknown words mean."""
    vectors = table()
    assert mover(slope(1.0)).learn(vectors, [lesson(UNKNOWN)]) == 0
    assert not vectors.any()


def test_a_word_said_twice_moves_once_for_both() -> None:
    """Repeating a word does not make the step too long."""
    vectors = table()
    mover(slope(1.0)).learn(vectors, [lesson(RARE, RARE)])
    assert 2 * vectors[RARE].sum() == pytest.approx(1.55)


def test_texts_that_share_a_word_do_not_push_it_twice_as_far() -> None:
    """Learned side by side, ten people with one rare word move it as far as one of them would."""
    alone, together = table(), table()
    mover(slope(1.0)).learn(alone, [lesson(RARE)])
    mover(slope(1.0)).learn(together, [lesson(RARE)] * 10)
    assert together[RARE].sum() == pytest.approx(alone[RARE].sum())


def test_texts_without_a_word_in_common_are_learned_as_if_alone() -> None:
    """Each goes as far as it must, whatever the others need; who is done stays as it is."""
    vectors = table()
    mover(slope(1.0)).learn(vectors, [lesson(RARE, target=0.5), lesson(OTHER, target=2.0)])
    assert vectors[RARE].sum() == pytest.approx(1.55)
    assert vectors[OTHER].sum() == pytest.approx(3.05)
    assert not vectors[COMMON].any()


def test_nothing_to_learn_is_no_step() -> None:
    """An empty sweep costs nothing."""
    vectors = table()
    assert mover(slope(1.0)).learn(vectors, []) == 0
    assert not vectors.any()
