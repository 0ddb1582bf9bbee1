"""The margin and its gradient, against the served model and against finite differences."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.margins import log_odds_margins
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel
from emojify_core.ml.text.encoding import encode

if TYPE_CHECKING:
    from emojify_core.ml.correction_learning.margin_gradient import MarginGradient


def test_the_margin_equals_the_served_one_for_texts_of_any_length(
    gradient: "MarginGradient", base: LoadedModel, starter: LabelledTexts
) -> None:
    """Learning optimizes what people are served, and texts do not affect each other."""
    texts = [LabelledText("", text, place % 7) for place, text in enumerate(starter.texts[:20])]
    ids = [encode(one.text, base.predictor.reader) for one in texts]
    served = log_odds_margins(base.predictor, texts) * base.predictor.temperatures(
        [row.tolist() for row in ids]
    )
    vectors = [base.weights["embeddings"][row] for row in ids]
    together = gradient(vectors, [one.label for one in texts])
    for one, rows, expected, (margin, slope) in zip(texts, vectors, served, together, strict=True):
        assert margin == pytest.approx(expected, abs=1e-3)
        ((margin_alone, slope_alone),) = gradient([rows], [one.label])
        assert margin == pytest.approx(margin_alone, abs=1e-4), "other texts have no effect"
        assert slope.shape == rows.shape
        assert slope == pytest.approx(slope_alone, abs=1e-4)


def test_the_gradient_matches_finite_differences(
    gradient: "MarginGradient", base: LoadedModel
) -> None:
    """A small step along the gradient changes the margin as much as the gradient predicts."""
    ids = encode("We were so happy to see you again.", base.predictor.reader)
    vectors = base.weights["embeddings"][ids]
    ((margin, slope),) = gradient([vectors], [3])
    step = (1e-2 * slope / np.linalg.norm(slope)).astype(np.float32)
    (ahead, _), (behind, _) = gradient([vectors + step, vectors - step], [3, 3])
    assert behind < margin < ahead
    assert ahead - behind == pytest.approx(2e-2 * float(np.linalg.norm(slope)), rel=0.02)


def test_the_function_is_traced_once(
    gradient: "MarginGradient", base: LoadedModel, starter: LabelledTexts
) -> None:
    """Other numbers and lengths of texts, and other versions, need no new tracing."""
    for place, text in enumerate(starter.texts[:30]):
        gradient.use_weights(base.weights)
        vectors = base.weights["embeddings"][encode(text, base.predictor.reader)]
        number = 1 + place % 3
        gradient([vectors] * number, [place % 7] * number)
    assert gradient.traces == 1
