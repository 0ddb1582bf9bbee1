"""What an update needs besides corrections: rows to judge by, to calibrate on and to rehearse."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.data.splits import make_splits
from emojify_core.ml.data.starter_set import load_starter
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.tokenizer import normalise


@dataclass(frozen=True, slots=True, eq=False)
class UpdateData:
    """Labelled texts in their roles; no text is in two of them."""

    name: str  # "PsychExp" or "starter", as reports say it
    gate: LabelledTexts  # judges; nothing learns from it
    # What the base's temperature was fitted on, and what it learned from, where at hand.
    validation: LabelledTexts | None = None
    replay: LabelledTexts | None = None

    def without(self, learned: Iterable[LabelledText]) -> "UpdateData":
        """Drop the rows whose text is one of `learned`: it must neither judge nor contradict."""
        forms = {normalise(one.text) for one in learned}
        return replace(self, gate=_drop(self.gate, forms), validation=_drop(self.validation, forms))


def find_update_data(psychexp: Path | None) -> UpdateData:
    """Take PsychExp's gate, validation and training rows; without it the starter set as the gate.

    Raises DataError if the file at `psychexp` is missing or altered.
    """
    if psychexp is None:
        return UpdateData("starter", LabelledTexts(*load_starter()))
    data = load_psychexp(psychexp)
    splits = make_splits(data.texts, data.labels)
    take = LabelledTexts(data.texts, data.labels).take
    return UpdateData("PsychExp", take(splits.gate), take(splits.validation), take(splits.train))


Rows = TypeVar("Rows", LabelledTexts, LabelledTexts | None)


def _drop(rows: Rows, forms: set[str]) -> Rows:
    if rows is None:
        return rows
    keep = [row for row, text in enumerate(rows.texts) if normalise(text) not in forms]
    return rows.take(np.array(keep, dtype=np.int64))
