"""Prepare the shipped model's training: PsychExp, the teacher, GoEmotions and made texts."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emojify_core.errors import DataError
from emojify_core.ml.data import psychexp
from emojify_core.ml.data.augmentation import augment
from emojify_core.ml.data.comments import Stories, add_comments
from emojify_core.ml.data.distillation import (
    TeacherLogits,
    load_teacher_logits,
    load_word_features,
    soft_targets,
    tokens_sha256,
)
from emojify_core.ml.data.goemotions import TRAIN_FILE
from emojify_core.ml.data.reading_tokens import add_reading_tokens
from emojify_core.ml.data.splits import Rows, make_splits
from emojify_core.ml.data.training_data import LabelledTexts, TrainingData
from emojify_core.ml.model.calibration import softmax
from emojify_core.ml.model.config import TrainingConfig
from emojify_core.ml.text.embeddings import build_vocabulary, embedding_table, load_glove
from emojify_core.ml.text.encoding import LabelledIds, TrainingExamples, encode
from emojify_core.ml.text.reading.reader import LATEST, Reader
from emojify_core.ml.text.vocabulary import Vocabulary
from emojify_core.tokenizer import tokenize

TRUST = TrainingConfig().trust


def prepare_psychexp(
    path: Path, goemotions: Path | None = None, trust: float = TRUST
) -> TrainingData:
    """Prepare PsychExp's `train` rows with GloVe and the teacher's logits.

    `goemotions` is the folder of its comments; without them the model gets no gate. `trust` is
    the teacher's weight on labelled rows. Raises DataError when another source is missing or
    altered.
    """
    data_set = psychexp.load_psychexp(path)
    splits = make_splits(data_set.texts, data_set.labels)
    rows = LabelledTexts(data_set.texts, data_set.labels)
    train, validation = rows.take(splits.train), rows.take(splits.validation)
    teacher = load_teacher_logits()
    vocabulary, embeddings = _words(train.texts)
    reader = Reader(vocabulary, LATEST)
    targets = soft_targets(train.labels, teacher.rows, trust)
    parts = ("train", "validation", "gate", "test")
    stories = TrainingData(
        vocabulary,
        embeddings,
        TrainingExamples(
            [encode(text, reader) for text in train.texts],
            targets,
            emotional=np.ones(len(targets), dtype=np.float32),
        ),
        LabelledIds([encode(text, reader) for text in validation.texts], validation.labels),
        {
            "name": "PsychExp",
            "sha256": psychexp.SHA256,
            "splits": {part: describe_rows(getattr(splits, part)) for part in parts},
        },
        reading=reader.way,
        augmented=_augmented(train.texts, teacher, reader),
    )
    if goemotions is None or not (goemotions / TRAIN_FILE).is_file():
        return stories
    return add_comments(stories, Stories(train.texts, targets), teacher, reader, goemotions)


def describe_rows(rows: Rows) -> dict[str, int | str]:
    """Describe a split for the manifest: its size and a checksum of the row positions."""
    positions = ",".join(str(row) for row in rows)
    return {"rows": len(rows), "sha256": hashlib.sha256(positions.encode()).hexdigest()}


def _words(texts: Sequence[str]) -> tuple[Vocabulary, NDArray[np.float32]]:
    """Return the vocabulary and its initial vectors: GloVe's and the teacher's, side by side."""
    glove = load_glove()
    vocabulary = build_vocabulary(map(tokenize, texts), glove.words)
    vectors = [embedding_table(vocabulary, glove), load_word_features(vocabulary)]
    return add_reading_tokens(vocabulary, np.concatenate(vectors, axis=1))


def _augmented(texts: Sequence[str], teacher: TeacherLogits, reader: Reader) -> TrainingExamples:
    """Return the recombined texts with the teacher's targets.

    The teacher's logits belong to tokens, so the tokenizer that made them stays as it is.
    """
    augmented = [tokens for _, tokens in augment([tokenize(text) for text in texts])]
    if tokens_sha256(augmented) != teacher.augmented_sha256:
        raise DataError(
            "The augmented texts differ from those the teacher has logits for: the split or the "
            "tokenizer has changed. Make the logits again with research/publish.py."
        )
    ids = [np.asarray(reader.token_ids(tokens), dtype=np.int32) for tokens in augmented]
    return TrainingExamples(ids, softmax(teacher.augmented))
