"""The train, validation, gate and test rows."""

import hashlib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from emojify_core.errors import DataError
from emojify_core.ml.data.psychexp import PsychExp, load_psychexp
from emojify_core.ml.data.splits import Splits, article_split, make_splits
from emojify_core.tokenizer import normalise

PARTS = ("train", "validation", "gate", "test", "dropped")


@pytest.fixture(scope="module")
def data(psychexp_path: Path) -> PsychExp:
    """Read PsychExp once."""
    return load_psychexp(psychexp_path)


@pytest.fixture(scope="module")
def splits(data: PsychExp) -> Splits:
    """Split it once."""
    return make_splits(data.texts, data.labels)


def numbered_sentences(rows: int, classes: int = 7) -> tuple[list[str], np.ndarray]:
    """Return different texts in classes of equal size."""
    return [f"sentence number {row}" for row in range(rows)], np.arange(rows) % classes


def test_the_article_split_is_scikit_learns(data: PsychExp) -> None:
    """Metrics are comparable with the article's."""
    rows = np.arange(len(data.labels))
    train, test = train_test_split(rows, stratify=data.labels, test_size=0.2, random_state=123)
    ours = article_split(data.labels)
    assert ours[0].tolist() == sorted(train)
    assert ours[1].tolist() == sorted(test)
    assert [len(part) for part in ours] == [5_984, 1_496]


def test_the_parts_have_fixed_sizes_and_cover_every_row_once(splits: Splits) -> None:
    """600 rows validate, 600 gate, 1,496 test, 34 repeat a test text, the rest trains."""
    sizes = {part: len(getattr(splits, part)) for part in PARTS}
    assert sizes == {"train": 4_750, "validation": 600, "gate": 600, "test": 1_496, "dropped": 34}
    rows = np.concatenate([getattr(splits, part) for part in PARTS])
    assert sorted(rows) == list(range(7_480))
    assert all((np.diff(getattr(splits, part)) > 0).all() for part in PARTS)


def test_no_text_is_in_two_parts(data: PsychExp, splits: Splits) -> None:
    """No model is evaluated on a text it was trained on, in any spelling."""
    forms = {
        part: {normalise(data.texts[row]) for row in getattr(splits, part)} for part in PARTS[:4]
    }
    for one, other in combinations(forms, 2):
        assert not forms[one] & forms[other], (one, other)


def test_only_rows_that_repeat_a_test_text_are_dropped(data: PsychExp, splits: Splits) -> None:
    """Every other row is used."""
    test_texts = {normalise(data.texts[row]) for row in splits.test}
    assert all(normalise(data.texts[row]) in test_texts for row in splits.dropped)


def test_validation_and_gate_keep_the_class_proportions(data: PsychExp, splits: Splits) -> None:
    """The held-out rows are distributed like the training rows."""
    for part in ("validation", "gate"):
        counts = np.bincount(data.labels[getattr(splits, part)])
        assert counts.tolist() == [87, 87, 87, 85, 85, 84, 85]


def test_the_split_never_changes(splits: Splits) -> None:
    """Models of different years are evaluated on the same rows.

    A new checksum here would invalidate every published metric and every stored gate result.
    """
    digest = hashlib.sha256()
    for part in PARTS:
        digest.update(getattr(splits, part).astype("<i8").tobytes())
    assert digest.hexdigest() == "1c40bdc4db23a3540085f7b98e72d238b281937f7ea81920ee5d2c53d3208d61"


def test_the_same_input_gives_the_same_parts() -> None:
    """Neither hidden state nor the clock matters."""
    texts, labels = numbered_sentences(700)
    first, second = (make_splits(texts, labels, gate=70, validation=70) for _ in range(2))
    for part in PARTS:
        assert np.array_equal(getattr(first, part), getattr(second, part))


def test_repeated_texts_stay_together_in_train() -> None:
    """A text in several spellings, or with several labels, is in one part only."""
    texts, labels = numbered_sentences(700)
    for row in range(0, 700, 10):
        texts[row] = "The SAME  sentence." if row % 20 else "the same sentence ."
    parts = make_splits(texts, labels, gate=70, validation=70)
    repeated = set(range(0, 700, 10))
    assert not repeated & {*parts.validation, *parts.gate}
    # Some are in the test part, so all others are dropped.
    assert repeated & set(parts.test)
    assert repeated - set(parts.test) == set(parts.dropped)


def test_a_repeated_text_outside_the_test_part_trains() -> None:
    """Harmless duplicates are kept."""
    texts, labels = numbered_sentences(700)
    outside, _ = article_split(labels)
    for row in outside[:5]:
        texts[row] = "the same text"
    parts = make_splits(texts, labels, gate=70, validation=70)
    assert set(outside[:5]) <= set(parts.train)
    assert len(parts.dropped) == 0


def test_other_sizes_are_exact() -> None:
    """The small starter set can be split too."""
    texts, labels = numbered_sentences(400)
    parts = make_splits(texts, labels, gate=50, validation=33)
    assert [len(parts.gate), len(parts.validation), len(parts.test)] == [50, 33, 80]


def test_too_few_rows_are_an_error() -> None:
    """A data set too small to evaluate fails before hours of training."""
    with pytest.raises(DataError, match="too few different sentences"):
        make_splits(*numbered_sentences(100), gate=60, validation=60)
    with pytest.raises(DataError, match="cannot be split"):
        article_split(np.arange(7))
