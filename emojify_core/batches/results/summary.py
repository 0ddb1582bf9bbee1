"""What a batch looks like as a whole: computed by its chunks, put together at its end."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any, NamedTuple, Self

from emojify_core.batches.limits import EXCERPT, LEAST_CERTAIN
from emojify_core.labels import EMOTIONS, LABELS
from emojify_core.messages import Answer

_EMOJI = {emotion.name: emotion.emoji for emotion in EMOTIONS}


class UncertainRow(NamedTuple):
    """A row of which the model is not certain; ordered by how little it is."""

    confidence: float
    row: int  # from 0
    label: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over answered rows, and the least certain ones among them."""

    counts: Counter[str] = field(default_factory=Counter)  # by label
    unsure: int = 0  # rows whose answer the model does not stand for
    errors: Counter[str] = field(default_factory=Counter)  # by code
    least: tuple[UncertainRow, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As a chunk's part of it is kept."""
        return {
            "counts": dict(self.counts),
            "unsure": self.unsure,
            "errors": dict(self.errors),
            "least": [list(doubt) for doubt in self.least],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        least = tuple(UncertainRow(*doubt) for doubt in kept["least"])
        return cls(Counter(kept["counts"]), kept["unsure"], Counter(kept["errors"]), least)


def summarise(answers: Sequence[Answer], first_row: int) -> Summary:
    """Return the summary of the rows from this one on."""
    counts: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    doubts, unsure = [], 0
    for row, answer in enumerate(answers, first_row):
        if answer.error:
            errors[answer.error[0]] += 1
            continue
        label, confidence = best(answer)
        counts[label] += 1
        unsure += not answer.confident
        doubts.append(UncertainRow(confidence, row, label))
    return Summary(counts, unsure, errors, tuple(nsmallest(LEAST_CERTAIN, doubts)))


def merge(parts: Iterable[Summary]) -> Summary:
    """Put the summaries of chunks together, in any order."""
    counts: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    least: tuple[UncertainRow, ...] = ()
    unsure = 0
    for part in parts:
        counts += part.counts
        errors += part.errors
        unsure += part.unsure
        least = tuple(nsmallest(LEAST_CERTAIN, (*least, *part.least)))
    return Summary(counts, unsure, errors, least)


def best(answer: Answer) -> tuple[str, float]:
    """Return an answer's label and the probability of it."""
    confidence = max(answer.probabilities)
    return LABELS[answer.probabilities.index(confidence)], confidence


def for_people(whole: Summary, text_of: Callable[[int], str]) -> dict[str, Any]:
    """Return the summary of all rows as a server gives it; `text_of` finds a row's text.

    Rows are numbered from 1 here, and every label is counted.
    """
    failed = whole.errors.total()
    return {
        "rows": whole.counts.total() + failed,
        "failed": failed,
        "counts": {label: whole.counts[label] for label in LABELS},
        "unsure": whole.unsure,
        "errors": dict(whole.errors),
        "least_certain": [
            {
                "row": doubt.row + 1,
                "text": text_of(doubt.row)[:EXCERPT],
                "label": doubt.label,
                "emoji": _EMOJI[doubt.label],
                "confidence": doubt.confidence,
            }
            for doubt in whole.least
        ],
    }
