"""Training rows whose feeling is denied by one word: "I was scared when ..." with "not"."""

import random
from collections.abc import Sequence
from functools import cache
from typing import Final

from emojify_core.labels import LABELS
from emojify_core.ml.data.synthetic.sentences import draw, grouped
from emojify_core.ml.data.synthetic.targets import NEGATED_ROW, Example, Sources, denied

_TRIES: Final = 30  # rows to look at; many name no feeling
_MOST_WORDS: Final = 30  # a longer row tells of more than the feeling it names
_DENYING: Final = {
    "was": ("was not", "wasn't", "was never", "wasnt"),
    "were": ("were not", "weren't"),
    "am": ("am not", "am no longer"),
    "is": ("is not", "isn't"),
    "felt": ("did not feel", "didn't feel", "never felt"),
    "feel": ("do not feel", "don't feel", "no longer feel"),
    "got": ("did not get", "didn't get", "never got"),
}
_STRENGTH: Final = frozenset(("so", "very", "really", "quite", "extremely", "too", "a", "bit"))


def negated_row(source: random.Random, rows: Sources) -> Example | None:
    """Return a row that names its feeling after "was", "felt" and the like, denied, or nothing."""
    for _ in range(_TRIES):
        row = draw(source, rows.emotional)
        emotion = LABELS[int(row.target.argmax())]
        words = row.text.split(" ")
        if len(words) > _MOST_WORDS:
            continue
        for place, word in enumerate(words):
            ways = _DENYING.get(word.lower())
            if ways and _next_word(words[place + 1 :]) in _adjectives(emotion):
                words[place] = draw(source, ways)
                target, emotional = denied(emotion)
                return Example(" ".join(words), target, max(emotional, NEGATED_ROW))
    return None


def _next_word(words: Sequence[str]) -> str:
    """Return the first word that is more than emphasis."""
    bare = (word.lower().strip(".,;:!?") for word in words[:3])
    return next((word for word in bare if word not in _STRENGTH), "")


@cache
def _adjectives(emotion: str) -> frozenset[str]:
    return frozenset(grouped("feelings.tsv")[f"{emotion}\tadjective"][0].split("|"))
