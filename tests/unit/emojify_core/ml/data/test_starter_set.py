"""The sentences that come with the project."""

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
    """A machine without PsychExp still has all seven to replay and judge by."""
    texts, labels = load_starter()
    assert len(texts) == len(labels)
    assert labels.dtype == np.int64
    assert np.bincount(labels, minlength=len(LABELS)).min() >= 50


def test_no_two_sentences_are_the_same() -> None:
    """Each adds something."""
    texts, _ = load_starter()
    assert len({normalise(text) for text in texts}) == len(texts)


def test_no_opening_is_a_template() -> None:
    """At most one sentence in twenty begins with the same three words."""
    texts, _ = load_starter()
    openings = Counter(tuple(normalise(text).split()[:3]) for text in texts)
    assert openings.most_common(1)[0][1] <= len(texts) * 0.05


def test_no_sentence_is_from_psychexp(psychexp_path: Path) -> None:
    """The set is our own, so figures on one say something about the other."""
    theirs = {normalise(text) for text in load_psychexp(psychexp_path).texts}
    assert not theirs & {normalise(text) for text in load_starter()[0]}


def test_lengths_run_from_a_cry_to_a_paragraph_in_every_class() -> None:
    """Short and long texts are served, so both are there to be judged on."""
    texts, labels = load_starter()
    for number in range(len(LABELS)):
        words = [len(text.split()) for text, at in zip(texts, labels, strict=True) if at == number]
        assert min(words) <= 6
        assert 10 <= np.median(words) <= 25
        assert max(words) >= 60


def test_few_sentences_name_their_emotion() -> None:
    """The label has to be understood, not looked up."""
    texts, labels = load_starter()
    naming = sum(
        LABELS[label] in normalise(text) for text, label in zip(texts, labels, strict=True)
    )
    assert naming <= len(texts) * 0.05


def test_the_set_can_be_divided_like_the_real_one() -> None:
    """Training, replay and gate run on it unchanged, with smaller parts."""
    texts, labels = load_starter()
    parts = make_splits(texts, labels, gate=70, validation=35)
    assert len(parts.train) + len(parts.test) == len(texts) - 105


def test_comments_and_blank_lines_are_skipped() -> None:
    """The file can be read and edited by people."""
    texts, labels = parse_starter(["# why", "label\ttext", "", "joy\tHurray # really", "# b"])
    assert texts == ("Hurray # really",)
    assert labels.tolist() == [0]


@pytest.mark.parametrize("line", ["bliss\tHurray", "joy Hurray", "joy\t ", "joy\ta\tb", "joy"])
def test_a_bad_line_is_named_by_its_number(line: str) -> None:
    """Whoever edits the file learns where the mistake is."""
    with pytest.raises(DataError, match="Line 3 "):
        parse_starter(["label\ttext", "joy\tHurray", line])


@pytest.mark.parametrize("lines", [[], ["joy\tHurray"], ["# label\ttext"]])
def test_a_file_without_its_header_is_refused(lines: list[str]) -> None:
    """Another file in its place is noticed."""
    with pytest.raises(DataError, match="header"):
        parse_starter(lines)
