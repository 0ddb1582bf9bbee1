"""What the clients of one schedule say: 25 corrections, most sensible, some hopeless or at odds."""

import random
from dataclasses import dataclass

from emojify_core.labels import LABELS
from emojify_core.ml.data.starter_set import load_starter

NUMBER = 25
LONGEST = 12  # words: short texts are learned quickly
UNKNOWN = ("Qwertz asdfgh yxcvbn.", "Zzyzx qqqq wwww.")  # words that no model knows


@dataclass(frozen=True, slots=True)
class Saying:
    """One correction as it will be sent."""

    text: str
    label: str


def sayings(chance: random.Random) -> list[Saying]:
    """Return the corrections of a schedule in the order of sending.

    Sentences of the starter set with their own labels; among them one that cannot be learned, two
    repeats, one contradiction and one label at random.
    """
    texts, labels = load_starter()
    short = [
        Saying(text, LABELS[label])
        for text, label in zip(texts, labels.tolist(), strict=True)
        if len(text.split()) <= LONGEST
    ]
    chosen = chance.sample(short, NUMBER - 5)
    odd = [
        Saying(chance.choice(UNKNOWN), chance.choice(LABELS)),
        chosen[0],
        chosen[1],
        Saying(chosen[2].text, chance.choice([each for each in LABELS if each != chosen[2].label])),
        Saying(chance.choice(short).text, chance.choice(LABELS)),
    ]
    for each in odd:
        chosen.insert(chance.randrange(4, len(chosen)), each)
    return chosen
