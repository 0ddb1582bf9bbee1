"""Anchors: plain sentences whose answers no correction may spoil.

The gate rows hold few sentences like "I love my mother", so they cannot show such harm. An anchor
of an emotion must keep its label, and half of its margin in the base. An ordinary sentence about
people has no label to keep: it must not turn to a negative emotion, nor become surely negative.

Only what a candidate worsens counts. Where a model is wrong about an anchor, or barely right, the
anchor says nothing. Measuring from the base keeps many small steps from adding up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import numpy as np

from emojify_core.errors import DataError
from emojify_core.labels import EMOTIONS, LABELS
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.margins import Classifier, log_odds_margins

KEPT_MARGIN: Final = 0.5  # share of the base's margin
# A version of an earlier release may be below that share already. It must not fall much further,
# but a recalibration alone may lower it a little.
STEP: Final = 0.9  # share of the live model's margin
MIN_MARGIN: Final = 0.2  # log odds; a smaller one flips by chance
# A sentence about people may stand between two answers, where anything flips it. So the emotion
# must also have gained this much probability since the base.
MIN_RISE: Final = 0.1
_PEOPLE: Final = "people"  # the kind of sentences about people
_JOY: Final = LABELS.index("joy")  # the one emotion that speaks ill of nobody
_HEADER: Final = "kind\ttext"


@dataclass(frozen=True, slots=True)
class Anchors:
    """The sentences by kind."""

    emotions: tuple[LabelledText, ...] = ()
    people: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.emotions) + len(self.people)


NO_ANCHORS: Final = Anchors()


def load_anchors() -> Anchors:
    """Return the anchors. Raises DataError when the package's file is missing or damaged."""
    try:
        content = files("emojify_core.ml").joinpath("anchors.tsv").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise DataError(f"The anchor sentences cannot be read ({e}). Install emojify again.") from e
    return parse_anchors(content.splitlines())


def parse_anchors(lines: Iterable[str]) -> Anchors:
    """Parse `kind<TAB>text` lines below a header, skipping blank lines and `#` comments.

    Raises DataError, naming the line, when a line is invalid.
    """
    rows = [
        (number, *line.partition("\t"))
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.startswith("#")
    ]
    if not rows or "".join(rows[0][1:]) != _HEADER:
        raise DataError("The anchor sentences lack their header line. Install emojify again.")
    for number, kind, tab, text in rows[1:]:
        if kind not in {*LABELS, _PEOPLE} or not tab or not text.strip():
            raise DataError(
                f"Line {number} of the anchor sentences is not a kind, a tab and a text. "
                "Correct it, or install emojify again."
            )
    kinds = [(kind, text) for _, kind, _, text in rows[1:]]
    return Anchors(
        tuple(
            LabelledText(text, text, LABELS.index(kind)) for kind, text in kinds if kind != _PEOPLE
        ),
        tuple(text for kind, text in kinds if kind == _PEOPLE),
    )


def spoiled(
    candidate: Classifier, live: Classifier, base: Classifier, anchors: Anchors
) -> list[str]:
    """Return a sentence for people about each anchor that the candidate would spoil."""
    return [
        *_lost_emotions(candidate, live, base, anchors.emotions),
        *_ill_of_people(candidate, live, base, anchors.people),
    ]


def _lost_emotions(
    candidate: Classifier, live: Classifier, base: Classifier, anchors: tuple[LabelledText, ...]
) -> list[str]:
    if not anchors:
        return []
    now, before, first = (log_odds_margins(one, anchors) for one in (candidate, live, base))
    answers = candidate.predict([one.text for one in anchors]).probabilities.argmax(axis=1)
    counts = (before > 0) & (np.maximum(before, first) >= MIN_MARGIN)
    flipped = counts & (now <= 0)
    eroded = (first >= MIN_MARGIN) & (now < np.minimum(STEP * before, KEPT_MARGIN * first))
    complaints = []
    for row in np.flatnonzero(flipped | eroded & counts).tolist():
        text, label = anchors[row].text, _title(anchors[row].label)
        complaints.append(
            f"It would change the answer to “{text}” from {label} to {_title(answers[row])}. "
            "Corrections must leave such plain sentences as they are."
            if flipped[row]
            else f"It would make the model much less sure that “{text}” means {label}. "
            "Corrections must leave such plain sentences as they are."
        )
    return complaints


def _ill_of_people(
    candidate: Classifier, live: Classifier, base: Classifier, texts: tuple[str, ...]
) -> list[str]:
    if not texts:
        return []
    answers = [one.predict(texts) for one in (candidate, live, base)]
    now, before, first = (one.probabilities.argmax(axis=1) for one in answers)
    sure_now, sure_before, sure_first = (one.confident for one in answers)
    turned = (now != before) & (now != first)
    surely = sure_now & ~(sure_before & (now == before)) & ~(sure_first & (now == first))
    every = np.arange(len(texts))
    rose = answers[0].probabilities[every, now] - answers[2].probabilities[every, now] >= MIN_RISE
    return [
        f"It would say {_title(now[row])} of “{texts[row]}”. Corrections must not turn ordinary "
        "sentences about people to that."
        for row in np.flatnonzero((now != _JOY) & rose & (turned | surely)).tolist()
    ]


def _title(label: int) -> str:
    return EMOTIONS[label].title.lower()
