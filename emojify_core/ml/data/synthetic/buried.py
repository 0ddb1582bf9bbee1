"""Long texts whose feeling is in one row among plain sentences."""

import random
from typing import Final

from emojify_core.ml.data.synthetic.plain import neutral_line
from emojify_core.ml.data.synthetic.sentences import between, draw
from emojify_core.ml.data.synthetic.targets import Example, Sources

_MOST: Final = 12  # plain sentences around it


def buried(source: random.Random, rows: Sources) -> Example:
    """Return a row with an emotion among plain sentences; the target is the row's."""
    row = draw(source, rows.emotional)
    count = between(source, 1, _MOST)
    around = [neutral_line(source, rows.neutral) for _ in range(count)]
    around.insert(between(source, 0, count), row.text)
    return Example(" ".join(around), row.target, row.emotional)
