"""GoEmotions' texts: training uses those that have the teacher's logits."""

from pathlib import Path

import numpy as np
import pytest

from emojify_core.errors import DataError
from emojify_core.ml.data.distillation import TeacherLogits, text_key
from emojify_core.ml.data.goemotions import match_logits, read_texts


def test_the_first_column_is_read_and_the_labels_are_not(tmp_path: Path) -> None:
    """Missing files are skipped; without any there are no texts."""
    assert read_texts(tmp_path) == []
    (tmp_path / "train.tsv").write_text("so happy\t17\tid1\nnot \u2028 me \t3\tid2\n")
    (tmp_path / "test.tsv").write_text("why\t1\tid3")
    assert read_texts(tmp_path) == ["so happy", "not \u2028 me", "", "why"]


def test_a_file_that_is_not_utf8_is_an_error(tmp_path: Path) -> None:
    """The message names the command that downloads it again."""
    (tmp_path / "dev.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"dev.tsv cannot be read.*emojify data fetch-texts"):
        read_texts(tmp_path)


def test_only_texts_with_logits_are_used() -> None:
    """They come in the teacher's order, so the order of the files does not matter."""
    logits = np.arange(21, dtype=np.float32).reshape(3, 7)
    keys = np.array([text_key(text) for text in ("one", "two", "three")], np.uint64)
    teacher = TeacherLogits(logits, logits, "", logits, keys)
    texts, matched = match_logits(["three", "altered", "one"], teacher)
    assert texts == ["one", "three"]
    assert matched.tolist() == logits[[0, 2]].tolist()
    assert match_logits([], teacher)[0] == []
