"""Lists of texts in slices that one run of the graph reads."""

import numpy as np

from emojify_core.ml.inference.slices import shorten_longest, slices_by_length


def test_only_the_longest_rows_are_shortened() -> None:
    """Short texts beside a very long one are read whole."""
    rows = [[7] * 10, [8], [9] * 30, [6] * 5]
    assert shorten_longest(rows, 46) == rows
    assert [len(row) for row in shorten_longest(rows, 30)] == [10, 1, 14, 5]
    assert [len(row) for row in shorten_longest(rows, 20)] == [7, 1, 7, 5]
    assert [len(row) for row in shorten_longest([[1] * 9] * 3, 10)] == [3, 3, 3]


def test_slices_contain_every_text_once_and_stay_small() -> None:
    """Memory is bounded for any number and length of texts."""
    lengths = np.random.default_rng(0).integers(1, 700, 500).tolist()
    cut = slices_by_length(lengths, words=1_024)
    assert sorted(np.concatenate(cut).tolist()) == list(range(500))
    assert all(len(rows) * max(lengths[row] for row in rows) <= 1_024 for rows in cut)


def test_a_text_longer_than_a_slice_is_a_slice_alone() -> None:
    """Long texts are predicted too."""
    assert [rows.tolist() for rows in slices_by_length([5, 3_000, 5], words=1_000)] == [[1], [2, 0]]
