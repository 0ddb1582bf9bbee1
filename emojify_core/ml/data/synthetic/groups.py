"""Sentences with words for groups of people, which carry no emotion of their own.

Rare words stand for groups that no list names: what a word is must not decide the answer.
"""

import random
from typing import Final

from emojify_core.ml.data.synthetic.sentences import draw, lines
from emojify_core.ml.data.synthetic.targets import CLEAR, TOLD, Example, Sources, one_hot, silent
from emojify_core.ml.data.synthetic.typing_slips import varied

_OTHER_MEANING: Final = 0.12
_EMOTIONAL: Final = 0.3
_LISTED: Final = 0.5  # of the words are of the list, the others rare ones


def group(source: random.Random, rows: Sources) -> Example:
    """Return a sentence about people of a group, or with such a word in another meaning."""
    dice = source.random()
    if dice < _OTHER_MEANING:
        return silent(varied(draw(source, lines("other_meanings.txt")), source))
    listed = not rows.rare_words or source.random() < _LISTED
    word = draw(source, rows.group_words if listed else rows.rare_words)
    if dice < _OTHER_MEANING + _EMOTIONAL:
        emotion, _, template = draw(source, lines("group_feelings.tsv")).partition("\t")
        text = varied(template.replace("{group}", word), source)
        return Example(text, one_hot(emotion, TOLD), CLEAR)
    template = draw(source, lines("group_templates.txt"))
    return silent(varied(template.replace("{group}", word), source))
