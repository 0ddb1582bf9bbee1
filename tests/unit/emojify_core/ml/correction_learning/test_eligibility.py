"""Which texts can be learned, and the reason people read for the others."""

import pytest

from emojify_core.limits import MAX_CORRECTION_WORDS
from emojify_core.ml.correction_learning.eligibility import why_unlearnable
from emojify_core.ml.text.reading.groups import GROUP
from emojify_core.ml.text.reading.reader import Reader
from emojify_core.ml.text.vocabulary import Vocabulary

READER = Reader(Vocabulary(["sad", ".", ":)"]), 1)
NEW_READER = Reader(Vocabulary(["sad", ".", GROUP]), 2)


@pytest.mark.parametrize("text", ["sad", "Qwertz sad.", ":)", "."])
def test_a_text_with_a_known_word_or_only_punctuation_is_learnable(text: str) -> None:
    """One known word, or a text of known punctuation alone, is enough."""
    assert why_unlearnable(text, READER) is None


@pytest.mark.parametrize("text", ["", " ", "qwertz", "Qwertz asdf.", "https://example.org"])
def test_a_text_without_known_words_is_unlearnable(text: str) -> None:
    """Learning it would change the prediction of every other unknown text."""
    assert why_unlearnable(text, READER) == (
        "The model knows none of the text's words, and it cannot learn new ones."
    )


def test_a_text_of_more_than_400_words_is_unlearnable() -> None:
    """A pasted novel does not hold up the other corrections of an update."""
    assert why_unlearnable("sad " * MAX_CORRECTION_WORDS, READER) is None
    reason = why_unlearnable("sad " * (MAX_CORRECTION_WORDS + 1), READER)
    assert "more than 400 words" in (reason or "")


def test_only_words_that_the_model_reads_count() -> None:
    """A long row of signs is read in part; a word behind that part cannot be learned."""
    unread = "😀 " * 300 + "sad"
    assert "knows none" in (why_unlearnable(unread, READER) or "")
    assert why_unlearnable("sad" + " 😀" * 500, READER) is None


def test_a_word_for_a_group_alone_is_unlearnable() -> None:
    """No correction may teach it an emotion; a sentence around it can be learned."""
    assert "groups of people" in (why_unlearnable("Jewish.", NEW_READER) or "")
    assert why_unlearnable("Jewish and sad.", NEW_READER) is None
