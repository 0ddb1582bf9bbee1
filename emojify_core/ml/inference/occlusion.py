"""Which words speak for a label: occlusion (Zeiler and Fergus, 2014; Li et al., 2016, "erasure").

The weight of a word is the probability the label loses when the word is replaced by the unknown
word. Word dropout has prepared the model for that. The served graph has no gradients to use.
"""

import math
import re
from collections.abc import Sequence
from functools import partial

from emojify_core.messages import Influence
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.inference.word_positions import word_positions
from emojify_core.ml.text.reading.markup import blank_markup
from emojify_core.ml.text.vocabulary import UNKNOWN
from emojify_core.tokenizer import token_limit

# Words the model may read for one explanation, over all variants of the text: about 10 ms on one
# core. In texts of more than 45 words, neighbouring words are hidden together.
MAX_WORDS_READ = 2_048
# Parts of a text; more than 45 only where most of them are not read. Reading a part alone takes
# about 10 µs.
MAX_PARTS = 64

_PIECE = re.compile(r"\S+")
_CORE = re.compile(r"\w.*\w|\w", re.DOTALL)  # a piece without surrounding punctuation
_DECIMALS = 4

# Neighbouring pieces that are hidden together, the ids that each run gives, and the whole text's.
_Parts = tuple[list[list[re.Match[str]]], list[list[int]], list[int]]


def influences(
    predictor: Predictor, text: str, label: int, base: float | None = None
) -> tuple[Influence, ...]:
    """Return how much each word, or run of words in a long text, speaks for a label (0 to 6).

    Pass `base`, the label's probability for the whole text, if it is known. A word is hidden
    together with adjacent punctuation; its span excludes it. Weights do not add up to the
    probability because words interact. A text too long to explain has no influences. Where the
    model hears no clear emotion, the label is still the likeliest one and is explained.
    """
    if predictor.reader.way == 1:
        runs, parts, whole = _word_by_word(predictor, text)
        # Tokenizing words one by one can give more tokens: in a whole text, "! !" is one token.
        if whole and whole != predictor.encode(text):
            base = None
        span = _core
    else:
        runs, parts, whole = _as_read(predictor, text)
        span = partial(_core_as_read, predictor)
    positions = word_positions(parts, whole)
    if not positions:
        return ()
    if base is None:
        base = float(predictor.predict_ids([whole])[0, label])
    return tuple(
        Influence(span(run[0])[0], span(run[-1])[1], weight)
        for run, weight in zip(
            runs, _weights(predictor, whole, positions, label, base), strict=True
        )
    )


def _word_by_word(predictor: Predictor, text: str) -> _Parts:
    """Return the runs of a text that the model reads as it stands, and the words of each."""
    pieces = list(_PIECE.finditer(text))
    words = [predictor.encode(piece[0]) for piece in pieces]
    whole = [id_ for ids in words for id_ in ids]
    if not whole or len(whole) > token_limit(text) or 2 * len(whole) > MAX_WORDS_READ:
        return [], [], []
    together = math.ceil(len(whole) * len(pieces) / MAX_WORDS_READ)
    starts = range(0, len(pieces), together)
    parts = [[id_ for ids in words[start : start + together] for id_ in ids] for start in starts]
    return [pieces[start : start + together] for start in starts], parts, whole


def _as_read(predictor: Predictor, text: str) -> _Parts:
    """Return the runs of a text that the model reads in another form, and the words of each.

    Tags and quoted mail are in no run. Each run is read alone, once: to read the whole text again
    without each run would cost as many times as much as there are runs.
    """
    whole = predictor.encode(text)
    if not whole or 2 * len(whole) > MAX_WORDS_READ:
        return [], [], []
    blanked = blank_markup(text)
    if blanked != text and predictor.encode(blanked) == whole:
        text = blanked
    pieces = list(_PIECE.finditer(text))
    together = math.ceil(len(pieces) * max(len(whole) / MAX_WORDS_READ, 1 / MAX_PARTS))
    runs = [pieces[start : start + together] for start in range(0, len(pieces), together)]
    return runs, [predictor.encode(text[run[0].start() : run[-1].end()]) for run in runs], whole


def _weights(
    predictor: Predictor,
    whole: Sequence[int],
    hidden: Sequence[Sequence[int]],
    label: int,
    base: float,
) -> list[float]:
    """Return what the label loses without the words at each of these sets of positions."""
    variants = {
        place: [UNKNOWN if at in positions else id_ for at, id_ in enumerate(whole)]
        for place, positions in enumerate(map(frozenset, hidden))
        if positions
    }
    occluded = predictor.predict_ids(list(variants.values()))[:, label].tolist()
    lost = dict(zip(variants, occluded, strict=True))
    return [round(base - lost.get(place, base), _DECIMALS) for place in range(len(hidden))]


def _core(piece: re.Match[str]) -> tuple[int, int]:
    start, end = found.span() if (found := _CORE.search(piece[0])) else (0, len(piece[0]))
    return piece.start() + start, piece.start() + end


def _core_as_read(predictor: Predictor, piece: re.Match[str]) -> tuple[int, int]:
    """Return the span of a piece's core, or of all of it if only that reads as the same words.

    The core of ":D" reads as a letter.
    """
    start, end = _core(piece)

    def words(text: str) -> list[int]:
        return [id_ for id_ in predictor.encode(text) if predictor.vocabulary.has_word([id_])]

    same = words(piece[0]) == words(piece.string[start:end])
    return (start, end) if same else piece.span()
