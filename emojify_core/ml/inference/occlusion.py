"""Which words speak for a label: occlusion (Zeiler and Fergus, 2014; Li et al., 2016, "erasure").

The weight of a word is the probability the label loses when the word is replaced by the unknown
word. Word dropout has prepared the model for that. The served graph has no gradients to use.
"""

import math
import re

from emojify_core.messages import Influence
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.text.vocabulary import UNKNOWN
from emojify_core.tokenizer import token_limit

# Words the model may read for one explanation, over all variants of the text: about 10 ms on one
# core. In texts of more than 45 words, neighbouring words are hidden together.
MAX_WORDS_READ = 2_048

_PIECE = re.compile(r"\S+")
_CORE = re.compile(r"\w.*\w|\w", re.DOTALL)  # a piece without surrounding punctuation
_DECIMALS = 4


def influences(
    predictor: Predictor, text: str, label: int, base: float | None = None
) -> tuple[Influence, ...]:
    """Return how much each word, or run of words in a long text, speaks for a label (0 to 6).

    Pass `base`, the label's probability for the whole text, if it is known. A word is hidden
    together with adjacent punctuation; its span excludes it. Weights do not add up to the
    probability because words interact. A text too long to explain has no influences.
    """
    pieces = list(_PIECE.finditer(text))
    words = [predictor.encode(piece[0]) for piece in pieces]
    length = sum(map(len, words))
    hidden_together = math.ceil(length * len(words) / MAX_WORDS_READ) if length else 0
    if not length or length > token_limit(text) or 2 * length > MAX_WORDS_READ:
        return ()
    runs = [
        range(start, min(start + hidden_together, len(words)))
        for start in range(0, len(words), hidden_together)
    ]
    whole = _ids_without(words, range(0))
    # Tokenizing words one by one can give more tokens: in a whole text, "! !" is one token.
    if base is None or whole != predictor.encode(text):
        base = float(predictor.predict_ids([whole])[0, label])
    occluded = predictor.predict_ids([_ids_without(words, run) for run in runs])
    return tuple(
        Influence(
            _core(pieces[run[0]])[0],
            _core(pieces[run[-1]])[1],
            round(base - probability, _DECIMALS),
        )
        for run, probability in zip(runs, occluded[:, label].tolist(), strict=True)
    )


def _ids_without(words: list[list[int]], hidden: range) -> list[int]:
    return [
        UNKNOWN if position in hidden else id_ for position, ids in enumerate(words) for id_ in ids
    ]


def _core(piece: re.Match[str]) -> tuple[int, int]:
    start, end = found.span() if (found := _CORE.search(piece[0])) else (0, len(piece[0]))
    return piece.start() + start, piece.start() + end
