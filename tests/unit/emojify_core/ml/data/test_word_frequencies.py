"""The shipped document frequencies of the training words."""

from pathlib import Path

from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.data.splits import make_splits
from emojify_core.ml.data.word_frequencies import count_words, format_word_counts, load_word_counts
from emojify_core.ml.model.artifact import SHIPPED, VOCABULARY
from emojify_core.ml.text.vocabulary import Vocabulary


def test_a_word_counts_once_per_text() -> None:
    """Repeating a word within a text does not make it common."""
    assert count_words(["Very, very good", "Good!"]) == {"very": 1, ",": 1, "good": 2, "!": 1}


def test_the_shipped_counts_separate_common_from_rare_words() -> None:
    """A machine without PsychExp knows which words are rare."""
    counts = load_word_counts()
    assert counts["friend"] > 100 > counts["dentist"] > 0
    assert "xylophone" not in counts


def test_the_shipped_counts_are_those_of_the_training_rows(psychexp_path: Path) -> None:
    """They cover the rows the shipped model was trained on, and no others."""
    data = load_psychexp(psychexp_path)
    train = make_splits(data.texts, data.labels).train
    known = set(Vocabulary.load(SHIPPED / VOCABULARY).words)
    counted = count_words(data.texts[row] for row in train)
    counts = {word: rows for word, rows in counted.items() if word in known}
    assert load_word_counts() == counts
    assert format_word_counts(counts).startswith("rows\tword\n4737\t.\n")
