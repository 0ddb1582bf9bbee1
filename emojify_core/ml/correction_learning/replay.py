"""The training rows that an update may degrade, found by the words it changed.

An update changes word vectors alone, so only texts with a changed word can get another answer.
An index finds those few among thousands of training rows.
"""

from collections.abc import Iterable

import numpy as np

from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.margins import TOLERANCE, log_odds_margins
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel
from emojify_core.ml.text.encoding import encode


class ReplaySet:
    """The rows of `replay` that `base` answers rightly; later models must answer them, too.

    Each row must keep its margin in `base`, or at least `floor` (log odds). Training rows have
    larger margins than unseen texts with the same words. A training row that is still right, but
    by less, therefore signals unseen texts that are no longer right.
    """

    def __init__(self, base: LoadedModel, replay: LabelledTexts | None, floor: float) -> None:
        rows = [] if replay is None else zip(replay.texts, replay.labels.tolist(), strict=True)
        texts = [LabelledText(str(row), *one) for row, one in enumerate(rows)]
        margins = log_odds_margins(base.predictor, texts)
        right = np.flatnonzero(margins > 0)
        self._texts = [texts[row] for row in right.tolist()]
        self._min_margins = np.minimum(margins[right], floor)  # (kept rows,)
        self._rows_by_word: dict[int, list[int]] = {}  # word id -> rows that contain it
        for row, one in enumerate(self._texts):
            for word in np.unique(encode(one.text, base.predictor.reader)).tolist():
                self._rows_by_word.setdefault(word, []).append(row)

    def degraded(self, model: LoadedModel, changed: Iterable[int]) -> dict[LabelledText, float]:
        """Return rows with a word id in `changed` whose margin is too small, and the least needed.

        The needed margins are log odds.
        """
        rows = sorted({row for word in changed for row in self._rows_by_word.get(word, ())})
        texts = [self._texts[row] for row in rows]
        min_margins = self._min_margins[rows]
        low = np.flatnonzero(log_odds_margins(model.predictor, texts) < min_margins - TOLERANCE)
        return {texts[place]: float(min_margins[place]) for place in low.tolist()}
