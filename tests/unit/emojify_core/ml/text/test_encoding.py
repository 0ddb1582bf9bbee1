"""Texts as rows of numbers, and rows as batches."""

from collections.abc import Sequence
from itertools import islice

import numpy as np

from emojify_core.ml.text.encoding import Ids, Rows, by_length, encode, encode_examples, mixed, pad
from emojify_core.ml.text.vocabulary import Vocabulary

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


def drawn(
    rows: Sequence[Sequence[Ids]], sizes: Sequence[int], steps: int, seed: int
) -> list[list[Rows]]:
    """Give the first `steps` steps of `mixed`, where `steps` make a pass."""
    return list(islice(mixed(rows, sizes, steps, np.random.default_rng(seed)), steps))


def test_every_row_is_in_exactly_one_batch_of_a_prediction() -> None:
    """No text is answered twice or forgotten."""
    rows = [np.ones(n % 17 + 1, np.int32) for n in range(1_003)]
    assert sorted(np.concatenate(by_length(rows, 32)).tolist()) == list(range(1_003))


def test_a_pass_goes_over_each_row_once() -> None:
    """Beside them stand as many of another source as were asked for, all different too."""
    rows = [np.ones(n % 17 + 1, np.int32) for n in range(1_000)]
    others = [np.ones(n % 7 + 1, np.int32) for n in range(5_000)]
    steps = drawn([rows, others], [20, 30], 50, 0)
    assert sorted(np.concatenate([own for own, _ in steps]).tolist()) == list(range(1_000))
    assert all((len(own), len(beside)) == (20, 30) for own, beside in steps)
    assert len(set(np.concatenate([beside for _, beside in steps]).tolist())) == 1_500


def test_a_small_source_starts_again() -> None:
    """The steps never run out."""
    rows = [np.ones(1, np.int32)] * 3
    steps = drawn([rows], [2], 6, 0)
    assert np.bincount(np.concatenate([own for (own,) in steps])).tolist() == [4, 4, 4]


def test_steps_of_training_hold_texts_of_like_length() -> None:
    """Little is computed for filling: under a tenth of the words here."""
    random = np.random.default_rng(0)
    rows = [np.ones(n, np.int32) for n in random.integers(1, 100, 3_200)]
    steps = drawn([rows], [32], 100, 0)
    words = sum(len(own) * max(len(rows[row]) for row in own) for (own,) in steps)
    assert words < 1.1 * sum(map(len, rows))


def test_the_same_seed_draws_the_same_way() -> None:
    """Training can be repeated; another seed gives another order."""
    rows = [np.ones(n % 9 + 1, np.int32) for n in range(200)]
    first, again, other = (
        np.concatenate([own for (own,) in drawn([rows], [8], 25, seed)]) for seed in (1, 1, 2)
    )
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()
