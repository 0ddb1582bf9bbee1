"""Which rows train, validate, gate and test a model; the same on every machine."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emojify_core.errors import DataError
from emojify_core.tokenizer import normalise

Rows = NDArray[np.int64]  # positions in the data set, ascending

_TEST_SHARE = 0.2
_SEED = 123  # as in the article


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """Disjoint parts of one data set. No normalised text is in two of them."""

    train: Rows
    validation: Rows  # selects the epoch and fits the temperature
    gate: Rows  # judges later candidates, which replay `train`
    test: Rows  # the article's, for reporting only
    dropped: Rows  # not used, because `test` has the same text


def article_split(labels: NDArray[np.int64]) -> tuple[Rows, Rows]:
    """Return the article's training and test rows, both ascending: 5,984 and 1,496 of PsychExp.

    Equals scikit-learn's `train_test_split(rows, stratify=labels, test_size=0.2,
    random_state=123)` in file order; `labels` is (rows,). Raises DataError when a class is too
    small.
    """
    # Imported here so that importing `Splits` does not load scikit-learn.
    from sklearn.model_selection import train_test_split  # noqa: PLC0415

    rows = np.arange(len(labels), dtype=np.int64)
    try:
        train, test = train_test_split(
            rows, stratify=labels, test_size=_TEST_SHARE, random_state=_SEED
        )
    except ValueError as e:
        raise DataError(
            f"{len(labels)} rows cannot be split by class ({e}). Add sentences to the rarest class."
        ) from e
    return np.sort(train), np.sort(test)


def make_splits(
    texts: Sequence[str],
    labels: NDArray[np.int64],
    *,
    gate: int = 600,
    validation: int = 600,
) -> Splits:
    """Split the article's training rows into train, validation and gate.

    `gate` and `validation` keep the class proportions and contain only texts that occur once. A
    repeated text stays in `train` with all its rows. Rows with the text of a test row are dropped.
    A hash of the text decides, so no random generator's version matters. `labels` is (rows,).
    Raises DataError when there are too few rows.
    """
    outside, test = article_split(labels)
    normalised = [normalise(text) for text in texts]
    test_texts = {normalised[row] for row in test}
    usable = [row for row in outside if normalised[row] not in test_texts]

    count = Counter(normalised[row] for row in usable)
    unique = [row for row in usable if count[normalised[row]] == 1]
    candidates = np.array(sorted(unique, key=lambda row: _hash(normalised[row])), dtype=np.int64)
    class_sizes = np.bincount(labels[usable], minlength=int(labels.max()) + 1)
    gate_rows = _take(candidates, labels, _quotas(class_sizes, gate))
    rest = candidates[~np.isin(candidates, gate_rows)]
    validation_rows = _take(rest, labels, _quotas(class_sizes, validation))
    return Splits(
        train=np.setdiff1d(usable, np.concatenate([gate_rows, validation_rows])),
        validation=np.sort(validation_rows),
        gate=np.sort(gate_rows),
        test=test,
        dropped=np.setdiff1d(outside, usable),
    )


def _hash(normalised: str) -> bytes:
    return hashlib.sha256(f"{_SEED}\n{normalised}".encode()).digest()


def _quotas(class_sizes: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Apportion `size` rows to the classes, (classes,), by the largest remainder method."""
    exact = class_sizes * size / class_sizes.sum()
    quotas: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    largest_remainders = np.argsort(quotas - exact, kind="stable")[: size - int(quotas.sum())]
    quotas[largest_remainders] += 1
    return quotas


def _take(candidates: Rows, labels: NDArray[np.int64], quotas: NDArray[np.int64]) -> Rows:
    """Return the first `quotas[c]` candidates of each class `c`."""
    taken = [candidates[labels[candidates] == c][:quota] for c, quota in enumerate(quotas)]
    if any(len(rows) < quota for rows, quota in zip(taken, quotas, strict=True)):
        raise DataError(
            "There are too few different sentences for the validation and gate rows. Add sentences."
        )
    return np.concatenate(taken)
