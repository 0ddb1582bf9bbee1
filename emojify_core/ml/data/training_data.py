"""From a labelled data set to what the network learns from and what judges each epoch."""

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
from emojify_core.ml.data.augmentation import recombine
from emojify_core.ml.data.distillation import load_answers, load_word_features, sum_of, targets
from emojify_core.ml.data.goemotions import answered, read_texts
from emojify_core.ml.data.psychexp import load_psychexp
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
from emojify_core.ml.text.encoding import Examples, TrainingExamples, encode, encode_examples
from emojify_core.ml.text.vocabulary import Vocabulary
from emojify_core.tokenizer import tokenize


@dataclass(frozen=True, slots=True, eq=False)
class LabelledTexts:
    """Texts and their classes, 0 to 6."""

    texts: Sequence[str]
    labels: NDArray[np.int64]

    def take(self, rows: Rows) -> "LabelledTexts":
        """Pick rows by their positions."""
        return LabelledTexts([self.texts[row] for row in rows], self.labels[rows])


TRUST = TrainingConfig().trust
NOTHING = TrainingExamples([], np.zeros((0, len(LABELS)), dtype=np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """Everything `training.train` learns from, and the sums that say what it was."""

    vocabulary: Vocabulary
    vectors: NDArray[np.float32]  # (words, dimensions)
    learned: TrainingExamples  # the labelled rows
    validation: Examples
    origin: Mapping[str, Any]  # for the manifest
    recombined: TrainingExamples = NOTHING  # texts made of the rows, answered by the teacher
    free: TrainingExamples = NOTHING  # texts from elsewhere, likewise


def prepare_psychexp(
    path: Path, goemotions: Path | None = None, trust: float = TRUST
) -> TrainingData:
    """Read PsychExp, GloVe and the teacher; only the rows of `Splits.train` are learned from.

    Texts of the folder `goemotions` serve too, where it has any. Raises DataError if one of the
    others is missing or altered.
    """
    data = load_psychexp(path)
    splits = make_splits(data.texts, data.labels)
    rows = LabelledTexts(data.texts, data.labels)
    train = rows.take(splits.train)
    plain = prepare(train, rows.take(splits.validation), load_glove(), {})
    words = plain.vocabulary

    answers = load_answers()
    made = [tokens for _, tokens in recombine([tokenize(text) for text in train.texts])]
    if sum_of(made) != answers.recombined_sum:
        raise DataError(
            "The texts made of the training rows are not those that the teacher answered: the "
            "split or the tokeniser has changed. Make its answers again with research/publish.py."
        )
    free, opinions = answered(read_texts(goemotions) if goemotions else [], answers)
    parts = ("train", "validation", "gate", "test")
    return replace(
        plain,
        vectors=np.concatenate([plain.vectors, load_word_features(words)], axis=1),
        learned=TrainingExamples(plain.learned.ids, targets(train.labels, answers.rows, trust)),
        recombined=TrainingExamples(
            [np.asarray(words.ids(tokens), dtype=np.int32) for tokens in made],
            softmax(answers.recombined),
        ),
        free=TrainingExamples([encode(text, words) for text in free], softmax(opinions)),
        origin={
            "name": "PsychExp",
            "sha256": psychexp.SHA256,
            "splits": {part: describe_rows(getattr(splits, part)) for part in parts},
            "recombined": len(made),
            "goemotions": len(free),
        },
    )


def prepare(
    learned: LabelledTexts,
    validation: LabelledTexts,
    glove: WordVectors,
    origin: Mapping[str, Any],
    words: int = VOCABULARY_SIZE,
) -> TrainingData:
    """Encode both parts, without a teacher.

    The vocabulary is what `learned` says and the commonest other `words`.
    """
    vocabulary = build_vocabulary(map(tokenize, learned.texts), glove.words, words)
    certain = np.eye(len(LABELS), dtype=np.float32)[learned.labels]
    return TrainingData(
        vocabulary,
        embedding_table(vocabulary, glove),
        TrainingExamples([encode(text, vocabulary) for text in learned.texts], certain),
        encode_examples(validation.texts, validation.labels, vocabulary),
        origin,
    )


def describe_rows(rows: Rows) -> dict[str, int | str]:
    """Sum up a split: how many rows, and the sha256 of their positions."""
    positions = ",".join(str(row) for row in rows)
    return {"rows": len(rows), "sha256": hashlib.sha256(positions.encode()).hexdigest()}
