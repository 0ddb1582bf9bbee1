"""Texts as rows of word numbers, and rows as batches of like length."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.vocabulary import PADDING, UNKNOWN, Vocabulary
from emojify_core.tokenizer import tokenize

Ids = NDArray[np.int32]
Rows = NDArray[np.intp]

# Batches are cut from this many shuffled batches sorted by length: little filling to compute,
# and still other company for a row in every epoch.
SORTED_TOGETHER = 50


@dataclass(frozen=True, slots=True)
class Examples:
    """Encoded texts and their classes: `ids[i]` (words,) int32, `labels` (rows,) 0 to 6."""

    ids: Sequence[Ids]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


def encode(text: str, vocabulary: Vocabulary) -> Ids:
    """Give a text's word numbers, whatever its length; one unknown word if it has none."""
    return np.asarray(vocabulary.ids(tokenize(text)) or [UNKNOWN], dtype=np.int32)


def encode_examples(
    texts: Sequence[str], labels: Sequence[int] | NDArray[np.integer], vocabulary: Vocabulary
) -> Examples:
    """Encode labelled texts."""
    ids = [encode(text, vocabulary) for text in texts]
    return Examples(ids, np.asarray(labels, dtype=np.int64))


def pad(rows: Sequence[Ids]) -> Ids:
    """Put rows into one array (rows, longest), filled up with `PADDING`."""
    batch = np.full((len(rows), max(map(len, rows))), PADDING, dtype=np.int32)
    for place, row in enumerate(rows):
        batch[place, : len(row)] = row
    return batch


def by_length(rows: Sequence[Ids], batch_size: int) -> list[Rows]:
    """Split the rows' numbers into batches, shortest first: for prediction."""
    order = np.argsort([len(row) for row in rows], kind="stable")
    return [order[at : at + batch_size] for at in range(0, len(order), batch_size)]


def shuffled(rows: Sequence[Ids], batch_size: int, random: np.random.Generator) -> list[Rows]:
    """Split the rows' numbers into batches of like length, in random order: for training."""
    lengths = np.array([len(row) for row in rows])
    order = random.permutation(len(rows))
    batches: list[Rows] = []
    for at in range(0, len(order), batch_size * SORTED_TOGETHER):
        part = order[at : at + batch_size * SORTED_TOGETHER]
        part = part[np.argsort(lengths[part], kind="stable")]
        batches += [part[cut : cut + batch_size] for cut in range(0, len(part), batch_size)]
    return [batches[place] for place in random.permutation(len(batches))]
