"""How well a model tells texts with an emotion from those without, against values by hand."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from emojify_core.ml.evaluation.evaluate import evaluate_model
from emojify_core.ml.evaluation.labelled_sets import TestSet
from emojify_core.ml.evaluation.silence import auroc, estimate_auroc, measure_silence, share
from emojify_core.ml.inference.predictor import Predictions, Predictor
from emojify_core.ml.model.artifact import SHIPPED
from support.scripted_model import ScriptedModel

LABELLED = ScriptedModel({"hm": ("none", 0.9)}).predict(["yay", "hm", "wow", "so glad"])
NEUTRAL = ScriptedModel({"well": ("joy", 0.9)}, ("none", 0.9)).predict(["bus", "well"])
NOTHING = ScriptedModel().predict([])


def test_the_area_is_scikit_learns() -> None:
    """Also with ties."""
    random = np.random.default_rng(0)
    positive, negative = random.integers(2, 9, 40) / 10, random.integers(0, 7, 30) / 10
    truth, scores = np.repeat([1, 0], (40, 30)), np.concatenate([positive, negative])
    assert auroc(positive, negative) == pytest.approx(roc_auc_score(truth, scores))


def test_a_perfect_gate_has_an_area_of_one() -> None:
    """A blind one has one half; its interval holds it."""
    ones, zeros = np.ones(30, np.float32), np.zeros(20, np.float32)
    perfect = estimate_auroc(ones, zeros, resamples=50)
    assert (perfect.value, perfect.low, perfect.high) == (1, 1, 1)
    scores = np.linspace(0, 1, 40)
    blind = estimate_auroc(scores, scores, resamples=200)
    assert blind.low < blind.value == 0.5 < blind.high


def test_shares_of_silence() -> None:
    """One of four emotional texts is silent, one of two neutral ones; the other is sure."""
    found = measure_silence(LABELLED, NEUTRAL)
    values = {name: one.value for name, one in found.items()}
    assert values == pytest.approx(
        {
            "shown_none": 0.25,
            "neutral_shown_none": 0.5,
            "neutral_confident": 0.5,
            "auroc": (3 * (1 + 0.5) + (0.5 + 0)) / 8,
        }
    )
    assert found["shown_none"].low < 0.25 < found["shown_none"].high


def test_without_neutral_texts_or_a_gate_nothing_is_made_up() -> None:
    """What cannot be measured is NaN."""
    assert np.isnan(measure_silence(LABELLED, NOTHING)["auroc"].value)
    assert np.isnan(share(np.zeros(0, dtype=bool)).value)
    ungated = Predictions.without_gate(LABELLED.probabilities, LABELLED.confident)
    assert np.isnan(measure_silence(ungated, NEUTRAL)["auroc"].value)
    assert measure_silence(ungated, NEUTRAL)["shown_none"].value == 0


def test_an_evaluation_tells_of_its_neutral_texts() -> None:
    """The shipped model's JSON has numbers or null."""
    test = TestSet("two texts", ["I am so happy.", "I cried."], np.array([0, 3]), ["A bus."])
    report = evaluate_model(Predictor.load(SHIPPED), test).to_dict()
    assert (report["rows"], report["neutral_rows"]) == (2, 1)
    assert report["silence"]["neutral_confident"]["value"] in {0.0, 1.0}
    assert sum(one["answered"] for one in report["classes"]) == 2
