"""The rows that the bench of batches sends: texts of PsychExp, and a million short ones."""

import csv
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from pathlib import Path

from texts import sentences

from emojify_core.ml.psychexp import load_psychexp

SHORT_WORDS = 5  # of a short row


def long_texts(psychexp: Path | None, count: int) -> list[str]:
    """Return so many texts as people write them: PsychExp's, or else the starter set's.

    They repeat, as the set has fewer; nothing in the system remembers an answer.
    """
    if psychexp is None:
        return sentences(count)
    # A text is a row here, as most people's tables have it.
    found = (" ".join(text.split()) for text in load_psychexp(psychexp).texts)
    return list(islice(cycle([text for text in found if text]), count))


def short_texts(count: int) -> Iterator[str]:
    """Yield so many beginnings of the starter set's sentences."""
    beginnings = [" ".join(text.split()[:SHORT_WORDS]) for text in sentences(413)]
    return islice(cycle(beginnings), count)


def write_table(path: Path, texts: Iterable[str]) -> None:
    """Write a CSV file of two columns: the row's number and its text."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["number", "text"])
        writer.writerows(enumerate(texts))


def rows_in_order(results: Path) -> int:
    """Count the rows of a result that have their answer, each in the place it was sent in.

    Raises AssertionError for one that is missing, there twice, somewhere else or unanswered.
    """
    with results.open(encoding="utf-8", newline="") as file:
        count = 0
        for count, row in enumerate(csv.DictReader(file), 1):
            assert row["number"] == str(count - 1), row
            assert row["label"], row
        return count
