"""Which words support a prediction's label, for the API and for the shading on the page."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from emojify_core.messages import Influence

STRENGTHS = 3
MIN_WEIGHT = 0.02  # of the label's probability; a person sees no reason in less
MAX_WORDS = 5  # in the sentence that says the same as the shading


class Part(NamedTuple):
    """A part of the text and how strongly it is shaded, from 0 (not at all) to STRENGTHS."""

    text: str
    strength: int


def explanation_json(influences: Sequence[Influence]) -> list[dict[str, Any]]:
    """Return the explanation as the API shows it: see schemas.WordInfluence."""
    largest = max((influence.weight for influence in influences), default=0.0)
    return [
        influence._asdict() | {"strength": strength(influence.weight, largest)}
        for influence in influences
    ]


def strength(weight: float, largest: float) -> int:
    """Return how strongly to shade a weight, compared with the largest one of its text."""
    if weight < MIN_WEIGHT:
        return 0
    return min(STRENGTHS, math.ceil(STRENGTHS * weight / largest))


def shaded_parts(text: str, explanation: Sequence[dict[str, Any]]) -> Iterator[Part]:
    """Split a text into its shaded words and what lies between them."""
    end = 0
    for word in explanation:
        if word["strength"]:
            yield Part(text[end : word["start"]], 0)
            end = word["end"]
            yield Part(text[word["start"] : end], word["strength"])
    yield Part(text[end:], 0)


def shaded_words(text: str, explanation: Sequence[dict[str, Any]]) -> list[str]:
    """Return at most MAX_WORDS shaded words, the strongest first, each of them once."""
    shaded = [word for word in explanation if word["strength"]]
    shaded.sort(key=lambda word: word["weight"], reverse=True)
    words: dict[str, str] = {}  # by the lower-case word: the strongest spelling counts
    for word in shaded:
        spelling = text[word["start"] : word["end"]]
        words.setdefault(spelling.lower(), spelling)
    return list(words.values())[:MAX_WORDS]
