"""Which words spoke for an answer, as the API tells it and as the page shades them."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from emojify_core.messages import Influence

STRENGTHS = 3
LEAST = 0.02  # of the label's probability; less is no reason that a person would see
NAMED = 5  # words in the sentence that says the same as the shading


class Part(NamedTuple):
    """A stretch of the text and how strongly it is shaded, from 0 (not) to STRENGTHS."""

    text: str
    strength: int


def explanation_json(influences: Sequence[Influence]) -> list[dict[str, Any]]:
    """Return the answer's list: see schemas.WordInfluence."""
    most = max((each.weight for each in influences), default=0.0)
    return [each._asdict() | {"strength": strength(each.weight, most)} for each in influences]


def strength(weight: float, most: float) -> int:
    """Return how strongly to shade a weight, beside the largest one of its text."""
    if weight < LEAST:
        return 0
    return min(STRENGTHS, math.ceil(STRENGTHS * weight / most))


def parts(text: str, explanation: Sequence[dict[str, Any]]) -> Iterator[Part]:
    """Cut a text into what is shaded and what lies between."""
    at = 0
    for each in explanation:
        if each["strength"]:
            yield Part(text[at : each["start"]], 0)
            yield Part(text[each["start"] : each["end"]], each["strength"])
            at = each["end"]
    yield Part(text[at:], 0)


def named(text: str, explanation: Sequence[dict[str, Any]]) -> list[str]:
    """Return the words that are shaded, the strongest first: what to say of them aloud."""
    shaded = [each for each in explanation if each["strength"]]
    shaded.sort(key=lambda each: each["weight"], reverse=True)
    words = (text[each["start"] : each["end"]] for each in shaded)
    first: dict[str, str] = {}  # a word said twice is named once, as it stands first
    for word in words:
        first.setdefault(word.lower(), word)
    return list(first.values())[:NAMED]
