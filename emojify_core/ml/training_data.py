"""From a labelled data set to what the network learns from and what judges each epoch."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml import psychexp
from emojify_core.ml.batches import Examples, encode_examples
from emojify_core.ml.psychexp import load_psychexp
from emojify_core.ml.splits import Rows, make_splits
from emojify_core.ml.vectors import (
    VOCABULARY_SIZE,
    WordVectors,
    build_vocabulary,
    embedding_table,
    load_glove,
)
from emojify_core.ml.vocabulary import Vocabulary
from emojify_core.tokenizer import tokenize


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Texts and their classes, 0 to 6."""

    texts: Sequence[str]
    labels: NDArray[np.int64]

    def take(self, rows: Rows) -> "Labelled":
        """Pick rows by their positions."""
        return Labelled([self.texts[row] for row in rows], self.labels[rows])


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """Everything `training.train` learns from, and the sums that say what it was."""

    vocabulary: Vocabulary
    vectors: NDArray[np.float32]  # (words, dimensions)
    learned: Examples
    validation: Examples
    origin: Mapping[str, Any]  # for the manifest


def prepare_psychexp(path: Path) -> TrainingData:
    """Read PsychExp and GloVe; only the rows of `Splits.train` are learned from.

    Raises DataError if either is missing or altered.
    """
    data = load_psychexp(path)
    splits = make_splits(data.texts, data.labels)
    parts = ("train", "validation", "gate", "test")
    origin = {
        "name": "PsychExp",
        "sha256": psychexp.SHA256,
        "splits": {part: describe_rows(getattr(splits, part)) for part in parts},
    }
    rows = Labelled(data.texts, data.labels)
    return prepare(rows.take(splits.train), rows.take(splits.validation), load_glove(), origin)


def prepare(
    learned: Labelled,
    validation: Labelled,
    glove: WordVectors,
    origin: Mapping[str, Any],
    words: int = VOCABULARY_SIZE,
) -> TrainingData:
    """Encode both parts; the vocabulary is what `learned` says and the commonest other `words`."""
    vocabulary = build_vocabulary(map(tokenize, learned.texts), glove.words, words)
    return TrainingData(
        vocabulary,
        embedding_table(vocabulary, glove),
        encode_examples(learned.texts, learned.labels, vocabulary),
        encode_examples(validation.texts, validation.labels, vocabulary),
        origin,
    )


def describe_rows(rows: Rows) -> dict[str, int | str]:
    """Sum up a split: how many rows, and the sha256 of their positions."""
    positions = ",".join(str(row) for row in rows)
    return {"rows": len(rows), "sha256": hashlib.sha256(positions.encode()).hexdigest()}
