"""The rows an update needs besides corrections: to judge, to calibrate and to replay."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from emojify_core.ml.correction_learning.gate.anchors import NO_ANCHORS, Anchors, load_anchors
from emojify_core.ml.correction_learning.gate.fairness import (
    NOTHING_TO_JUDGE,
    Fairness,
    load_fairness,
)
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.data.splits import make_splits
from emojify_core.ml.data.starter_set import load_starter
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.tokenizer import normalise


@dataclass(frozen=True, slots=True, eq=False)
class UpdateData:
    """LabelledTexts texts by purpose; no text has two purposes."""

    name: str  # "PsychExp" or "starter", as in reports
    gate: LabelledTexts  # judges candidates; nothing learns from it
    validation: LabelledTexts | None = None  # calibrated the base's temperature, if available
    replay: LabelledTexts | None = None  # trained the base, if available
    anchors: Anchors = NO_ANCHORS  # judge candidates too, even where a correction is one of them
    fairness: Fairness = NOTHING_TO_JUDGE  # likewise

    def without(self, learned: Iterable[LabelledText]) -> "UpdateData":
        """Return the data without gate and validation rows whose text is in `learned`.

        A learned row can no longer show how the model treats texts it did not learn.
        """
        forms = {normalise(one.text) for one in learned}
        return replace(self, gate=_drop(self.gate, forms), validation=_drop(self.validation, forms))


def find_update_data(psychexp: Path | None) -> UpdateData:
    """Return PsychExp's gate, validation and training rows; without it, the starter set as gate.

    The anchors and the sentences that judge fairness are the same. Raises DataError if the file at
    `psychexp` is missing or altered.
    """
    anchors, fairness = load_anchors(), load_fairness()
    if psychexp is None:
        return UpdateData(
            "starter", LabelledTexts(*load_starter()), anchors=anchors, fairness=fairness
        )
    data = load_psychexp(psychexp)
    splits = make_splits(data.texts, data.labels)
    take = LabelledTexts(data.texts, data.labels).take
    gate, validation, replay = map(take, (splits.gate, splits.validation, splits.train))
    return UpdateData("PsychExp", gate, validation, replay, anchors, fairness)


Rows = TypeVar("Rows", LabelledTexts, LabelledTexts | None)


def _drop(rows: Rows, forms: set[str]) -> Rows:
    if rows is None:
        return rows
    keep = [row for row, text in enumerate(rows.texts) if normalise(text) not in forms]
    return rows.take(np.array(keep, dtype=np.int64))
