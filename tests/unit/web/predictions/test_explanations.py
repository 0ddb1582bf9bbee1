"""The shading of words, and the sentence that says the same."""

import pytest

from emojify_core.messages import Influence
from web.predictions.explanations import MAX_WORDS, explanation_json, shaded_parts, shaded_words

TEXT = "We Won, we won 😀 again"
EXPLANATION = explanation_json(
    [
        Influence(0, 2, -0.3),
        Influence(3, 6, 0.4),
        Influence(8, 10, 0.0),
        Influence(11, 14, 0.25),
        Influence(17, 22, 0.05),
    ]
)


def test_the_shaded_parts_add_up_to_the_text() -> None:
    """No character is lost or repeated, and only words that support the label are shaded."""
    split = list(shaded_parts(TEXT, EXPLANATION))
    assert "".join(part.text for part in split) == TEXT
    assert [tuple(part) for part in split if part.strength] == [
        ("Won", 3),
        ("won", 2),
        ("again", 1),
    ]


def test_shaded_words_are_unique_and_sorted_by_weight() -> None:
    """A screen reader reads a short sentence."""
    assert shaded_words(TEXT, EXPLANATION) == ["Won", "again"]
    many = [Influence(at, at + 1, 0.1 + at / 100) for at in range(0, 20, 2)]
    assert shaded_words("a b c d e f g h i j", explanation_json(many)) == list("jihgf")
    assert MAX_WORDS == 5


@pytest.mark.parametrize("weights", [[], [0.019], [-0.5, 0.0]])
def test_small_weights_are_not_shaded(weights: list[float]) -> None:
    """Noise is not shown as a reason."""
    influences = [Influence(at, at + 1, weight) for at, weight in enumerate(weights)]
    explanation = explanation_json(influences)
    assert [each["strength"] for each in explanation] == [0] * len(weights)
    assert shaded_words("abc", explanation) == []
    assert [part.text for part in shaded_parts("abc", explanation)] == ["abc"]


def test_the_strongest_word_always_has_the_strongest_shade() -> None:
    """Rounding never gives a fourth strength."""
    for weight in (0.02, 0.0243, 0.4303, 0.9999, 1.0):
        (only,) = explanation_json([Influence(0, 1, weight)])
        assert only["strength"] == 3
