"""Evaluation and its plots."""

import json
from pathlib import Path

import numpy as np
import pytest

from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.data.splits import make_splits
from emojify_core.ml.evaluation.evaluate import Evaluation, evaluate_model
from emojify_core.ml.evaluation.labelled_sets import load_set
from emojify_core.ml.evaluation.plots import save_figures
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED, load_manifest, load_weights


@pytest.fixture(scope="module")
def shipped() -> Predictor:
    """Load the shipped model once."""
    return Predictor.load(SHIPPED)


@pytest.fixture(scope="module")
def evaluation(shipped: Predictor) -> Evaluation:
    """Evaluate the shipped model on the starter sentences."""
    return evaluate_model(shipped, load_set("starter", None, Path()))


def test_without_psychexp_the_report_names_the_starter_sentences(
    evaluation: Evaluation, shipped: Predictor
) -> None:
    """A fresh clone can evaluate, and nobody mistakes the figures for those of the article."""
    assert "starter" in evaluation.data
    assert evaluation.rows == len(evaluation.labels) == evaluation.confusion.sum()
    assert evaluation.model == shipped.sha256


def test_with_psychexp_the_test_set_is_the_articles(psychexp_path: Path) -> None:
    """All published figures are about exactly these rows."""
    test = load_set("psychexp-test", psychexp_path, Path())
    data = load_psychexp(psychexp_path)
    rows = make_splits(data.texts, data.labels).test
    assert list(test.texts) == [data.texts[row] for row in rows]
    assert len(test.labels) == 1_496


def test_the_shipped_model_keeps_the_promised_quality(
    psychexp_path: Path, shipped: Predictor
) -> None:
    """The card promises stories as the model before told them, nearly calibrated.

    One temperature serves stories and comments, so stories are answered a little too surely.
    """
    result = evaluate_model(shipped, load_set("psychexp-test", psychexp_path, Path()))
    assert result.measures["macro_f1"].value >= 0.68
    assert result.measures["ece"].value <= 0.05
    assert result.measures["nll"].value < 0.9
    assert result.measures["confident_accuracy"].value >= 0.8
    assert result.measures["coverage"].value >= 0.6


def test_the_shipped_model_is_small() -> None:
    """Its files have at most 15 MB; it has under five million weights besides the word vectors."""
    manifest = load_manifest(SHIPPED)
    assert sum(one.size for one in manifest.files.values()) <= 15_000_000
    weights = load_weights(SHIPPED)
    assert sum(array.size for name, array in weights.items() if name != "embeddings") < 5_000_000


def test_a_report_survives_json(evaluation: Evaluation) -> None:
    """The report contains plain numbers and names only."""
    document = json.loads(json.dumps(evaluation.to_dict()))
    assert document["measures"]["accuracy"]["value"] == pytest.approx(
        np.trace(evaluation.confusion) / evaluation.rows
    )
    assert document["classes"][0]["label"] == "joy"


def test_both_plots_are_drawn_without_a_display(evaluation: Evaluation, tmp_path: Path) -> None:
    """Both are PNG files, with the same bytes each time."""
    paths = save_figures(evaluation, tmp_path / "new")
    assert [path.name for path in paths] == ["confusion.png", "reliability.png"]
    first = [path.read_bytes() for path in paths]
    assert all(content.startswith(b"\x89PNG") and len(content) > 10_000 for content in first)
    assert [path.read_bytes() for path in save_figures(evaluation, tmp_path / "new")] == first
