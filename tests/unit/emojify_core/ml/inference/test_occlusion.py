"""Which words speak for a label."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emojify_core.labels import LABELS
from emojify_core.ml.inference.occlusion import MAX_WORDS_READ, influences
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED
from support.hypothesis_profiles import examples

PREDICTOR = Predictor.load(SHIPPED)
CLEAR = {
    "We won the match!": ("joy", "won"),
    "I forgot her birthday.": ("guilt", "forgot"),
    "There was a hair in my soup.": ("disgust", "soup"),
    "🎉🎉 “I was so happy”, she said.": ("joy", "happy"),
}


def probability(text: str, label: int) -> float:
    """Return a label's probability."""
    return float(PREDICTOR.predict([text]).probabilities[0][label])


@pytest.mark.parametrize(("text", "label", "word"), [(t, *w) for t, w in CLEAR.items()], ids=CLEAR)
def test_the_decisive_word_has_the_largest_weight(text: str, label: str, word: str) -> None:
    """It is the word a person would name, without adjacent punctuation."""
    found = influences(PREDICTOR, text, LABELS.index(label))
    strongest = max(found, key=lambda each: each.weight)
    assert text[strongest.start : strongest.end] == word


def test_a_weight_is_the_probability_lost_without_the_word() -> None:
    """Replacing the word by an unknown one has the same effect."""
    text, joy = "We won the match!", LABELS.index("joy")
    won = next(each for each in influences(PREDICTOR, text, joy) if text[each.start :][:3] == "won")
    without = probability("We qzxwv the match!", joy)
    assert won.weight == pytest.approx(probability(text, joy) - without, abs=1e-3)
    against = influences(PREDICTOR, text, LABELS.index("sadness"))
    assert min(each.weight for each in against) < 0, (
        "a word against the label has a negative weight"
    )


@pytest.mark.parametrize("text", ["We won the match!", "so happy ! ! !"])
def test_a_known_probability_gives_the_same_weights(text: str) -> None:
    """A known base saves running the whole text again, unless its tokens differ."""
    joy = LABELS.index("joy")
    known = influences(PREDICTOR, text, joy, probability(text, joy))
    found = influences(PREDICTOR, text, joy)
    assert [each.weight for each in known] == pytest.approx([each.weight for each in found])


def test_every_word_has_one_span_in_order() -> None:
    """Only whitespace and punctuation lie between spans."""
    text = "They all (really: all) saw me fall — twice …"
    found = influences(PREDICTOR, text, 0)
    words = [text[each.start : each.end] for each in found]
    assert words == ["They", "all", "really", "all", "saw", "me", "fall", "—", "twice", "…"]


def test_a_long_text_is_explained_in_runs_of_words() -> None:
    """The words the model reads stay bounded."""
    text = "happy and sad " * 40
    found = influences(PREDICTOR, text, 0)
    assert 1 < len(found) < 120
    assert (len(found) + 1) * 120 <= MAX_WORDS_READ + 2 * 120
    assert found[0].start == 0
    assert found[-1].end == len(text.rstrip())
    assert all(one.end < other.start for one, other in pairwise(found))
    assert influences(PREDICTOR, "so " * 2_400, 0) == (), "too long to explain"


@given(st.text(st.characters(codec=None), max_size=60), st.integers(0, 6))
@settings(max_examples=examples(60))
def test_any_text_can_be_explained(text: str, label: int) -> None:
    """Spans lie within the text and do not overlap."""
    at = 0
    for start, end, weight in influences(PREDICTOR, text, label):
        assert at <= start < end <= len(text)
        assert -1 <= weight <= 1
        at = end
