"""The training rows that an update could spoil, looked up by the words it moved.

Only word vectors move in an update, so only texts that hold a moved word can change their answer:
a few of the thousands that were learned from, found at once by an index.
"""

from collections.abc import Iterable

import numpy as np

from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.margins import log_odds_margins
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel
from emojify_core.ml.text.encoding import encode

ROUNDING = 1e-6  # of leads, so that an untouched row is not taken for a spoilt one


class ReplaySet:
    """The rows of `replay` that `base` answers rightly: the later models shall, too.

    They shall lead by as much as in `base`, or at least by `floor` (log odds). What was trained
    on leads by more than other texts with the same words do: a row that still leads, but by less,
    tells of others that no longer do.
    """

    def __init__(self, base: LoadedModel, replay: LabelledTexts | None, floor: float) -> None:
        every = [] if replay is None else zip(replay.texts, replay.labels.tolist(), strict=True)
        texts = [LabelledText(str(row), *one) for row, one in enumerate(every)]
        lead = log_odds_margins(base.predictor, texts)
        right = np.flatnonzero(lead > 0)
        self._texts = [texts[row] for row in right.tolist()]
        self._least = np.minimum(lead[right], floor)
        self._rows_with: dict[int, list[int]] = {}  # by word number
        for row, one in enumerate(self._texts):
            for word in np.unique(encode(one.text, base.vocabulary)).tolist():
                self._rows_with.setdefault(word, []).append(row)

    def spoilt(self, model: LoadedModel, moved: Iterable[int]) -> dict[LabelledText, float]:
        """Give the rows with a word of `moved` that lead by too little, and how much would do."""
        rows = sorted({row for word in moved for row in self._rows_with.get(word, ())})
        texts = [self._texts[row] for row in rows]
        least = self._least[rows]
        lost = np.flatnonzero(log_odds_margins(model.predictor, texts) < least - ROUNDING)
        return {texts[place]: float(least[place]) for place in lost.tolist()}
