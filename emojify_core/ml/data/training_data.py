"""The encoded texts that train the network and judge it, and those of a small labelled set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emojify_core.labels import LABELS
from emojify_core.ml.data.splits import Rows
from emojify_core.ml.text.embeddings import (
    VOCABULARY_SIZE,
    WordVectors,
    build_vocabulary,
    embedding_table,
)
from emojify_core.ml.text.encoding import Ids, LabelledIds, TrainingExamples, encode
from emojify_core.ml.text.reading.reader import Reader
from emojify_core.ml.text.vocabulary import Vocabulary
from emojify_core.tokenizer import tokenize


@dataclass(frozen=True, slots=True, eq=False)
class LabelledTexts:
    """Texts and their labels."""

    texts: Sequence[str]
    labels: NDArray[np.int64]  # (texts,), positions in LABELS

    def take(self, rows: Rows) -> "LabelledTexts":
        """Return the texts at the given positions."""
        return LabelledTexts([self.texts[row] for row in rows], self.labels[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Comments:
    """Held-out comments that calibrate the gate of emotion: GoEmotions' `dev` split."""

    emotional: LabelledIds  # of exactly one of the seven
    neutral: Sequence[Ids]


NO_EXAMPLES = TrainingExamples([], np.zeros((0, len(LABELS)), dtype=np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """Everything `training.train` learns from, and a description of its sources."""

    vocabulary: Vocabulary
    embeddings: NDArray[np.float32]  # (vocabulary, dimensions), initial values
    labelled: TrainingExamples
    validation: LabelledIds
    origin: Mapping[str, Any]  # for the manifest
    reading: int = 1  # the way in which the texts were read
    augmented: TrainingExamples = NO_EXAMPLES  # with the teacher's targets
    free: TrainingExamples = NO_EXAMPLES  # GoEmotions' comments, likewise
    goemotions: TrainingExamples = NO_EXAMPLES  # the same comments with people's labels
    made: TrainingExamples = NO_EXAMPLES  # texts made for training
    comments: Comments | None = None

    @property
    def gated(self) -> bool:
        """Whether the texts teach a gate of emotion, which needs comments to calibrate it."""
        return self.comments is not None


def prepare_labelled(
    train: LabelledTexts,
    validation: LabelledTexts,
    glove: WordVectors,
    origin: Mapping[str, Any],
    vocabulary_size: int = VOCABULARY_SIZE,
) -> TrainingData:
    """Encode both parts, without a teacher and without a gate.

    The vocabulary is GloVe's `vocabulary_size` most frequent words and the words of `train`.
    """
    tokens = map(tokenize, train.texts)
    vocabulary = build_vocabulary(tokens, glove.words, vocabulary_size)
    reader = Reader(vocabulary, 1)
    one_hot = np.eye(len(LABELS), dtype=np.float32)[train.labels]
    return TrainingData(
        vocabulary,
        embedding_table(vocabulary, glove),
        TrainingExamples([encode(text, reader) for text in train.texts], one_hot),
        LabelledIds([encode(text, reader) for text in validation.texts], validation.labels),
        origin,
    )
