"""Vectors of the tokens that only reading makes: kinds of symbols, and groups of people.

No teacher has seen them, so each starts as the mean of the words that it stands for.
"""

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.text.reading.groups import GROUP, group_words
from emojify_core.ml.text.reading.symbols import symbols
from emojify_core.ml.text.vocabulary import Vocabulary


def add_reading_tokens(
    vocabulary: Vocabulary, embeddings: NDArray[np.float32]
) -> tuple[Vocabulary, NDArray[np.float32]]:
    """Append the tokens; take and return embeddings (vocabulary, dimensions)."""
    meanings = [(symbol.token, symbol.words) for symbol in symbols()]
    meanings.append((GROUP, group_words()))
    fresh = [(token, words) for token, words in meanings if token not in vocabulary]
    vectors = [
        embeddings[vocabulary.ids(word for word in words if word in vocabulary)].mean(axis=0)
        for _, words in fresh
    ]
    extended = Vocabulary([*vocabulary.words, *(token for token, _ in fresh)])
    return extended, np.concatenate([embeddings, np.stack(vectors)])
