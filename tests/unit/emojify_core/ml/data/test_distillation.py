"""The teacher's numbers: there, of the right shape, and for these texts and words alone."""

from pathlib import Path

import numpy as np
import pytest

from emojify_core.errors import DataError
from emojify_core.ml.data.distillation import (
    ANSWERS,
    WORDS,
    key_of,
    load_answers,
    load_word_features,
    sum_of,
    targets,
)
from emojify_core.ml.data.goemotions import TEXTS
from emojify_core.ml.text.vocabulary import FIRST_WORD_ID, PADDING, UNKNOWN, Vocabulary


def test_the_answers_are_seven_finite_numbers_a_text() -> None:
    """For 4,750 rows, sixteen texts made of each, and GoEmotions."""
    answers = load_answers()
    assert len(answers.rows) == 4_750
    assert len(answers.recombined) == 76_000
    assert len(answers.free) == len(answers.free_keys) == TEXTS
    assert len(set(answers.free_keys.tolist())) == TEXTS - 1  # one text is there twice
    for logits in (answers.rows, answers.recombined, answers.free):
        assert logits.shape[1] == 7
        assert np.isfinite(logits).all()


def test_missing_numbers_are_told(tmp_path: Path) -> None:
    """A sentence with the next step instead of a traceback."""
    with pytest.raises(DataError, match=r"answers cannot be read.*Install emojify again"):
        load_answers(tmp_path)
    (tmp_path / WORDS).write_bytes(b"no archive")
    with pytest.raises(DataError, match=r"words cannot be read.*Install emojify again"):
        load_word_features(Vocabulary(["a"]), tmp_path)
    np.savez(tmp_path / ANSWERS, rows=np.zeros((1, 7)))
    with pytest.raises(DataError, match="answers cannot be read"):
        load_answers(tmp_path)


def test_words_belong_to_one_vocabulary(tmp_path: Path) -> None:
    """By order alone they are found, so another order must not pass."""
    words = ["the", "joy", "gloom"]
    numbers = np.array([[1, 2], [3, 4], [5, -6]], np.int8)
    np.savez(
        tmp_path / WORDS,
        numbers=numbers,
        scale=np.array([0.5, 2], np.float32),
        words_sum=sum_of([words]),
    )
    table = load_word_features(Vocabulary(words), tmp_path)
    assert table[FIRST_WORD_ID:].tolist() == [[0.5, 4], [1.5, 8], [2.5, -12]]
    assert table[UNKNOWN].tolist() == [2.0, -2.0]  # the mean of the rarer half
    assert not table[PADDING].any()
    with pytest.raises(DataError, match="another vocabulary"):
        load_word_features(Vocabulary(["joy", "the", "gloom"]), tmp_path)


def test_targets_lie_between_the_label_and_the_teacher() -> None:
    """They stay probabilities."""
    logits = np.array([[0.0, np.log(3)]], np.float32)
    assert targets(np.array([0]), logits, 0.5) == pytest.approx(np.array([[0.625, 0.375]]))
    assert targets(np.array([0]), logits, 0.0).tolist() == [[1, 0]]


def test_a_text_is_known_by_its_sum() -> None:
    """Blanks around it do not count, anything else does."""
    assert key_of(" so happy\r") == key_of("so happy") != key_of("so Happy")
