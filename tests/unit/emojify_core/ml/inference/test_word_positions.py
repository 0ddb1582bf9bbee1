"""Which words of a text come from which part of it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.ml.inference.word_positions import word_positions

IDS = st.integers(1, 4)


@pytest.mark.parametrize(
    ("parts", "whole", "positions"),
    [
        ([[5], [6, 7]], [5, 6, 7], [[0], [1, 2]]),
        ([[5], [6, 7], [8]], [5, 8], [[0], [], [1]]),
        ([[5], [6], [7], [8]], [5, 9, 8], [[0], [1], [1], [2]]),
        ([[5, 6], [7]], [7], [[], [0]]),
        ([[5], [5], [5]], [5], [[0], [], []]),
        ([[5], [6]], [5, 9, 6], [[0], [2]]),
        ([[], []], [5], [[], []]),
    ],
    ids=["same", "dropped", "read together", "first dropped", "repeated", "of no part", "none"],
)
def test_each_part_has_the_positions_of_its_words(
    parts: list[list[int]], whole: list[int], positions: list[list[int]]
) -> None:
    """Most parts give the same words alone; the others are aligned."""
    assert word_positions(parts, whole) == positions


@given(st.lists(st.lists(IDS, max_size=3), max_size=8), st.lists(IDS, max_size=16))
def test_positions_are_in_order(parts: list[list[int]], whole: list[int]) -> None:
    """Parts may share positions, but none starts or ends before the part in front of it."""
    found = word_positions(parts, whole)
    assert len(found) == len(parts)
    assert all(positions == sorted(set(positions)) for positions in found)
    spans = [(positions[0], positions[-1]) for positions in found if positions]
    for one, other in pairwise(spans):
        assert 0 <= one[0] <= other[0]
        assert one[1] <= other[1] < len(whole)


def test_texts_that_differ_in_too_many_words_are_not_aligned() -> None:
    """Comparing takes quadratic time."""
    assert word_positions([[2] for _ in range(200)], [3] * 200) == []
    assert word_positions([[2] for _ in range(2_000)], [2]) != []
