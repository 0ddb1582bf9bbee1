"""Lists of texts in slices that one run of the graph reads."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]  # positions in a list of texts

# Words per run of the graph, padding included. Larger slices are slower because their states
# (1 kB per word) exceed the processor's cache.
SLICE_WORDS = 1_024


def slices_by_length(lengths: Sequence[int], words: int = SLICE_WORDS) -> list[Rows]:
    """Split texts of these lengths into slices of row positions, longest texts first.

    A slice has at most `words` words after padding, or is a single longer text.
    """
    order = np.argsort(lengths, kind="stable")[::-1]
    slices: list[Rows] = []
    start = 0
    while start < len(order):
        end = start + max(1, words // lengths[order[start]])
        slices.append(order[start:end])
        start = end
    return slices


def shorten_longest(rows: list[list[int]], words: int) -> list[list[int]]:
    """Return the rows, the longest of them cut to one length so that all have at most `words`."""
    lengths = sorted(map(len, rows))
    if sum(lengths) <= words:
        return rows
    longest, left = 0, words
    for place, length in enumerate(lengths):
        longest = left // (len(lengths) - place)  # if all further rows are cut
        if length > longest:
            break
        left -= length
    return [row[:longest] for row in rows]
