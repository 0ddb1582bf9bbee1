"""Data augmentation: unlabelled texts made from the training rows, for the teacher to label.

A *span* is a run of a row's words with some dropped. A *crossover* walks along a row and may
continue in any row with the same two words. Both keep the rows' vocabulary and style (Tang et
al., 2019, distil with such texts). Rows mix only within their fold, so a teacher that was not
trained on a fold has seen nothing of its texts.
"""

import hashlib
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

FOLDS: Final = 5
SPANS: Final = 6  # per row
CROSSOVERS: Final = 10  # per row
MIN_SPAN_WORDS: Final = 4  # if the row has as many
MAX_CROSSOVER_WORDS: Final = 60
DROP_PROBABILITY: Final = 0.1  # of each word of a span
JUMP_PROBABILITY: Final = 0.25  # after each word of a crossover

Tokens = Sequence[str]
# (fold, word, next word) to the places of the next word: (row, position).
Bigrams = Mapping[tuple[int, str, str], Sequence[tuple[int, int]]]


def fold_of(normalised: str) -> int:
    """Return the fold, 0 to 4, of a normalised text; all its copies have the same one."""
    return int.from_bytes(hashlib.sha256(f"fold\n{normalised}".encode()).digest()[:4]) % FOLDS


def augment(rows: Sequence[Tokens]) -> list[tuple[int, list[str]]]:
    """Return `SPANS` + `CROSSOVERS` texts per row, row by row: (the row it starts in, tokens).

    The result is the same on every machine: it uses only `random.Random.random`, whose sequence
    Python guarantees. Rows with fewer than two words give none.
    """
    normalised = [" ".join(row) for row in rows]
    folds = [fold_of(text) for text in normalised]
    bigrams: dict[tuple[int, str, str], list[tuple[int, int]]] = defaultdict(list)
    for index, row in enumerate(rows):
        for position in range(1, len(row)):
            bigrams[folds[index], row[position - 1], row[position]].append((index, position))
    augmented: list[tuple[int, list[str]]] = []
    for index, row in enumerate(rows):
        if len(row) < 2:  # noqa: PLR2004 - a bigram
            continue
        source = random.Random(normalised[index])  # noqa: S311 - repeatable, not secret
        augmented += [(index, _span(row, source)) for _ in range(SPANS)]
        for _ in range(CROSSOVERS):
            augmented.append((index, _crossover(rows, index, folds[index], bigrams, source)))
    return augmented


def detokenize(tokens: Tokens) -> str:
    """Join tokens as people write them: didn't, not did n't."""
    text = ""
    for token in tokens:
        joined = token == "n't" or (token[0] in "',.!?;:)" and len(token) <= 3)  # noqa: PLR2004, S105
        text += token if joined or not text else f" {token}"
    return text


def _span(row: Tokens, source: random.Random) -> list[str]:
    shortest = min(MIN_SPAN_WORDS, len(row))
    length = shortest + int(source.random() * (len(row) - shortest + 1))
    start = int(source.random() * (len(row) - length + 1))
    span = list(row[start : start + length])
    return [word for word in span if source.random() >= DROP_PROBABILITY] or span


def _crossover(
    rows: Sequence[Tokens], index: int, fold: int, bigrams: Bigrams, source: random.Random
) -> list[str]:
    walk, position = list(rows[index][:2]), 1
    while len(walk) < MAX_CROSSOVER_WORDS:
        if source.random() < JUMP_PROBABILITY:
            places = bigrams[fold, walk[-2], walk[-1]]
            index, position = places[int(source.random() * len(places))]
        position += 1
        if position == len(rows[index]):
            break
        walk.append(rows[index][position])
    return walk
