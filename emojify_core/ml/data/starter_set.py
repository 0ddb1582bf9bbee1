"""The starter set: sentences written for this project, used where PsychExp is missing."""

from collections.abc import Iterable
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from emojify_core.errors import DataError
from emojify_core.labels import LABELS

_HEADER = "label\ttext"


def load_starter() -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the texts (n,) and their labels (n,), positions in LABELS.

    Raises DataError when the package's file is missing or damaged.
    """
    try:
        content = files("emojify_core.ml").joinpath("starter.tsv").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise DataError(
            f"The starter sentences cannot be read ({e}). Install emojify again."
        ) from e
    return parse_starter(content.splitlines())


def parse_starter(lines: Iterable[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Parse `label<TAB>text` lines below a header, skipping blank lines and `#` comments.

    Returns the texts (n,) and their labels (n,). Raises DataError, naming the line, when a line
    is invalid.
    """
    rows = [
        (number, line)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.startswith("#")
    ]
    if not rows or rows[0][1] != _HEADER:
        raise DataError("The starter sentences lack their header line. Install emojify again.")
    texts, labels = [], []
    for number, line in rows[1:]:
        label, tab, text = line.partition("\t")
        if label not in LABELS or not tab or not text.strip() or "\t" in text:
            raise DataError(
                f"Line {number} of the starter sentences is not an emotion, a tab and a text. "
                "Correct it, or install emojify again."
            )
        texts.append(text)
        labels.append(LABELS.index(label))
    return tuple(texts), np.array(labels, dtype=np.int64)
