"""Words to ids: the rows of the model's embedding table."""

from pathlib import Path

import pytest

from emojify_core.errors import ModelError
from emojify_core.ml.text.vocabulary import FIRST_WORD_ID, PADDING, UNKNOWN, Vocabulary


def test_word_ids_start_at_two_and_unknown_is_one() -> None:
    """Ids 0 and 1 are padding and unknown, the first two rows of the table."""
    vocabulary = Vocabulary(["the", "cat"])
    assert (PADDING, UNKNOWN, FIRST_WORD_ID) == (0, 1, 2)
    assert vocabulary.ids(["cat", "the", "zyx", ""]) == [3, 2, 1, 1]
    assert vocabulary.ids([]) == []


def test_its_length_is_the_number_of_table_rows() -> None:
    """Padding and unknown count, so `len` gives the table's size."""
    assert len(Vocabulary(["the", "cat"])) == 4
    assert len(Vocabulary([])) == 2


def test_a_text_is_known_if_one_token_is() -> None:
    """A text without a known word is recognised before the network guesses."""
    vocabulary = Vocabulary(["cat"])
    assert vocabulary.known(["zyx", "cat"])
    assert not vocabulary.known(["zyx", "<url>"])
    assert not vocabulary.known([])


def test_punctuation_is_not_a_word() -> None:
    """Known punctuation and unknown words alone say nothing."""
    vocabulary = Vocabulary(["?", "...", "n't"])
    assert not vocabulary.has_word(vocabulary.ids(["?", "...", "zyx"]))
    assert vocabulary.has_word(vocabulary.ids(["?", "n't"]))


def test_a_saved_vocabulary_loads_equal(tmp_path: Path) -> None:
    """Every word keeps its id on another machine, in any script."""
    vocabulary = Vocabulary(["the", "café", "n't", "''", "❤", "#"])
    vocabulary.save(tmp_path / "vocabulary.txt")
    assert (tmp_path / "vocabulary.txt").read_bytes().startswith(b"the\ncaf\xc3\xa9\nn't\n")
    assert Vocabulary.load(tmp_path / "vocabulary.txt") == vocabulary


@pytest.mark.parametrize("words", [["a", "a"], [""], ["a\nb"], ["a\r"], ["a\u2028b"]])
def test_words_the_file_cannot_distinguish_are_refused(words: list[str]) -> None:
    """A vocabulary that would load differently is never written."""
    with pytest.raises(ModelError, match="vocabulary contains"):
        Vocabulary(words)


@pytest.mark.parametrize("content", [b"the\ncat", b"\xff\n", b"the\n\ncat\n", b"the\nthe\n"])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """A half-copied vocabulary would shift every word's id."""
    path = tmp_path / "vocabulary.txt"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="rain"):
        Vocabulary.load(path)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    """The error names the file and the command that makes it."""
    with pytest.raises(ModelError, match=r"nowhere\.txt.*emojify train"):
        Vocabulary.load(tmp_path / "nowhere.txt")


def test_a_vocabulary_is_immutable() -> None:
    """No code can change the words under a loaded model."""
    with pytest.raises(AttributeError):
        Vocabulary(["the"]).words = ("cat",)  # type: ignore[misc]
