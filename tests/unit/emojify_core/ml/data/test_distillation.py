"""The teacher's logits and word features: complete, well-formed, for these texts and words only."""

from pathlib import Path

import numpy as np
import pytest

from emojify_core.errors import DataError
from emojify_core.ml.data.distillation import (
    LOGITS_FILE,
    WORDS_FILE,
    load_teacher_logits,
    load_word_features,
    soft_targets,
    text_key,
    tokens_sha256,
)
from emojify_core.ml.data.goemotions import TEXTS
from emojify_core.ml.text.vocabulary import FIRST_WORD_ID, PADDING, UNKNOWN, Vocabulary


def test_the_logits_are_seven_finite_numbers_per_text() -> None:
    """They cover 4,750 rows, sixteen augmented texts of each, and GoEmotions."""
    teacher = load_teacher_logits()
    assert len(teacher.rows) == 4_750
    assert len(teacher.augmented) == 76_000
    assert len(teacher.goemotions) == len(teacher.goemotions_keys) == TEXTS
    assert len(set(teacher.goemotions_keys.tolist())) == TEXTS
    for logits in (teacher.rows, teacher.augmented, teacher.goemotions):
        assert logits.shape[1] == 7
        assert np.isfinite(logits).all()


def test_missing_or_damaged_files_are_errors(tmp_path: Path) -> None:
    """The message says what to do next."""
    with pytest.raises(DataError, match=r"logits cannot be read.*Install emojify again"):
        load_teacher_logits(tmp_path)
    (tmp_path / WORDS_FILE).write_bytes(b"no archive")
    with pytest.raises(DataError, match=r"word features cannot be read.*Install emojify again"):
        load_word_features(Vocabulary(["a"]), tmp_path)
    np.savez(tmp_path / LOGITS_FILE, rows=np.zeros((1, 7)))
    with pytest.raises(DataError, match="logits cannot be read"):
        load_teacher_logits(tmp_path)


def test_word_features_belong_to_one_vocabulary(tmp_path: Path) -> None:
    """Features are stored in the vocabulary's order, so another order must be refused."""
    words = ["the", "joy", "gloom"]
    numbers = np.array([[1, 2], [3, 4], [5, -6]], np.int8)
    np.savez(
        tmp_path / WORDS_FILE,
        numbers=numbers,
        scale=np.array([0.5, 2], np.float32),
        words_sum=tokens_sha256([words]),
    )
    table = load_word_features(Vocabulary(words), tmp_path)
    assert table[FIRST_WORD_ID:].tolist() == [[0.5, 4], [1.5, 8], [2.5, -12]]
    assert table[UNKNOWN].tolist() == [2.0, -2.0]  # the mean of the rarer half
    assert not table[PADDING].any()
    with pytest.raises(DataError, match="another vocabulary"):
        load_word_features(Vocabulary(["joy", "the", "gloom"]), tmp_path)


def test_soft_targets_lie_between_the_label_and_the_teacher() -> None:
    """They remain probabilities."""
    logits = np.array([[0.0, np.log(3)]], np.float32)
    assert soft_targets(np.array([0]), logits, 0.5) == pytest.approx(np.array([[0.625, 0.375]]))
    assert soft_targets(np.array([0]), logits, 0.0).tolist() == [[1, 0]]


def test_a_hash_identifies_a_text() -> None:
    """Surrounding whitespace does not matter; everything else does."""
    assert text_key(" so happy\r") == text_key("so happy") != text_key("so Happy")
