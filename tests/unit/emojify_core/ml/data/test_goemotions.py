"""GoEmotions' texts: those with an answer are used, whatever file they come in."""

from pathlib import Path

import numpy as np
import pytest

from emojify_core.errors import DataError
from emojify_core.ml.data.distillation import Answers, key_of
from emojify_core.ml.data.goemotions import answered, read_texts


def test_the_first_column_is_read_and_the_labels_are_not(tmp_path: Path) -> None:
    """All files that are there; without any there are no texts."""
    assert read_texts(tmp_path) == []
    (tmp_path / "train.tsv").write_text("so happy\t17\tid1\nnot \u2028 me \t3\tid2\n")
    (tmp_path / "test.tsv").write_text("why\t1\tid3")
    assert read_texts(tmp_path) == ["so happy", "not \u2028 me", "", "why"]


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    """With the command that gets it again."""
    (tmp_path / "dev.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"dev.tsv cannot be read.*emojify data fetch-texts"):
        read_texts(tmp_path)


def test_only_texts_that_the_teacher_read_are_used() -> None:
    """In the answers' order, so the order of the files plays no part."""
    logits = np.arange(21, dtype=np.float32).reshape(3, 7)
    keys = np.array([key_of(text) for text in ("one", "two", "three")], np.uint64)
    answers = Answers(logits, logits, "", logits, keys)
    texts, answer = answered(["three", "altered", "one"], answers)
    assert texts == ["one", "three"]
    assert answer.tolist() == logits[[0, 2]].tolist()
    assert answered([], answers)[0] == []
