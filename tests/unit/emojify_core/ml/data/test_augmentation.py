"""Augmented texts: the same on every machine, and made within their fold."""

from itertools import pairwise

from emojify_core.ml.data.augmentation import (
    CROSSOVERS,
    MAX_CROSSOVER_WORDS,
    SPANS,
    augment,
    detokenize,
    fold_of,
)
from emojify_core.ml.data.distillation import tokens_sha256

ROWS = [
    ["when", "my", "dog", "died", "i", "cried", "all", "night"],
    ["when", "my", "exam", "came", "i", "cried", "all", "day", "long", "and", "slept"],
    ["i", "was", "angry", "when", "my", "dog", "ate", "the", "cake"],
    ["happy"],
]


def test_augmentation_is_the_same_on_every_machine() -> None:
    """The teacher's logits are stored in this order, so one changed word would shift them."""
    texts = [tokens for _, tokens in augment(ROWS)]
    assert texts == [tokens for _, tokens in augment(ROWS)]
    assert tokens_sha256(texts)[:16] == "e66571f4c900ece8"


def test_every_row_gives_equally_many_texts_but_a_single_word_none() -> None:
    """Texts come row by row, spans before crossovers."""
    parents = [row for row, _ in augment(ROWS)]
    assert parents == [row for row in range(3) for _ in range(SPANS + CROSSOVERS)]


def test_a_span_has_words_of_its_row_in_their_order() -> None:
    """Nothing is added or reordered."""
    for number, tokens in augment(ROWS):
        at = augment(ROWS).index((number, tokens)) % (SPANS + CROSSOVERS)
        if at < SPANS:
            rest = iter(ROWS[number])
            assert all(word in rest for word in tokens)


def test_a_crossover_has_only_bigrams_of_its_fold() -> None:
    """A teacher that was not trained on the fold has seen nothing of the text."""
    folds = [fold_of(" ".join(row)) for row in ROWS]
    for place, (number, tokens) in enumerate(augment(ROWS)):
        if place % (SPANS + CROSSOVERS) < SPANS:
            continue
        own = [row for row, fold in zip(ROWS, folds, strict=True) if fold == folds[number]]
        bigrams = {pair for row in own for pair in pairwise(row)}
        assert set(pairwise(tokens)) <= bigrams
        assert len(tokens) <= MAX_CROSSOVER_WORDS


def test_tokens_are_joined_as_people_write() -> None:
    """The teacher was trained on plain English."""
    assert (
        detokenize(["i", "did", "n't", "cry", ",", "it", "'s", "ok", "."])
        == "i didn't cry, it's ok."
    )
