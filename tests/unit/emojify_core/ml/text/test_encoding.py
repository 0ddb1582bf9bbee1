"""Texts as word ids, and ids as batches."""

from collections.abc import Sequence
from itertools import islice

import numpy as np

from emojify_core.ml.text.encoding import (
    Ids,
    Rows,
    batches_by_length,
    encode,
    pad,
    shuffled_batches,
)
from emojify_core.ml.text.reading.reader import Reader
from emojify_core.ml.text.vocabulary import Vocabulary
from emojify_core.tokenizer import token_limit

READER = Reader(Vocabulary(["i", "am", "glad", "."]), 1)


def test_a_long_text_is_encoded_completely() -> None:
    """Nothing is truncated: the thousandth word counts as much as the first."""
    ids = encode("i am glad " * 400, READER)
    assert len(ids) == 1_200
    assert ids[-3:].tolist() == [2, 3, 4]


def test_what_predictions_do_not_read_is_not_encoded() -> None:
    """Learning moves no word at the end of a long row of signs, where no prediction reads it."""
    text = "😀 " * 1_000 + "glad"
    assert len(encode(text, READER)) == token_limit(text)
    assert 4 not in encode(text, READER)


def test_a_text_without_words_is_one_unknown_word() -> None:
    """The network always has a step to read."""
    assert encode("   ", READER).tolist() == [1]


def test_padding_follows_the_words() -> None:
    """Zeros stand at the end, where the masks expect them."""
    padded = pad([np.array([5], np.int32), np.array([6, 7, 8], np.int32)])
    assert padded.tolist() == [[5, 0, 0], [6, 7, 8]]


def draw(
    sources: Sequence[Sequence[Ids]], sizes: Sequence[int], steps: int, seed: int
) -> list[list[Rows]]:
    """Return the batches of one epoch of `steps` steps."""
    random = np.random.default_rng(seed)
    return list(islice(shuffled_batches(sources, sizes, steps, random), steps))


def test_prediction_batches_contain_every_row_once() -> None:
    """No text is predicted twice or left out."""
    texts = [np.ones(n % 17 + 1, np.int32) for n in range(1_003)]
    rows = np.concatenate(batches_by_length(texts, 32))
    assert sorted(rows.tolist()) == list(range(1_003))


def test_an_epoch_contains_each_row_once() -> None:
    """Another source adds as many rows per step as requested, all different too."""
    texts = [np.ones(n % 17 + 1, np.int32) for n in range(1_000)]
    others = [np.ones(n % 7 + 1, np.int32) for n in range(5_000)]
    steps = draw([texts, others], [20, 30], 50, 0)
    assert sorted(np.concatenate([rows for rows, _ in steps]).tolist()) == list(range(1_000))
    assert all((len(rows), len(other_rows)) == (20, 30) for rows, other_rows in steps)
    assert len(set(np.concatenate([rows for _, rows in steps]).tolist())) == 1_500


def test_a_small_source_repeats() -> None:
    """Batches never run out."""
    texts = [np.ones(1, np.int32)] * 3
    steps = draw([texts], [2], 6, 0)
    assert np.bincount(np.concatenate([rows for (rows,) in steps])).tolist() == [4, 4, 4]


def test_training_batches_have_texts_of_similar_length() -> None:
    """Padding adds less than a tenth of the words here."""
    random = np.random.default_rng(0)
    texts = [np.ones(n, np.int32) for n in random.integers(1, 100, 3_200)]
    steps = draw([texts], [32], 100, 0)
    words = sum(len(rows) * max(len(texts[row]) for row in rows) for (rows,) in steps)
    assert words < 1.1 * sum(map(len, texts))


def test_the_same_seed_gives_the_same_batches() -> None:
    """Training is repeatable; another seed gives another order."""
    texts = [np.ones(n % 9 + 1, np.int32) for n in range(200)]
    first, again, other = (
        np.concatenate([rows for (rows,) in draw([texts], [8], 25, seed)]) for seed in (1, 1, 2)
    )
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()
