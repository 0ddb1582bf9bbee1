"""The training rows that an update could spoil, looked up by the words it moved.

Only word vectors move in an update, so only texts that hold a moved word can change their answer:
a few of the thousands that were learned from, found at once by an index.
"""

from collections.abc import Iterable

import numpy as np

from emojify_core.ml.batches import encode
from emojify_core.ml.labelled_text import LabelledText
from emojify_core.ml.leads import leads
from emojify_core.ml.loaded_model import LoadedModel
from emojify_core.ml.training_data import Labelled


class Rehearsal:
    """The rows of `replay` that `base` answers rightly: the later models shall, too."""

    def __init__(self, base: LoadedModel, replay: Labelled | None) -> None:
        every = [] if replay is None else zip(replay.texts, replay.labels.tolist(), strict=True)
        texts = [LabelledText("", text, label) for text, label in every]
        right = np.flatnonzero(leads(base.predictor, texts) > 0)
        self._texts = [texts[row] for row in right.tolist()]
        self._rows_with: dict[int, list[int]] = {}  # by word number
        for row, one in enumerate(self._texts):
            for word in np.unique(encode(one.text, base.vocabulary)).tolist():
                self._rows_with.setdefault(word, []).append(row)

    def spoilt(self, model: LoadedModel, moved: Iterable[int]) -> list[LabelledText]:
        """Give the rows with a word of `moved` that `model` answers wrongly, in file order."""
        rows = sorted({row for word in moved for row in self._rows_with.get(word, ())})
        texts = [self._texts[row] for row in rows]
        lost = leads(model.predictor, texts) <= 0
        return [one for one, gone in zip(texts, lost, strict=True) if gone]
