"""Texts as rows of word numbers, and rows as batches of like length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.text.vocabulary import PADDING, UNKNOWN, Vocabulary
from emojify_core.tokenizer import tokenize

Ids = NDArray[np.int32]
Rows = NDArray[np.intp]

# Batches are cut from this many shuffled batches sorted by length: little filling to compute,
# and still other company for a row in every pass.
SORTED_TOGETHER = 50


@dataclass(frozen=True, slots=True)
class Examples:
    """Encoded texts and their classes: `ids[i]` (words,) int32, `labels` (rows,) 0 to 6."""

    ids: Sequence[Ids]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class TrainingExamples:
    """Encoded texts and what to say to each: `ids[i]` (words,), `targets` (texts, classes).

    A target's row is how probable the network shall find each class; it sums to 1.
    """

    ids: Sequence[Ids]
    targets: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.ids)


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


def mixed(
    sources: Sequence[Sequence[Ids]], sizes: Sequence[int], steps: int, random: np.random.Generator
) -> Iterator[list[Rows]]:
    """Draw `sizes[i]` rows' numbers of each source for a step, without end: for training.

    Each source is gone through in random order, again and again. The rows of a step are of like
    length: short ones of one source stand with short ones of the others. `steps` is how many
    steps make a pass.
    """
    together = min(SORTED_TOGETHER, steps)
    lengths = [np.array([len(row) for row in rows]) for rows in sources]
    waiting = [np.empty(0, dtype=np.intp) for _ in sources]
    while True:
        parts: list[NDArray[np.intp]] = []  # each (together, size)
        for at, size in enumerate(sizes):
            while len(waiting[at]) < together * size:
                waiting[at] = np.concatenate([waiting[at], random.permutation(len(lengths[at]))])
            drawn, waiting[at] = np.split(waiting[at], [together * size])
            drawn = drawn[np.argsort(lengths[at][drawn], kind="stable")]
            parts.append(drawn.reshape(together, size))
        for step in random.permutation(together):
            yield [part[step] for part in parts]
