"""Which rows train, which choose, which judge, and which compare; the same on every machine."""

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
_SEED = 123  # the article's


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """Disjoint parts of one data set; no normalised text is in two of them."""

    train: Rows  # what the network learns from
    validation: Rows  # chooses the number of epochs and the temperature
    gate: Rows  # judges later updates of the model, which replay `train`
    test: Rows  # the article's; compared on, never chosen by
    dropped: Rows  # left out, because a row of `test` says the same


def article_split(labels: NDArray[np.int64]) -> tuple[Rows, Rows]:
    """Return the article's training and test rows, both ascending: 5,984 and 1,496 of PsychExp.

    It is scikit-learn's `train_test_split(rows, stratify=labels, test_size=0.2,
    random_state=123)` over the rows in file order. Raises DataError if a class is too small.
    """
    # Imported here, so that who only names `Splits` need not load scikit-learn.
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
    """Divide the article's training rows into train, validation and gate.

    `gate` and `validation` rows are taken in the classes' proportions, and only from texts that
    occur once; every text that occurs more often stays in `train`, all its rows together. Rows
    that say the same as a test row are dropped. The choice goes by a hash of the text, so it
    depends on no generator's version. Raises DataError if there are too few rows.
    """
    outside, test = article_split(labels)
    forms = [normalise(text) for text in texts]
    tested = {forms[row] for row in test}
    dropped = [row for row in outside if forms[row] in tested]
    usable = [row for row in outside if forms[row] not in tested]

    count = Counter(forms[row] for row in usable)
    single = sorted(
        (row for row in usable if count[forms[row]] == 1), key=lambda row: _order(forms[row])
    )
    shares = np.bincount(labels[usable], minlength=int(labels.max()) + 1)
    gate_rows = _take(single, labels, _quotas(shares, gate))
    taken = set(gate_rows)
    rest = [row for row in single if row not in taken]
    validation_rows = _take(rest, labels, _quotas(shares, validation))
    taken.update(validation_rows)
    train_rows = [row for row in usable if row not in taken]
    return Splits(
        train=_rows(train_rows),
        validation=_rows(validation_rows),
        gate=_rows(gate_rows),
        test=test,
        dropped=_rows(dropped),
    )


def _order(form: str) -> bytes:
    return hashlib.sha256(f"{_SEED}\n{form}".encode()).digest()


def _quotas(shares: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Return `size` divided by `shares` into whole numbers, the largest remainders rounded up."""
    exact = shares * size / shares.sum()  # (classes,)
    quotas: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    most_short = np.argsort(quotas - exact, kind="stable")[: size - int(quotas.sum())]
    quotas[most_short] += 1
    return quotas


def _take(
    candidates: Sequence[np.int64], labels: NDArray[np.int64], quotas: NDArray[np.int64]
) -> list[np.int64]:
    """Return the first `quotas[c]` candidates of each class `c`."""
    missing = quotas.copy()
    taken = []
    for row in candidates:
        if missing[labels[row]] > 0:
            missing[labels[row]] -= 1
            taken.append(row)
    if missing.any():
        raise DataError(
            "There are too few different sentences to set rows aside for judging. Add sentences."
        )
    return taken


def _rows(rows: Sequence[np.int64]) -> Rows:
    return np.array(sorted(rows), dtype=np.int64)
