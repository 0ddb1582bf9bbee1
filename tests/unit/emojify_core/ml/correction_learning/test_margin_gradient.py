"""The gradient that learning follows, against the served model and against differences."""

import numpy as np
import pytest

from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.margins import log_odds_margins
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel
from emojify_core.ml.text.encoding import encode


def test_the_margin_is_the_lead_that_is_served(
    tiny_model: LoadedModel, starter: LabelledTexts
) -> None:
    """What learning aims at is what people are answered, for texts of any length."""
    from emojify_core.ml.correction_learning.margin_gradient import MarginGradient  # noqa: PLC0415 - TensorFlow

    gradient = MarginGradient(tiny_model.weights)
    texts = [LabelledText("", text, place % 7) for place, text in enumerate(starter.texts[:40])]
    served = log_odds_margins(tiny_model.predictor, texts) * tiny_model.manifest.temperature
    ids = [encode(one.text, tiny_model.vocabulary) for one in texts]
    vectors = [tiny_model.weights["embeddings"][one] for one in ids]
    together = gradient(vectors, [one.label for one in texts])
    for one, rows, lead, (margin, slope) in zip(texts, vectors, served, together, strict=True):
        assert margin == pytest.approx(lead, abs=1e-3)
        ((alone, slope_alone),) = gradient([rows], [one.label])
        assert margin == pytest.approx(alone, abs=1e-4), "nobody feels the company"
        assert slope.shape == rows.shape
        assert slope == pytest.approx(slope_alone, abs=1e-4)


def test_the_gradient_is_the_slope_of_the_margin(tiny_model: LoadedModel) -> None:
    """A small step along it changes the margin by as much as it says."""
    from emojify_core.ml.correction_learning.margin_gradient import MarginGradient  # noqa: PLC0415 - TensorFlow

    gradient = MarginGradient(tiny_model.weights)
    ids = encode("We were so happy to see you again.", tiny_model.vocabulary)
    vectors = tiny_model.weights["embeddings"][ids]
    ((margin, slope),) = gradient([vectors], [3])
    step = (1e-2 * slope / np.linalg.norm(slope)).astype(np.float32)
    (ahead, _), (behind, _) = gradient([vectors + step, vectors - step], [3, 3])
    assert behind < margin < ahead
    assert ahead - behind == pytest.approx(2e-2 * float(np.linalg.norm(slope)), rel=0.02)


def test_a_process_that_lives_for_days_traces_once(
    tiny_model: LoadedModel, starter: LabelledTexts
) -> None:
    """Texts of new numbers and lengths, and new versions, cost no new compilation and no memory."""
    from emojify_core.ml.correction_learning.margin_gradient import MarginGradient  # noqa: PLC0415 - TensorFlow

    gradient = MarginGradient(tiny_model.weights)
    for place, text in enumerate(starter.texts[:30]):
        gradient.use(tiny_model.weights)
        ids = encode(text, tiny_model.vocabulary)
        gradient(
            [tiny_model.weights["embeddings"][ids]] * (1 + place % 3), [place % 7] * (1 + place % 3)
        )
    assert gradient.traces == 1
