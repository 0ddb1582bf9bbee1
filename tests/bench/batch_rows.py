"""The rows of the batch benchmark: texts of PsychExp, and a million short ones."""

import csv
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from pathlib import Path

from texts import sentences

from emojify_core.ml.data.psychexp import load_psychexp

SHORT_WORDS = 5  # words of a short row


def long_texts(psychexp: Path | None, count: int) -> list[str]:
    """Return this many real texts: PsychExp's, or else the starter set's.

    They repeat, because the set has fewer; no part of the system caches a prediction.
    """
    if psychexp is None:
        return sentences(count)
    # One text is one row, as in most tables.
    found = (" ".join(text.split()) for text in load_psychexp(psychexp).texts)
    return list(islice(cycle([text for text in found if text]), count))


def short_texts(count: int) -> Iterator[str]:
    """Yield this many beginnings of the starter set's sentences."""
    beginnings = [" ".join(text.split()[:SHORT_WORDS]) for text in sentences(413)]
    return islice(cycle(beginnings), count)


def write_table(path: Path, texts: Iterable[str]) -> int:
    """Write a CSV file with row numbers and texts; return the number of rows."""
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["number", "text"])
        for rows, text in enumerate(texts, 1):
            writer.writerow([rows - 1, text])
    return rows


def count_rows(results: Path) -> tuple[int, int]:
    """Count the rows of a result, and those that are in place with a prediction."""
    rows = right = 0
    with results.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            right += row["number"] == str(rows) and bool(row["label"])
            rows += 1
    return rows, right
