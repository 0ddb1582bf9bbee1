"""How often the shipped model met each word while it learned: what tells a rare word from a common.

A correction moves rare words, because few other texts hold them (see `word_moves`). The counts
come with the project, so a machine without PsychExp learns corrections just as well. They are
numbers about PsychExp's `train` rows; none of its sentences can be told from them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.resources import files

from emojify_core.errors import DataError
from emojify_core.tokenizer import tokenize

_HEADER = "rows\tword"


def load_word_counts() -> dict[str, int]:
    """Give the number of training rows that hold each word; words in none are left out.

    Raises DataError if the package's file is missing or damaged.
    """
    try:
        content = files("emojify_core.ml").joinpath("word_counts.tsv").read_text(encoding="utf-8")
        header, *lines = content.splitlines()
        pairs = [line.split("\t") for line in lines]
        counts = {word: int(rows) for rows, word in pairs}
    except (OSError, ValueError) as e:
        raise DataError(f"The word counts cannot be read ({e}). Install emojify again.") from e
    if header != _HEADER:
        raise DataError("The word counts lack their header line. Install emojify again.")
    return counts


def count_words(texts: Iterable[str]) -> dict[str, int]:
    """Count in how many of the texts each token occurs."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(tokenize(text)))
    return dict(counts)


def format_word_counts(counts: Mapping[str, int]) -> str:
    """Write counts as `load_word_counts` reads them, most frequent first."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return "".join([f"{_HEADER}\n", *(f"{rows}\t{word}\n" for word, rows in ordered)])
