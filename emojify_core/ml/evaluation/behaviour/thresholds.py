"""The lowest pass rate of each check that promises one; the others are only reported."""

from collections.abc import Mapping
from typing import Final

THRESHOLDS: Final[Mapping[str, float]] = {
    "negations": 0.35,  # not answered with the emotion that is denied; the aim is .75
    "plain": 0.90,  # silent
    "plain, not confident": 0.95,
    "chat": 0.85,  # emoji, emoticons and chat words
    "groups, same answer": 0.98,  # exchanging the group changes the answer in at most 2 %
    "groups, no confident ill": 1.0,  # never surely disgust, anger, fear or shame
}
