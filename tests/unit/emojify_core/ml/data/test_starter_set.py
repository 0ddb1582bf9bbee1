"""The sentences the project ships."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from emojify_core.errors import DataError
from emojify_core.labels import LABELS
from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.data.splits import make_splits
from emojify_core.ml.data.starter_set import load_starter, parse_starter
from emojify_core.tokenizer import normalise


def test_every_emotion_has_at_least_fifty_sentences() -> None:
    """Without PsychExp, all seven emotions can still be replayed and judged."""
    texts, labels = load_starter()
    assert len(texts) == len(labels)
    assert labels.dtype == np.int64
    assert np.bincount(labels, minlength=len(LABELS)).min() >= 50


def test_no_sentence_is_repeated() -> None:
    """Each sentence adds information."""
    texts, _ = load_starter()
    assert len({normalise(text) for text in texts}) == len(texts)


def test_no_opening_is_repeated_often() -> None:
    """At most one sentence in twenty starts with the same three words."""
    texts, _ = load_starter()
    openings = Counter(tuple(normalise(text).split()[:3]) for text in texts)
    assert openings.most_common(1)[0][1] <= len(texts) * 0.05


def test_no_sentence_is_from_psychexp(psychexp_path: Path) -> None:
    """The starter set is independent of PsychExp."""
    psychexp = {normalise(text) for text in load_psychexp(psychexp_path).texts}
    assert not psychexp & {normalise(text) for text in load_starter()[0]}


def test_every_class_has_short_and_long_sentences() -> None:
    """Users send short and long texts, so both are judged."""
    texts, labels = load_starter()
    for number in range(len(LABELS)):
        words = [len(text.split()) for text, at in zip(texts, labels, strict=True) if at == number]
        assert min(words) <= 6
        assert 10 <= np.median(words) <= 25
        assert max(words) >= 60


def test_few_sentences_name_their_emotion() -> None:
    """The model must understand the text, not look up a word."""
    texts, labels = load_starter()
    naming = sum(
        LABELS[label] in normalise(text) for text, label in zip(texts, labels, strict=True)
    )
    assert naming <= len(texts) * 0.05


def test_the_set_can_be_split_like_psychexp() -> None:
    """Training, replay and gate work on it with smaller parts."""
    texts, labels = load_starter()
    parts = make_splits(texts, labels, gate=70, validation=35)
    assert len(parts.train) + len(parts.test) == len(texts) - 105


def test_comments_and_blank_lines_are_skipped() -> None:
    """People can read and edit the file."""
    texts, labels = parse_starter(["# why", "label\ttext", "", "joy\tHurray # really", "# b"])
    assert texts == ("Hurray # really",)
    assert labels.tolist() == [0]


@pytest.mark.parametrize("line", ["bliss\tHurray", "joy Hurray", "joy\t ", "joy\ta\tb", "joy"])
def test_an_invalid_line_is_named_by_its_number(line: str) -> None:
    """The message shows where the mistake is."""
    with pytest.raises(DataError, match="Line 3 "):
        parse_starter(["label\ttext", "joy\tHurray", line])


@pytest.mark.parametrize("lines", [[], ["joy\tHurray"], ["# label\ttext"]])
def test_a_file_without_its_header_is_refused(lines: list[str]) -> None:
    """Another file in its place is an error."""
    with pytest.raises(DataError, match="header"):
        parse_starter(lines)
