"""The summary of a batch: computed chunk by chunk, merged at the end."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import chain
from typing import Any, NamedTuple, Self

from emojify_core.answer import Answer
from emojify_core.labels import EMOTION_OF, LABELS
from emojify_core.limits import EXCERPT, LEAST_CERTAIN


class UncertainRow(NamedTuple):
    """A row with a low confidence; these sort from the least certain up.

    Of rows with one answer, which in files mostly repeat one text, only the first is kept.
    """

    confidence: float
    row: int  # from 0
    label: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over the rows, and the least certain rows among them."""

    counts: Counter[str] = field(default_factory=Counter)  # by label
    none: Counter[str] = field(default_factory=Counter)  # by label: rows of no clear emotion
    unsure: int = 0  # rows below the confidence threshold, those of no clear emotion included
    errors: Counter[str] = field(default_factory=Counter)  # by code
    least: tuple[UncertainRow, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the JSON that is stored with a chunk."""
        return {
            "counts": dict(self.counts),
            "none": dict(self.none),
            "unsure": self.unsure,
            "errors": dict(self.errors),
            "least": [list(row) for row in self.least],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` of this release or of an earlier one wrote."""
        return cls(
            Counter(stored["counts"]),
            Counter(stored.get("none", {})),
            stored["unsure"],
            Counter(stored["errors"]),
            tuple(UncertainRow(*row) for row in stored["least"]),
        )


def summarize(answers: Sequence[Answer], first_row: int) -> Summary:
    """Return the summary of consecutive rows, the first of which has number `first_row`.

    A row of no clear emotion is a clear answer: it is not among the least certain.
    """
    counts: Counter[str] = Counter()
    none: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    rows, unsure = [], 0
    for row, answer in enumerate(answers, first_row):
        if answer.error:
            errors[answer.error[0]] += 1
            continue
        label, confidence = answer.best
        counts[label] += 1
        unsure += not answer.confident
        if answer.none:
            none[label] += 1
        else:
            rows.append(UncertainRow(confidence, row, label))
    return Summary(counts, none, unsure, errors, _least(rows))


def merge(parts: Iterable[Summary]) -> Summary:
    """Merge the summaries of chunks; their order does not matter."""
    summaries = list(parts)
    return Summary(
        sum((each.counts for each in summaries), Counter()),
        sum((each.none for each in summaries), Counter()),
        sum(each.unsure for each in summaries),
        sum((each.errors for each in summaries), Counter()),
        _least(chain.from_iterable(each.least for each in summaries)),
    )


def _least(rows: Iterable[UncertainRow]) -> tuple[UncertainRow, ...]:
    """Return the least certain rows, one for each answer."""
    first: dict[tuple[float, str], UncertainRow] = {}
    for row in rows:
        known = first.setdefault((row.confidence, row.label), row)
        if row < known:
            first[row.confidence, row.label] = row
    return tuple(nsmallest(LEAST_CERTAIN, first.values()))


def to_report(summary: Summary, text_of: Callable[[int], str]) -> dict[str, Any]:
    """Return the summary as the API shows it; `text_of` finds the text of a row.

    The report numbers rows from 1 and counts every label, also those that no row has.
    """
    failed = summary.errors.total()
    return {
        "rows": summary.counts.total() + failed,
        "failed": failed,
        "counts": {label: summary.counts[label] for label in LABELS},
        "clear": {label: summary.counts[label] - summary.none[label] for label in LABELS},
        "none": summary.none.total(),
        "unsure": summary.unsure,
        "errors": dict(summary.errors),
        "least_certain": [
            {
                "row": row.row + 1,
                "text": text_of(row.row)[:EXCERPT],
                "label": row.label,
                "emoji": EMOTION_OF[row.label].emoji,
                "confidence": row.confidence,
            }
            for row in summary.least
        ],
    }
