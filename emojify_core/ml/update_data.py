"""The rows that judge an update: labelled texts that nothing learns from."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emojify_core.ml.labelled_text import LabelledText
from emojify_core.ml.psychexp import load_psychexp
from emojify_core.ml.splits import make_splits
from emojify_core.ml.starter import load_starter
from emojify_core.ml.text import normalise
from emojify_core.ml.training_data import Labelled


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """What an update is judged and calibrated on."""

    name: str  # "PsychExp" or "starter", as reports say it
    gate: Labelled  # judges
    # What the base's temperature was fitted on; None where it is not at hand.
    validation: Labelled | None = None

    def without(self, learned: Iterable[LabelledText]) -> "HeldOut":
        """Drop the rows that somebody has corrected: what was learned cannot judge."""
        forms = {normalise(one.text) for one in learned}
        validation = None if self.validation is None else _drop(self.validation, forms)
        return HeldOut(self.name, _drop(self.gate, forms), validation)


def find_held_out(psychexp: Path | None) -> HeldOut:
    """Take PsychExp's gate and validation rows, 600 each; without it the starter sentences.

    Raises DataError if the file at `psychexp` is missing or altered.
    """
    if psychexp is None:
        return HeldOut("starter", Labelled(*load_starter()))
    data = load_psychexp(psychexp)
    splits = make_splits(data.texts, data.labels)
    rows = Labelled(data.texts, data.labels)
    return HeldOut("PsychExp", rows.take(splits.gate), rows.take(splits.validation))


def _drop(rows: Labelled, forms: set[str]) -> Labelled:
    keep = [row for row, text in enumerate(rows.texts) if normalise(text) not in forms]
    return rows.take(np.array(keep, dtype=np.int64))
