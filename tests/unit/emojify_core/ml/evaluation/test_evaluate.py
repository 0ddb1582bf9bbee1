"""Evaluation and its pictures."""

import json
from pathlib import Path

import numpy as np
import pytest

from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.data.splits import make_splits
from emojify_core.ml.evaluation.evaluate import Evaluation, evaluate_model, find_test_set
from emojify_core.ml.evaluation.plots import save_figures
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED, load_manifest, load_weights


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    """Judge the shipped model on the starter sentences."""
    return evaluate_model(Predictor.load(SHIPPED), find_test_set(None))


def test_without_psychexp_the_starter_sentences_judge_and_the_report_says_so(
    evaluation: Evaluation,
) -> None:
    """A fresh clone can evaluate; nobody takes the figures for the article's."""
    assert "starter" in evaluation.data
    assert evaluation.rows == len(evaluation.labels) == evaluation.confusion.sum()
    assert evaluation.model == Predictor.load(SHIPPED).sha256


def test_with_psychexp_the_articles_test_rows_judge(psychexp_path: Path) -> None:
    """The very rows that every published figure here is about."""
    test = find_test_set(psychexp_path)
    data = load_psychexp(psychexp_path)
    rows = make_splits(data.texts, data.labels).test
    assert list(test.texts) == [data.texts[row] for row in rows]
    assert len(test.labels) == 1_496


def test_the_shipped_model_keeps_the_promised_quality(psychexp_path: Path) -> None:
    """Macro-F1 of at least .66.

    Its probabilities are as good as exactly true, and 85 in a hundred of its confident answers are
    right: chance explains what they are off by.
    """
    result = evaluate_model(Predictor.load(SHIPPED), find_test_set(psychexp_path))
    assert result.measures["macro_f1"].value >= 0.66
    assert result.measures["ece"].value <= result.calibrated_ece[1]
    assert result.measures["nll"].value < 0.9
    assert result.measures["confident_accuracy"].high >= 0.85
    assert result.measures["coverage"].value >= 0.6


def test_the_shipped_model_is_small_and_of_the_promised_shape() -> None:
    """15 MB at most, and under five million trained numbers besides the word table."""
    manifest = load_manifest(SHIPPED)
    assert sum(one.size for one in manifest.files.values()) <= 15_000_000
    weights = load_weights(SHIPPED)
    assert sum(array.size for name, array in weights.items() if name != "embeddings") < 5_000_000


def test_a_report_becomes_json_and_back(evaluation: Evaluation) -> None:
    """Plain numbers and names only."""
    document = json.loads(json.dumps(evaluation.to_dict()))
    assert document["measures"]["accuracy"]["value"] == pytest.approx(
        np.trace(evaluation.confusion) / evaluation.rows
    )
    assert document["classes"][0]["label"] == "joy"


def test_both_pictures_are_drawn_without_a_screen(evaluation: Evaluation, tmp_path: Path) -> None:
    """Two PNG files, the same each time."""
    paths = save_figures(evaluation, tmp_path / "new")
    assert [path.name for path in paths] == ["confusion.png", "reliability.png"]
    first = [path.read_bytes() for path in paths]
    assert all(content.startswith(b"\x89PNG") and len(content) > 10_000 for content in first)
    assert [path.read_bytes() for path in save_figures(evaluation, tmp_path / "new")] == first
