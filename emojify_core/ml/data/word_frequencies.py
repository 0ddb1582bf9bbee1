"""Document frequencies of the words in the rows the shipped model was trained on.

Corrections move rare words, because few other texts contain them (see
`correction_learning/embedding_updates.py`). The project ships the counts, so corrections are
learned equally well without PsychExp. No sentence can be reconstructed from them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

from emojify_core.errors import DataError
from emojify_core.ml.text.vocabulary import Vocabulary

_HEADER = "rows\tword"


def load_word_counts() -> dict[str, int]:
    """Return the number of training rows that contain each word.

    Raises DataError when the package's file is missing or damaged.
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


def count_words(texts: Iterable[Sequence[str]], vocabulary: Vocabulary) -> dict[str, int]:
    """Return the number of tokenized texts that contain each known word."""
    counts = Counter(token for tokens in texts for token in set(tokens))
    return {token: rows for token, rows in counts.items() if token in vocabulary}


def format_word_counts(counts: Mapping[str, int]) -> str:
    """Format counts as `load_word_counts` reads them, most frequent first."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return "".join([f"{_HEADER}\n", *(f"{rows}\t{word}\n" for word, rows in ordered)])
