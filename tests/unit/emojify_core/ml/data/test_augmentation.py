"""Texts made of the training rows: the same everywhere, and within their fold."""

from itertools import pairwise

from emojify_core.ml.data.augmentation import CROSSINGS, LONGEST, PARTS, fold_of, recombine, spoken
from emojify_core.ml.data.distillation import sum_of

ROWS = [
    ["when", "my", "dog", "died", "i", "cried", "all", "night"],
    ["when", "my", "exam", "came", "i", "cried", "all", "day", "long", "and", "slept"],
    ["i", "was", "angry", "when", "my", "dog", "ate", "the", "cake"],
    ["happy"],
]


def test_the_same_rows_give_the_same_texts_on_every_machine() -> None:
    """The teacher's answers are stored by order alone: one changed word would shift them."""
    made = [tokens for _, tokens in recombine(ROWS)]
    assert made == [tokens for _, tokens in recombine(ROWS)]
    assert sum_of(made)[:16] == "e66571f4c900ece8"


def test_every_row_starts_as_many_texts_and_a_single_word_none() -> None:
    """Row by row, parts before crossings."""
    parents = [row for row, _ in recombine(ROWS)]
    assert parents == [row for row in range(3) for _ in range(PARTS + CROSSINGS)]


def test_a_part_is_words_of_its_row_in_their_order() -> None:
    """Nothing is added and nothing changes places."""
    for number, tokens in recombine(ROWS):
        at = recombine(ROWS).index((number, tokens)) % (PARTS + CROSSINGS)
        if at < PARTS:
            rest = iter(ROWS[number])
            assert all(word in rest for word in tokens)


def test_a_crossing_only_follows_pairs_of_words_that_its_fold_says() -> None:
    """So a teacher that never saw the fold never saw anything of the text."""
    folds = [fold_of(" ".join(row)) for row in ROWS]
    for place, (number, tokens) in enumerate(recombine(ROWS)):
        if place % (PARTS + CROSSINGS) < PARTS:
            continue
        own = [row for row, fold in zip(ROWS, folds, strict=True) if fold == folds[number]]
        said = {pair for row in own for pair in pairwise(row)}
        assert set(pairwise(tokens)) <= said
        assert len(tokens) <= LONGEST


def test_tokens_are_spoken_as_people_write() -> None:
    """The teacher has read plain English."""
    assert (
        spoken(["i", "did", "n't", "cry", ",", "it", "'s", "ok", "."]) == "i didn't cry, it's ok."
    )
