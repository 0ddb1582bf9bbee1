"""Which words that the model read of a text come from which part of it.

Most parts give the same words alone as in the text. Where they do not, as with a kaomoji of two
parts or a link of Markdown, the two sequences are aligned.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from operator import eq

# Words of the parts times words of the text that are compared; the alignment may take that many
# steps more than once.
_MAX_COMPARED = 4_096


def word_positions(parts: Sequence[list[int]], whole: list[int]) -> list[list[int]]:
    """Return the positions in `whole` of each part's words; both are word ids.

    A part that was not read has none. Parts that were read together share theirs. Returns
    nothing where too many words differ.
    """
    owners = [part for part, ids in enumerate(parts) for _ in ids]
    alone = [id_ for ids in parts for id_ in ids]
    start = _same(alone, whole)
    end = _same(alone[start:][::-1], whole[start:][::-1])
    alone_end, whole_end = len(alone) - end, len(whole) - end
    if (alone_end - start) * (whole_end - start) > _MAX_COMPARED:
        return []
    positions: list[list[int]] = [[] for _ in parts]
    for position in range(start):
        positions[owners[position]].append(position)
    matcher = SequenceMatcher(None, alone[start:alone_end], whole[start:whole_end], autojunk=False)
    for kind, left, right, first, last in matcher.get_opcodes():
        found = range(start + first, start + last)
        if kind == "equal":
            for owner, position in zip(owners[start + left : start + right], found, strict=True):
                positions[owner].append(position)
        else:
            for owner in dict.fromkeys(owners[start + left : start + right]):
                positions[owner] += found
    for position in range(end):
        positions[owners[alone_end + position]].append(whole_end + position)
    return positions


def _same(left: Sequence[int], right: Sequence[int]) -> int:
    """Return how many ids are the same from the start."""
    return sum(takewhile(bool, map(eq, left, right)))
