"""Words to numbers: what the model's table is addressed by."""

from pathlib import Path

import pytest

from emojify_core.errors import ModelError
from emojify_core.ml.text.vocabulary import FIRST_WORD_ID, PADDING, UNKNOWN, Vocabulary


def test_words_are_numbered_from_two_and_strangers_are_one() -> None:
    """Numbers 0 and 1 are padding and unknown, as the table's first two rows are."""
    vocabulary = Vocabulary(["the", "cat"])
    assert (PADDING, UNKNOWN, FIRST_WORD_ID) == (0, 1, 2)
    assert vocabulary.ids(["cat", "the", "zyx", ""]) == [3, 2, 1, 1]
    assert vocabulary.ids([]) == []


def test_its_length_is_the_tables_number_of_rows() -> None:
    """Padding and unknown count, so the table can be made from `len` alone."""
    assert len(Vocabulary(["the", "cat"])) == 4
    assert len(Vocabulary([])) == 2


def test_a_text_is_known_if_one_token_is() -> None:
    """A text without a single known word is recognised before the network guesses."""
    vocabulary = Vocabulary(["cat"])
    assert vocabulary.known(["zyx", "cat"])
    assert not vocabulary.known(["zyx", "<url>"])
    assert not vocabulary.known([])


def test_what_was_saved_is_loaded_equal(tmp_path: Path) -> None:
    """Every word keeps its number on another machine, whatever its letters."""
    vocabulary = Vocabulary(["the", "café", "n't", "''", "❤", "#"])
    vocabulary.save(tmp_path / "vocabulary.txt")
    assert (tmp_path / "vocabulary.txt").read_bytes().startswith(b"the\ncaf\xc3\xa9\nn't\n")
    assert Vocabulary.load(tmp_path / "vocabulary.txt") == vocabulary


@pytest.mark.parametrize("words", [["a", "a"], [""], ["a\nb"], ["a\r"], ["a\u2028b"]])
def test_words_that_cannot_be_told_apart_in_the_file_are_refused(words: list[str]) -> None:
    """A vocabulary that would come back different is never written."""
    with pytest.raises(ModelError, match="vocabulary holds"):
        Vocabulary(words)


@pytest.mark.parametrize("content", [b"the\ncat", b"\xff\n", b"the\n\ncat\n", b"the\nthe\n"])
def test_a_damaged_file_is_named_as_such(tmp_path: Path, content: bytes) -> None:
    """A half-copied vocabulary is refused instead of shifting every word's number."""
    path = tmp_path / "vocabulary.txt"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="rain"):
        Vocabulary.load(path)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    """The sentence names the file and the command that makes it."""
    with pytest.raises(ModelError, match=r"nowhere\.txt.*emojify train"):
        Vocabulary.load(tmp_path / "nowhere.txt")


def test_a_vocabulary_cannot_be_changed() -> None:
    """No code can swap the words under a loaded model."""
    with pytest.raises(AttributeError):
        Vocabulary(["the"]).words = ("cat",)  # type: ignore[misc]
