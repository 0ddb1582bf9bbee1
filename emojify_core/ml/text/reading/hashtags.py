"""Splits hashtags into their words: #SoHappy and #sohappy are "so happy"."""

import math
import re
from collections.abc import Callable

_HASHTAG = re.compile(r"(?<![\w&])#([^\W\d_]\w{1,59})")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MAX_SPLIT = 10  # hashtags of one text; each split tries some hundred words
_MAX_WORD = 16  # letters of a word inside a hashtag
_LEAST_WORD_COST = 9.0  # of each word, so that few long words win over many short ones

Rank = Callable[[str], int | None]  # a word's place by frequency; None for unknown words


def split_hashtags(text: str, rank: Rank) -> str:
    """Replace `#` and what follows by the words in it. Takes linear time."""
    if "#" not in text:
        return text
    return _HASHTAG.sub(lambda match: f" {_words(match[1], rank)} ", text, count=_MAX_SPLIT)


def _words(tag: str, rank: Rank) -> str:
    tag = tag.replace("_", " ")
    if not tag.isascii():
        return tag  # other languages, which the model does not know anyway
    parts = _CAMEL.findall(tag)
    if len(parts) > 1:
        return " ".join(parts)
    return " ".join(_segment(tag.lower(), rank) or [tag])


def _segment(tag: str, rank: Rank) -> list[str] | None:
    """Return the cheapest split into known words, by dynamic programming; None if there is none."""
    best: list[tuple[float, list[str]] | None] = [(0.0, [])]
    for end in range(1, len(tag) + 1):
        found: tuple[float, list[str]] | None = None
        for start in range(max(0, end - _MAX_WORD), end):
            before, word = best[start], tag[start:end]
            place = rank(word) if before else None
            if before is None or place is None or (len(word) == 1 and word not in "ai"):
                continue
            cost = before[0] + _LEAST_WORD_COST + math.log(place + 1)
            if found is None or cost < found[0]:
                found = (cost, [*before[1], word])
        best.append(found)
    last = best[-1]
    return last[1] if last else None
