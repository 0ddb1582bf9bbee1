"""Which words of a text speak for its answer: the same text without each of them, in one batch.

A hidden word becomes the unknown word, as a share of the words did in training: so the model is
asked about nothing that it never met. No gradients are needed, and the served graph has none.
"""

import math
import re

from emojify_core.messages import Influence
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.text.vocabulary import UNKNOWN

# Words the model reads for one explanation, each variant of the text counted whole: some 10 ms
# on one core. In a text of more than 45 words several are hidden together.
MOST_WORDS = 2_048

_PIECE = re.compile(r"\S+")
_CORE = re.compile(r"\w.*\w|\w", re.DOTALL)  # a piece without the signs around it
_DECIMALS = 4


def influences(
    predictor: Predictor, text: str, label: int, base: float | None = None
) -> tuple[Influence, ...]:
    """Return how much each word, or run of words in a long text, speaks for a label (0 to 6).

    `base` is the label's probability for the whole text, if the caller knows it already. A word is
    hidden with the signs that stick to it, and named without them. The weights do not add up to
    the probability: words work together.
    """
    pieces = list(_PIECE.finditer(text))
    words = [predictor.encode(piece[0]) for piece in pieces]
    read = sum(map(len, words))
    # A text whose two variants are longer than that is not taken apart.
    together = math.ceil(read * len(words) / MOST_WORDS) if read else 0
    if not read or 2 * read > MOST_WORDS:
        return ()
    runs = [range(at, min(at + together, len(words))) for at in range(0, len(words), together)]
    whole = _joined(words, range(0))
    # Words that are read one by one may be more tokens: "! !" counts once in a whole text.
    if base is None or whole != predictor.encode(text):
        base = float(predictor.probabilities([whole])[0, label])
    hidden = predictor.probabilities([_joined(words, run) for run in runs])
    return tuple(
        Influence(
            _core(pieces[run[0]])[0],
            _core(pieces[run[-1]])[1],
            round(base - probability, _DECIMALS),
        )
        for run, probability in zip(runs, hidden[:, label].tolist(), strict=True)
    )


def _joined(words: list[list[int]], hidden: range) -> list[int]:
    return [
        UNKNOWN if place in hidden else number
        for place, numbers in enumerate(words)
        for number in numbers
    ]


def _core(piece: re.Match[str]) -> tuple[int, int]:
    start, end = found.span() if (found := _CORE.search(piece[0])) else (0, len(piece[0]))
    return piece.start() + start, piece.start() + end
