"""The counts of training words that come with the project."""

from pathlib import Path

from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.data.splits import make_splits
from emojify_core.ml.data.word_frequencies import count_words, format_word_counts, load_word_counts
from emojify_core.ml.model.artifact import SHIPPED, VOCABULARY
from emojify_core.ml.text.vocabulary import Vocabulary


def test_a_word_counts_once_a_text() -> None:
    """Saying it twice in one breath does not make a word common."""
    assert count_words(["Very, very good", "Good!"]) == {"very": 1, ",": 1, "good": 2, "!": 1}


def test_the_project_knows_which_words_were_common_in_training() -> None:
    """A machine without PsychExp tells rare words from common ones all the same."""
    counts = load_word_counts()
    assert counts["friend"] > 100 > counts["dentist"] > 0
    assert "xylophone" not in counts


def test_the_counts_are_those_of_the_training_rows(psychexp_path: Path) -> None:
    """They were made from the rows the shipped model learned from, and from no others."""
    data = load_psychexp(psychexp_path)
    train = make_splits(data.texts, data.labels).train
    known = set(Vocabulary.load(SHIPPED / VOCABULARY).words)
    counted = count_words(data.texts[row] for row in train)
    counts = {word: rows for word, rows in counted.items() if word in known}
    assert load_word_counts() == counts
    assert format_word_counts(counts).startswith("rows\tword\n4737\t.\n")
