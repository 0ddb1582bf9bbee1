"""The shipped document frequencies of the training words."""

from pathlib import Path

from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.data.splits import make_splits
from emojify_core.ml.data.word_frequencies import count_words, format_word_counts, load_word_counts
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED
from emojify_core.ml.text.vocabulary import Vocabulary


def test_a_word_counts_once_per_text() -> None:
    """Repeating a word within a text does not make it common; unknown words are left out."""
    vocabulary = Vocabulary(["very", "good", "!"])
    texts = [["very", ",", "very", "good"], ["good", "!"]]
    assert count_words(texts, vocabulary) == {"very": 1, "good": 2, "!": 1}


def test_the_shipped_counts_separate_common_from_rare_words() -> None:
    """A machine without PsychExp knows which words are rare."""
    counts = load_word_counts()
    assert counts["friend"] > 100 > counts["dentist"] > 0
    assert "xylophone" not in counts


def test_the_shipped_counts_hold_the_training_rows(psychexp_path: Path) -> None:
    """They cover PsychExp's training rows, and comments besides."""
    data = load_psychexp(psychexp_path)
    train = make_splits(data.texts, data.labels).train
    reader = Predictor.load(SHIPPED).reader
    stories = count_words((reader.tokens(data.texts[row]) for row in train), reader.vocabulary)
    counts = load_word_counts()
    assert counts.keys() >= stories.keys()
    assert all(counts[word] >= rows for word, rows in stories.items())
    assert format_word_counts(counts).startswith("rows\tword\n")
