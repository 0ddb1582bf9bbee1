"""Which earlier corrections an update protects and the gate checks, so that the cost is bounded.

An update moves the vectors of the new texts' words. An earlier text that shares none of them is
hardly touched. So those that share words come first, by how rare their shared words are; a random
sample of the others shows what nobody expected.
"""

import random
from collections import Counter
from collections.abc import Sequence

from emojify_core.limits import MAX_EARLIER
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.text.reading.reader import Reader


def sample_earlier(
    earlier: Sequence[LabelledText],
    corrections: Sequence[LabelledText],
    reader: Reader,
    most: int = MAX_EARLIER,
) -> list[LabelledText]:
    """Return at most `most` earlier corrections in their order: all, if there are no more.

    Texts share a word if the model reads the same: 😭 and 😢 are one word to some. At least half of
    them are drawn at random. The same input gives the same sample.
    """
    if len(earlier) <= most:
        return list(earlier)
    words = [set(reader.tokens(one.text)) for one in earlier]
    frequency = Counter(word for of_text in words for word in of_text)
    learned = {word for one in corrections for word in reader.tokens(one.text)}
    related = [
        (sum(1 / frequency[word] for word in of_text & learned), position)
        for position, of_text in enumerate(words)
    ]
    nearest = sorted((one for one in related if one[0]), reverse=True)[: most // 2]
    chosen = {position for _, position in nearest}
    others = [position for position in range(len(earlier)) if position not in chosen]
    seed = " ".join(one.id for one in corrections)
    chosen |= set(random.Random(seed).sample(others, most - len(chosen)))  # noqa: S311 - no secret
    return [earlier[position] for position in sorted(chosen)]
