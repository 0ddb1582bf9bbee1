"""More texts like the training rows, made of them: unlabelled, for a teacher to judge.

Two ways. A *part* of a row: a run of its words, some of them left out. A *crossing*: a walk that
starts in a row and, where another row says the same two words, may go on there. Both keep to the
vocabulary and manner of the rows (Tang et al., 2019, distil with such texts). Rows cross within
their fold only, so that a teacher that never saw a fold never saw anything of its texts.
"""

import hashlib
import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

FOLDS: Final = 5
PARTS: Final = 6  # made of each row
CROSSINGS: Final = 10  # likewise
SHORTEST: Final = 4  # words of a part, if the row has as many
LONGEST: Final = 60  # words of a crossing
LEFT_OUT: Final = 0.1  # share of a part's words
TURN: Final = 0.25  # how often a walk may turn, at each word

Tokens = Sequence[str]


def fold_of(form: str) -> int:
    """Give the fold, 0 to 4, of a normalised text: all its copies are in the same one."""
    return int.from_bytes(hashlib.sha256(f"fold\n{form}".encode()).digest()[:4]) % FOLDS


def recombine(rows: Sequence[Tokens]) -> list[tuple[int, list[str]]]:
    """Make `PARTS` + `CROSSINGS` texts of each row: (the row it starts in, tokens), row by row.

    The same on every machine: only `random.Random.random` is drawn from, whose numbers Python
    promises not to change. Rows of less than two words give none.
    """
    forms = [" ".join(row) for row in rows]
    folds = [fold_of(form) for form in forms]
    # Where each pair of neighbouring words ends, fold by fold: (row, position).
    places: dict[tuple[int, str, str], list[tuple[int, int]]] = defaultdict(list)
    for number, row in enumerate(rows):
        for at in range(1, len(row)):
            places[folds[number], row[at - 1], row[at]].append((number, at))
    made: list[tuple[int, list[str]]] = []
    for number, row in enumerate(rows):
        if len(row) < 2:  # noqa: PLR2004 - a pair of words
            continue
        source = random.Random(forms[number])  # noqa: S311 - repeatable, not secret
        made += [(number, _part(row, source)) for _ in range(PARTS)]
        for _ in range(CROSSINGS):
            made.append((number, _crossing(rows, number, folds[number], places, source)))
    return made


def spoken(tokens: Tokens) -> str:
    """Write tokens as a text again, for a reader of plain English: didn't, not did n't."""
    text = ""
    for token in tokens:
        joined = token == "n't" or (token[0] in "',.!?;:)" and len(token) <= 3)  # noqa: PLR2004, S105
        text += token if joined or not text else f" {token}"
    return text


def _part(row: Tokens, source: random.Random) -> list[str]:
    least = min(SHORTEST, len(row))
    length = least + int(source.random() * (len(row) - least + 1))
    start = int(source.random() * (len(row) - length + 1))
    kept = [word for word in row[start : start + length] if source.random() >= LEFT_OUT]
    return kept or list(row[start : start + length])


def _crossing(
    rows: Sequence[Tokens],
    number: int,
    fold: int,
    places: dict[tuple[int, str, str], list[tuple[int, int]]],
    source: random.Random,
) -> list[str]:
    walk, at = list(rows[number][:2]), 1
    while len(walk) < LONGEST:
        if source.random() < TURN:
            choices = places[fold, walk[-2], walk[-1]]
            number, at = choices[int(source.random() * len(choices))]
        at += 1
        if at == len(rows[number]):
            break
        walk.append(rows[number][at])
    return walk
