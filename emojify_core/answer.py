"""What the model answers to one text, and lists of answers in messages and files.

A list of answers is an object, `rows` and the fields beside it. `rows` has [confident, p0..p6] or
{code, message} for each text; releases before the gate of emotion know nothing else. Beside it
stand what they ignore: `emotional`, a number or null for each text (null alone: from a model
without a gate), and the places, from 0, of the texts in `none` and in `not_understood`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from emojify_core.labels import LABELS


class Best(NamedTuple):
    """The most probable label, and its probability."""

    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The prediction for one text: seven calibrated probabilities in LABELS order, or an error."""

    probabilities: tuple[float, ...] = ()
    confident: bool = False
    error: tuple[str, str] | None = None  # code, sentence
    emotional: float | None = None  # how likely the text holds an emotion; None: without a gate
    none: bool = False  # the text has no clear emotion
    understood: bool = True  # the model knows at least one word of it

    @property
    def best(self) -> Best:
        """The most probable label. Raises ValueError for an error, which has none."""
        confidence = max(self.probabilities)
        return Best(LABELS[self.probabilities.index(confidence)], confidence)


def answers_to_json(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the fields that hold a list of answers."""
    emotional = [answer.emotional for answer in answers]
    return {
        "rows": [
            {"code": answer.error[0], "message": answer.error[1]}
            if answer.error
            else [int(answer.confident), *answer.probabilities]
            for answer in answers
        ],
        "emotional": None if emotional.count(None) == len(emotional) else emotional,
        "none": [place for place, answer in enumerate(answers) if answer.none],
        "not_understood": [place for place, answer in enumerate(answers) if not answer.understood],
    }


def answers_from_json(stored: Mapping[str, Any]) -> tuple[Answer, ...]:
    """Read what `answers_to_json` of this release or of an earlier one wrote."""
    rows = stored["rows"]
    emotional = stored.get("emotional") or [None] * len(rows)
    none, not_understood = set(stored.get("none", ())), set(stored.get("not_understood", ()))
    return tuple(
        Answer(error=(row["code"], row["message"]))
        if isinstance(row, dict)
        else Answer(
            tuple(row[1:]),
            bool(row[0]),
            emotional=emotional[place],
            none=place in none,
            understood=place not in not_understood,
        )
        for place, row in enumerate(rows)
    )
