"""What can be learned, and what people are told of the rest."""

import pytest

from emojify_core.ml.correction_learning.eligibility import MOST_WORDS, why_unlearnable
from emojify_core.ml.text.vocabulary import Vocabulary

WORDS = Vocabulary(["sad", ".", ":)"])


@pytest.mark.parametrize("text", ["sad", "Qwertz sad.", ":)", "."])
def test_one_known_word_or_a_sign_alone_is_enough(text: str) -> None:
    """A text with something to hold on to is tried."""
    assert why_unlearnable(text, WORDS) is None


@pytest.mark.parametrize("text", ["", " ", "qwertz", "Qwertz asdf.", "https://example.org"])
def test_a_text_without_known_words_is_named_unlearnable(text: str) -> None:
    """Learning it would change the answer to every other unknown text."""
    assert why_unlearnable(text, WORDS) == (
        "The model knows none of the text's words, and it cannot learn new ones."
    )


def test_a_very_long_text_is_not_tried() -> None:
    """Nobody's update waits for a pasted novel."""
    assert why_unlearnable("sad " * MOST_WORDS, WORDS) is None
    assert "more than 400 words" in (why_unlearnable("sad " * (MOST_WORDS + 1), WORDS) or "")
