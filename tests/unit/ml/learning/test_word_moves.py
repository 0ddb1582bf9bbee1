"""Learning one text by moving its rarest words, on a linear stand-in for the network."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from emojify_core.ml.vocabulary import SPECIALS, UNKNOWN, Vocabulary
from emojify_core.ml.word_moves import MoveSettings, WordMover, mobility

WORDS = Vocabulary(["common", "rare", "other"])
COMMON, RARE, OTHER = range(SPECIALS, SPECIALS + 3)
COUNTS = {"common": 1_000, "rare": 1, "other": 1}

Vectors = NDArray[np.float32]


def slope(by: float) -> Callable[[Vectors, int], tuple[float, Vectors]]:
    """Make a network whose margin is `by` times the sum of all numbers of all vectors, less 1."""
    return lambda vectors, _label: (by * float(vectors.sum()) - 1, np.full_like(vectors, by))


def mover(gradient: Callable[[Vectors, int], tuple[float, Vectors]]) -> WordMover:
    """Make one with the usual settings."""
    settings = MoveSettings()
    return WordMover(mobility(WORDS, COUNTS, settings), gradient, settings)


def table() -> Vectors:
    """Start with vectors of four zeros."""
    return np.zeros((len(WORDS), 4), dtype=np.float32)


def test_only_the_rare_word_moves_and_just_far_enough() -> None:
    """Learning leaves alone the words that other texts rest on."""
    vectors = table()
    steps = mover(slope(1.0)).learn(vectors, np.array([COMMON, RARE]), 0, 0.5)
    assert steps == 1
    assert vectors.sum() == pytest.approx(1.55)  # the target, a touch beyond
    assert np.flatnonzero(vectors.any(axis=1)).tolist() == [RARE]


def test_a_text_of_common_words_alone_moves_them() -> None:
    """Nothing is out of reach for being common; the gate judges what it costs."""
    vectors = table()
    mover(slope(1.0)).learn(vectors, np.array([COMMON]), 0, 0.5)
    assert vectors[COMMON].sum() == pytest.approx(1.55)


def test_no_step_is_longer_than_allowed() -> None:
    """Where the network is flat, words walk; they do not leap."""
    vectors = table()
    steps = mover(slope(0.1)).learn(vectors, np.array([RARE]), 0, 0.5)
    # 15.5 in all, along the diagonal 2 units a step: eight steps
    assert steps == 8
    assert vectors.sum() == pytest.approx(15.5, rel=1e-3)


def test_it_gives_up_after_a_bounded_number_of_steps() -> None:
    """A text that cannot be learned costs a bounded time."""
    vectors = table()
    steps = mover(lambda rows, _label: (-1.0, np.ones_like(rows))).learn(
        vectors, np.array([RARE]), 0, 0.5
    )
    assert steps == MoveSettings().most_steps


def test_words_that_may_not_move_stay() -> None:
    """A repair keeps to the words it was allowed."""
    vectors = table()
    only = np.zeros(len(WORDS), dtype=bool)
    only[OTHER] = True
    mover(slope(1.0)).learn(vectors, np.array([RARE, OTHER]), 0, 0.5, only)
    assert np.flatnonzero(vectors.any(axis=1)).tolist() == [OTHER]


def test_the_unknown_word_never_moves() -> None:
    """One stranger's text cannot change what all unknown words mean."""
    vectors = table()
    assert mover(slope(1.0)).learn(vectors, np.array([UNKNOWN]), 0, 0.5) == 0
    assert not vectors.any()


def test_a_word_said_twice_moves_once_for_both() -> None:
    """Repeating a word does not make the step too long."""
    vectors = table()
    mover(slope(1.0)).learn(vectors, np.array([RARE, RARE]), 0, 0.5)
    assert 2 * vectors[RARE].sum() == pytest.approx(1.55)
