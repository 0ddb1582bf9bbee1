"""Texts as rows of numbers, and rows as batches."""

import numpy as np

from emojify_core.ml.batches import by_length, encode, encode_examples, pad, shuffled
from emojify_core.ml.vocabulary import Vocabulary

VOCABULARY = Vocabulary(["i", "am", "glad", "."])


def test_a_long_text_is_read_to_its_end() -> None:
    """Nothing is cut: the thousandth word counts as much as the first."""
    ids = encode("i am glad " * 400, VOCABULARY)
    assert len(ids) == 1_200
    assert ids[-3:].tolist() == [2, 3, 4]


def test_a_text_without_words_is_one_unknown_word() -> None:
    """The network always has a step to read."""
    assert encode("   ", VOCABULARY).tolist() == [1]


def test_rows_keep_their_labels() -> None:
    """Encoding changes neither order nor number of the rows."""
    examples = encode_examples(["glad", "i am"], [0, 6], VOCABULARY)
    assert [row.tolist() for row in examples.ids] == [[4], [2, 3]]
    assert examples.labels.tolist() == [0, 6]
    assert len(examples) == 2


def test_filling_comes_after_the_words() -> None:
    """Zeros stand at the end, where the masks expect them."""
    padded = pad([np.array([5], np.int32), np.array([6, 7, 8], np.int32)])
    assert padded.tolist() == [[5, 0, 0], [6, 7, 8]]


def test_every_row_is_in_exactly_one_batch() -> None:
    """An epoch learns from each text once."""
    rows = [np.ones(n % 17 + 1, np.int32) for n in range(1_003)]
    for batches in (by_length(rows, 32), shuffled(rows, 16, np.random.default_rng(0))):
        assert sorted(np.concatenate(batches).tolist()) == list(range(1_003))


def test_batches_for_training_hold_texts_of_like_length() -> None:
    """Little is computed for filling: under a tenth of the steps here."""
    random = np.random.default_rng(0)
    rows = [np.ones(n, np.int32) for n in random.integers(1, 100, 3_200)]
    batches = shuffled(rows, 32, random)
    steps = sum(len(batch) * max(len(rows[row]) for row in batch) for batch in batches)
    assert steps < 1.1 * sum(map(len, rows))


def test_the_same_seed_shuffles_the_same_way() -> None:
    """Training can be repeated; another seed gives another order."""
    rows = [np.ones(n % 9 + 1, np.int32) for n in range(200)]
    first, again, other = (
        np.concatenate(shuffled(rows, 8, np.random.default_rng(seed))) for seed in (1, 1, 2)
    )
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()
