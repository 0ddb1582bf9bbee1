"""Texts as sequences of word ids, and ids as padded batches of similar length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.text.reading.reader import Reader
from emojify_core.ml.text.vocabulary import PADDING, UNKNOWN

Ids = NDArray[np.int32]  # word ids
Rows = NDArray[np.intp]  # positions in a list of texts

# Training sorts this many shuffled batches by length at a time. Batches then need little padding,
# and a text still meets other texts in every epoch.
BATCHES_SORTED_TOGETHER = 50


@dataclass(frozen=True, slots=True)
class LabelledIds:
    """Encoded texts and their labels."""

    ids: Sequence[Ids]  # `ids[text]` is (words,)
    labels: NDArray[np.int64]  # (texts,), positions in LABELS

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class TrainingExamples:
    """Encoded texts and their soft targets: the probability to learn for each class.

    Where it is known, also how likely a text holds an emotion at all.
    """

    ids: Sequence[Ids]  # `ids[text]` is (words,)
    targets: NDArray[np.float32]  # (texts, classes), each row sums to 1
    emotional: NDArray[np.float32] | None = None  # (texts,); None: nobody knows
    weights: NDArray[np.float32] | None = None  # (texts,), of the targets; None: all 1

    def __len__(self) -> int:
        return len(self.ids)

    def goals(self, rows: Rows) -> NDArray[np.float32]:
        """Return what the loss needs of some texts: (rows, classes + 3).

        After the targets come their weight, how emotional the text is, and whether that is known.
        """
        one = np.ones(len(rows), dtype=np.float32)
        weights = one if self.weights is None else self.weights[rows]
        known = self.emotional is not None
        emotional = self.emotional[rows] if self.emotional is not None else one
        return np.column_stack([self.targets[rows], weights, emotional, known * one])


def encode(text: str, reader: Reader) -> Ids:
    """Return the ids of the words that the model reads, (words,); one `UNKNOWN` if there are none.

    Predictions read the same, so learning moves no word that they would not read.
    """
    return np.asarray(reader.ids(text) or [UNKNOWN], dtype=np.int32)


def pad(texts: Sequence[Ids]) -> Ids:
    """Stack texts into one array, (texts, longest), with `PADDING` after their ends."""
    padded = np.full((len(texts), max(map(len, texts))), PADDING, dtype=np.int32)
    for row, ids in enumerate(texts):
        padded[row, : len(ids)] = ids
    return padded


def batches_by_length(texts: Sequence[Ids], batch_size: int) -> list[Rows]:
    """Split texts into batches of row positions, shortest texts first, for prediction."""
    order = np.argsort([len(ids) for ids in texts], kind="stable")
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]


def shuffled_batches(
    sources: Sequence[Sequence[Ids]],
    sizes: Sequence[int],
    steps_per_epoch: int,
    random: np.random.Generator,
) -> Iterator[list[Rows]]:
    """Yield training batches without end: `sizes[i]` row positions of each source per step.

    Each source is repeated in a new random order. A step's texts have similar lengths, across
    sources too.
    """
    group = min(BATCHES_SORTED_TOGETHER, steps_per_epoch)
    lengths = [np.array([len(ids) for ids in source]) for source in sources]
    queues = [np.empty(0, dtype=np.intp) for _ in sources]
    while True:
        sorted_batches: list[Rows] = []  # of each source, (group, size)
        for source, size in enumerate(sizes):
            while len(queues[source]) < group * size:
                order = random.permutation(len(lengths[source]))
                queues[source] = np.concatenate([queues[source], order])
            drawn, queues[source] = np.split(queues[source], [group * size])
            drawn = drawn[np.argsort(lengths[source][drawn], kind="stable")]
            sorted_batches.append(drawn.reshape(group, size))
        for step in random.permutation(group):
            yield [batches[step] for batches in sorted_batches]
