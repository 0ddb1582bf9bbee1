"""From a labelled data set to the encoded texts that train the network and judge each epoch."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emojify_core.errors import DataError
from emojify_core.labels import LABELS
from emojify_core.ml.data import psychexp
from emojify_core.ml.data.augmentation import augment
from emojify_core.ml.data.distillation import (
    load_teacher_logits,
    load_word_features,
    soft_targets,
    tokens_sha256,
)
from emojify_core.ml.data.goemotions import match_logits, read_texts
from emojify_core.ml.data.splits import Rows, make_splits
from emojify_core.ml.model.calibration import softmax
from emojify_core.ml.model.config import TrainingConfig
from emojify_core.ml.text.embeddings import (
    VOCABULARY_SIZE,
    WordVectors,
    build_vocabulary,
    embedding_table,
    load_glove,
)
from emojify_core.ml.text.encoding import LabelledIds, TrainingExamples, encode
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


TRUST = TrainingConfig().trust
NO_EXAMPLES = TrainingExamples([], np.zeros((0, len(LABELS)), dtype=np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """Everything `training.train` learns from, and a description of its sources."""

    vocabulary: Vocabulary
    embeddings: NDArray[np.float32]  # (vocabulary, dimensions), initial values
    labelled: TrainingExamples
    validation: LabelledIds
    origin: Mapping[str, Any]  # for the manifest
    augmented: TrainingExamples = NO_EXAMPLES  # with the teacher's targets
    goemotions: TrainingExamples = NO_EXAMPLES  # likewise


def prepare_psychexp(
    path: Path, goemotions: Path | None = None, trust: float = TRUST
) -> TrainingData:
    """Prepare PsychExp's `train` rows with GloVe and the teacher's logits.

    `goemotions` is a folder of texts to add, and may be empty. `trust` is the teacher's weight on
    labelled rows. Raises DataError when another source is missing or altered.
    """
    data_set = psychexp.load_psychexp(path)
    splits = make_splits(data_set.texts, data_set.labels)
    rows = LabelledTexts(data_set.texts, data_set.labels)
    train = rows.take(splits.train)
    plain = prepare_labelled(train, rows.take(splits.validation), load_glove(), {})
    vocabulary = plain.vocabulary

    teacher = load_teacher_logits()
    augmented = [tokens for _, tokens in augment([tokenize(text) for text in train.texts])]
    if tokens_sha256(augmented) != teacher.augmented_sha256:
        raise DataError(
            "The augmented texts differ from those the teacher has logits for: the split or the "
            "tokenizer has changed. Make the logits again with research/publish.py."
        )
    texts, logits = match_logits(read_texts(goemotions) if goemotions else [], teacher)
    parts = ("train", "validation", "gate", "test")
    return replace(
        plain,
        embeddings=np.concatenate([plain.embeddings, load_word_features(vocabulary)], axis=1),
        labelled=TrainingExamples(
            plain.labelled.ids, soft_targets(train.labels, teacher.rows, trust)
        ),
        augmented=TrainingExamples(
            [np.asarray(vocabulary.ids(tokens), dtype=np.int32) for tokens in augmented],
            softmax(teacher.augmented),
        ),
        goemotions=TrainingExamples(
            [encode(text, Reader(vocabulary, 1)) for text in texts], softmax(logits)
        ),
        origin={
            "name": "PsychExp",
            "sha256": psychexp.SHA256,
            "splits": {part: describe_rows(getattr(splits, part)) for part in parts},
            "recombined": len(augmented),
            "goemotions": len(texts),
        },
    )


def prepare_labelled(
    train: LabelledTexts,
    validation: LabelledTexts,
    glove: WordVectors,
    origin: Mapping[str, Any],
    vocabulary_size: int = VOCABULARY_SIZE,
) -> TrainingData:
    """Encode both parts, without a teacher.

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


def describe_rows(rows: Rows) -> dict[str, int | str]:
    """Describe a split for the manifest: its size and a checksum of the row positions."""
    positions = ",".join(str(row) for row in rows)
    return {"rows": len(rows), "sha256": hashlib.sha256(positions.encode()).hexdigest()}
