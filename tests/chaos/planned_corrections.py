"""The corrections of one schedule: 25 texts, most sensible, some hopeless or contradictory."""

import random
from dataclasses import dataclass

from emojify_core.labels import LABELS
from emojify_core.ml.data.starter_set import load_starter

NUMBER = 25
LONGEST = 12  # words; the model learns short texts quickly
UNKNOWN = ("Qwertz asdfgh yxcvbn.", "Zzyzx qqqq wwww.")  # words that no model knows


@dataclass(frozen=True, slots=True)
class PlannedCorrection:
    """One correction before it is sent."""

    text: str
    label: str


def planned_corrections(chance: random.Random) -> list[PlannedCorrection]:
    """Return the corrections of a schedule in the order of sending.

    Most are sentences of the starter set with their own labels. One cannot be learned, two are
    repeats, one contradicts another, and one has a random label.
    """
    texts, labels = load_starter()
    short = [
        PlannedCorrection(text, LABELS[label])
        for text, label in zip(texts, labels.tolist(), strict=True)
        if len(text.split()) <= LONGEST
    ]
    chosen = chance.sample(short, NUMBER - 5)
    odd = [
        PlannedCorrection(chance.choice(UNKNOWN), chance.choice(LABELS)),
        chosen[0],
        chosen[1],
        PlannedCorrection(
            chosen[2].text, chance.choice([each for each in LABELS if each != chosen[2].label])
        ),
        PlannedCorrection(chance.choice(short).text, chance.choice(LABELS)),
    ]
    for each in odd:
        chosen.insert(chance.randrange(4, len(chosen)), each)
    return chosen
